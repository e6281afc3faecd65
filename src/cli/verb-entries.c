/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"
#include "ptl-ctl-entry.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

static const PtlCtlOption options[] = {
  { "all", PTL_CTL_FLAG, NULL, N_("Those that are ignored too") },
  { "foreign", PTL_CTL_FLAG, NULL, N_("Only those that no rule declares") },
  { "router", PTL_CTL_VALUE, "ID", N_("Which router; otherwise the default one") },
  PTL_CTL_OPTIONS_END,
};

static const char *
text_of (GVariant *entry, const char *key)
{
  const char *text = "";

  g_variant_lookup (entry, key, "&s", &text);
  return text;
}

static void
add_row (PtlCtlTable *table, GVariant *entry)
{
  const char *rule_id = text_of (entry, "RuleId");
  g_autofree char *id = ptl_ctl_dup_short_id (rule_id);
  g_autofree char *external = NULL;
  g_autofree char *target = NULL;
  g_autofree char *lifetime = NULL;
  guint32 external_port = 0, port = 0;
  g_autofree char *host = NULL;
  g_autofree char *since = NULL;
  gint64 seconds = 0, first_seen = 0;

  g_variant_lookup (entry, "ExternalPort", "u", &external_port);
  g_variant_lookup (entry, "Port", "u", &port);
  g_variant_lookup (entry, "Lifetime", "x", &seconds);
  external = g_strdup_printf ("%u", external_port);
  target = g_strdup_printf ("%s:%u", text_of (entry, "Address"), port);
  lifetime = seconds > 0 ? ptl_duration_to_string (seconds) : g_strdup (_("permanent"));
  host = ptl_ctl_entry_describe_host (entry);
  g_variant_lookup (entry, "FirstSeen", "x", &first_seen);
  since = ptl_ctl_dup_time (first_seen);
  ptl_ctl_table_add (table, (const char *[]) {
    external, text_of (entry, "Protocol"), target, host, lifetime, *rule_id != '\0' ? id : _("foreign"), since,
    ptl_ctl_entry_get_note (entry), text_of (entry, "Description"),
  });
}

static gboolean
is_wanted (PtlCtl *self, GVariant *entry)
{
  gboolean ignored = FALSE;

  g_variant_lookup (entry, "Ignored", "b", &ignored);
  return (!ignored || ptl_ctl_has (self, "all"))
         && (!ptl_ctl_has (self, "foreign") || *text_of (entry, "RuleId") == '\0');
}

static void
print_table (PtlCtl *self, GVariant *entries)
{
  g_autofree char *text = NULL;
  guint n = 0;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("PORT"), _("PROTO"), _("TARGET"), _("WHOSE"), _("LIFETIME"), _("RULE"), _("SINCE"), _("NOTE"),
    _("DESCRIPTION"), NULL,
  });

  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);

      if (!is_wanted (self, entry))
        continue;
      add_row (table, entry);
      n++;
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  if (n > 0)
    ptl_ctl_print (self, "%s", text);
  else
    ptl_ctl_print (self, "%s\n",
                   ptl_ctl_has (self, "foreign") ? _("There are no foreign entries in the router.")
                                                 : _("There are no entries in the router."));
}

static void
print_json (PtlCtl *self, GVariant *entries)
{
  g_autoptr (JsonBuilder) builder = ptl_ctl_json_begin_list ("entries");

  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);

      if (is_wanted (self, entry))
        ptl_ctl_json_entry (builder, entry);
    }
  ptl_ctl_json_end_list (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) entries = ptl_ctl_entry_list (self, error);

  if (entries == NULL)
    return FALSE;
  if (self->json)
    print_json (self, entries);
  else
    print_table (self, entries);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_entries = {
  .name = "entries",
  .summary = N_("Show every mapping in the router, those of other programs too"),
  .options = options,
  .run = run,
};
