/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done with a foreign entry: entries adopt, remove, restore, ignore, unignore. */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-entry.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-open.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-text.h"

#define ROUTER_OPTION { "router", PTL_CTL_VALUE, "ID", N_("Which router; otherwise the default one") }

static const char *
text_of (GVariant *entry, const char *key)
{
  const char *text = "";

  g_variant_lookup (entry, key, "&s", &text);
  return text;
}

static gboolean
check_entry (PtlCtl *self, GError **error)
{
  return ptl_ctl_entry_check (ptl_ctl_get_argument (self, 0), error);
}

static void
print_changed (PtlCtl *self, const char *heading, const char *result, GVariant *entry)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *words = ptl_ctl_entry_describe (entry);

  if (!self->json)
    {
      ptl_ctl_print_field (self, heading, words);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "entry", text_of (entry, "Id"));
  ptl_json_add_text (builder, "router", text_of (entry, "Router"));
  ptl_json_add_text (builder, "result", result);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

/* ---- adopt ---- */

static const PtlCtlOption adopt_options[] = {
  ROUTER_OPTION,
  PTL_CTL_OPEN_OPTIONS,
  PTL_CTL_OPTIONS_END,
};

static gboolean
check_adopt (PtlCtl *self, GError **error)
{
  g_autoptr (GVariantDict) request = NULL;

  if (!check_entry (self, error))
    return FALSE;
  request = ptl_ctl_request_new (self, PTL_KIND_MAPPING, error);
  if (request == NULL)
    return FALSE;
  /* The entry tells it. */
  g_variant_dict_remove (request, "Kind");
  g_clear_pointer (&self->request, g_variant_unref);
  self->request = g_variant_ref_sink (g_variant_dict_end (request));
  return TRUE;
}

static gboolean
run_adopt (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) entry = ptl_ctl_entry_find (self, ptl_ctl_get_argument (self, 0), error);
  g_autoptr (GVariantDict) request = NULL;
  g_autoptr (PtlRule) rule = NULL;

  if (entry == NULL)
    return FALSE;
  request = g_variant_dict_new (self->request);
  ptl_ctl_request_set (request, "Adopt", text_of (entry, "Id"));
  ptl_ctl_request_set (request, "Backend", text_of (entry, "Router"));
  rule = ptl_ctl_open (self, g_variant_dict_end (request), error);
  if (rule == NULL)
    return FALSE;
  ptl_ctl_print_one (self, rule, FALSE);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_entries_adopt = {
  .name = "entries adopt",
  .arguments = "ENTRY",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name an entry like 25565/tcp; “portolanctl entries” shows them."),
  .summary = N_("Make a rule of a foreign entry, as it is"),
  .details = N_("The router's entry goes on without a cut, and closes with the rule."),
  .options = adopt_options,
  .check = check_adopt,
  .run = run_adopt,
};

/* ---- remove ---- */

static const PtlCtlOption remove_options[] = {
  ROUTER_OPTION,
  { "yes", PTL_CTL_FLAG, NULL, N_("Do not ask") },
  PTL_CTL_OPTIONS_END,
};

static const PtlCtlOption plain_options[] = {
  ROUTER_OPTION,
  PTL_CTL_OPTIONS_END,
};

/* A person is asked, a script has made up its mind. */
static gboolean
confirm (PtlCtl *self, GVariant *entry, GError **error)
{
  g_autofree char *words = ptl_ctl_entry_describe (entry);
  char answer[16];

  if (ptl_ctl_has (self, "yes") || self->json || !self->at_terminal || !isatty (STDERR_FILENO))
    return TRUE;
  /* Translators: %s is an entry in the router; answered by y or n */
  fprintf (stderr, _("%s\nWho uses it from the internet cannot any more. Remove it? [y/N] "), words);
  fflush (stderr);
  if (fgets (answer, sizeof answer, stdin) != NULL && g_ascii_strncasecmp (answer, "y", 1) == 0)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_CANCELLED, NULL, "%s", _("Nothing was removed."));
  return FALSE;
}

