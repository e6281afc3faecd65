/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <inttypes.h>
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-event.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"

static const PtlCtlOption options[] = {
  { "rule", PTL_CTL_VALUE, "ID", N_("Only what was done to this rule") },
  { "limit", PTL_CTL_VALUE, "N", N_("At most so many, otherwise 100") },
  { "verify", PTL_CTL_FLAG, NULL, N_("Check the chain of the log in place of showing it") },
  PTL_CTL_OPTIONS_END,
};

#define LIMIT 100
#define LIMIT_MAX 1000000

static gboolean
check (PtlCtl *self, GError **error)
{
  const char *rule = ptl_ctl_get (self, "rule");
  guint limit;

  if (ptl_ctl_has (self, "verify") && (rule != NULL || ptl_ctl_has (self, "limit")))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give --verify alone."), "%s",
                     _("--verify always checks the whole log."));
      return FALSE;
    }
  if (rule != NULL && !ptl_text_is_id_prefix (rule))
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _("Give four characters of it or more; “portolanctl list” shows them."), "%s",
                     _("--rule: that is not the id of a rule."));
      return FALSE;
    }
  return ptl_ctl_get_number (self, "limit", 1, LIMIT_MAX, &limit, error);
}

static void
print_verified (PtlCtl *self, gint64 count, gint64 bad)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      if (bad == 0)
        /* Translators: a number of events */
        ptl_ctl_print (self, _("The log is whole: %" PRId64 " events.\n"), count);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  ptl_json_add_bool (builder, "verified", bad == 0);
  ptl_json_add_int (builder, "events", count);
  json_builder_set_member_name (builder, "bad_seq");
  if (bad != 0)
    json_builder_add_int_value (builder, bad);
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static gboolean
verify (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "VerifyLog", NULL, error);
  gint64 count, bad;

  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(xx)", &count, &bad);
  print_verified (self, count, bad);
  if (bad == 0)
    return TRUE;
  ptl_error_set (
      error, PTL_ERROR_FAILED, _("Somebody or something changed it: compare it with a copy."),
      /* Translators: the number of an event */
      _("The log was changed: event %" PRId64 " does not fit the one before."), bad);
  return FALSE;
}

/* Events are filed under whole ids. */
static char *
whole_id (PtlCtl *self, GError **error)
{
  const char *prefix = ptl_ctl_get (self, "rule");
  g_autoptr (PtlRule) rule = NULL;

  if (prefix == NULL)
    return g_strdup ("");
  rule = ptl_ctl_find_rule (self, prefix, error);
  return rule != NULL ? g_strdup (rule->id) : NULL;
}

static void
print (PtlCtl *self, GPtrArray *events)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json)
    {
      for (guint i = 0; i < events->len; i++)
        ptl_ctl_print_event (self, events->pdata[i]);
      if (events->len == 0)
        ptl_ctl_print (self, "%s\n", _("There is nothing in the log."));
      return;
    }
  builder = ptl_ctl_json_begin_list ("events");
  for (guint i = 0; i < events->len; i++)
    ptl_ctl_json_event (builder, events->pdata[i]);
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autofree char *rule_id = NULL;
  g_autoptr (GPtrArray) events = NULL;
  guint limit = LIMIT;

  if (ptl_ctl_has (self, "verify"))
    return verify (self, error);
  rule_id = whole_id (self, error);
  if (rule_id == NULL || !ptl_ctl_get_number (self, "limit", 1, LIMIT_MAX, &limit, error))
    return FALSE;
  events = ptl_ctl_list_events (self, rule_id, 0, limit, error);
  if (events == NULL)
    return FALSE;
  print (self, events);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_log = {
  .name = "log",
  .summary = N_("Show who did what and when, the latest first"),
  .options = options,
  .check = check,
  .run = run,
};