static gboolean
run_remove (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) entry = ptl_ctl_entry_find (self, ptl_ctl_get_argument (self, 0), error);
  g_autoptr (GVariant) answer = NULL;

  if (entry == NULL || !confirm (self, entry, error))
    return FALSE;
  answer = ptl_ctl_call (self, "RemoveEntry", g_variant_new ("(ss)", text_of (entry, "Router"), text_of (entry, "Id")), error);
  if (answer == NULL)
    return FALSE;
  print_changed (self, _("Removed"), "removed", entry);
  if (!self->json)
    ptl_ctl_note (self, _("To put it back: portolanctl entries restore %s"), text_of (entry, "Id"));
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_entries_remove = {
  .name = "entries remove",
  .arguments = "ENTRY",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name an entry like 25565/tcp; “portolanctl entries” shows them."),
  .summary = N_("Take a foreign entry out of the router"),
  .details = N_("Many routers let only the device that opened it do that."),
  .options = remove_options,
  .check = check_entry,
  .run = run_remove,
};

/* ---- restore ---- */

static gboolean
run_restore (PtlCtl *self, GError **error)
{
  g_autofree char *id = ptl_ctl_entry_dup_id (ptl_ctl_get_argument (self, 0));
  const char *router = ptl_ctl_get (self, "router");
  g_autoptr (GVariant) answer =
      ptl_ctl_call (self, "RestoreEntry", g_variant_new ("(ss)", router != NULL ? router : "", id), error);
  g_autoptr (GVariant) entry = NULL;

  if (answer == NULL)
    return FALSE;
  entry = ptl_ctl_entry_find (self, id, error);
  if (entry == NULL)
    return FALSE;
  print_changed (self, _("Put back"), "restored", entry);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_entries_restore = {
  .name = "entries restore",
  .arguments = "ENTRY",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name the entry that was removed, like 25565/tcp."),
  .summary = N_("Put a foreign entry back that was removed within the last hour"),
  .options = plain_options,
  .check = check_entry,
  .run = run_restore,
};

/* ---- ignore ---- */

static gboolean
ignore (PtlCtl *self, gboolean ignored, GError **error)
{
  g_autoptr (GVariant) entry = ptl_ctl_entry_find (self, ptl_ctl_get_argument (self, 0), error);
  g_autoptr (GVariant) answer = NULL;

  if (entry == NULL)
    return FALSE;
  answer = ptl_ctl_call (self, "IgnoreEntry",
                         g_variant_new ("(ssb)", text_of (entry, "Router"), text_of (entry, "Id"), ignored), error);
  if (answer == NULL)
    return FALSE;
  print_changed (self, ignored ? _("Ignored") : _("No longer ignored"), ignored ? "ignored" : "unignored", entry);
  return TRUE;
}

static gboolean
run_ignore (PtlCtl *self, GError **error)
{
  return ignore (self, TRUE, error);
}

static gboolean
run_unignore (PtlCtl *self, GError **error)
{
  return ignore (self, FALSE, error);
}

const PtlCtlVerb ptl_ctl_verb_entries_ignore = {
  .name = "entries ignore",
  .arguments = "ENTRY",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name an entry like 25565/tcp; “portolanctl entries” shows them."),
  .summary = N_("Do not show a foreign entry any more; it stays open"),
  .options = plain_options,
  .check = check_entry,
  .run = run_ignore,
};

const PtlCtlVerb ptl_ctl_verb_entries_unignore = {
  .name = "entries unignore",
  .arguments = "ENTRY",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name an entry like 25565/tcp; “portolanctl entries --all” shows them."),
  .summary = N_("Show a foreign entry again that was ignored"),
  .options = plain_options,
  .check = check_entry,
  .run = run_unignore,
};
