/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "api/ptl-api.h"
#include "core/ptl-error.h"
#include "ptl-ctl-history.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-target.h"
#include "ptl-ctl-text.h"
#include "ptl-ctl-traffic.h"

#define LIMIT 1000

static const PtlCtlOption options[] = {
  { "connections", PTL_CTL_FLAG, NULL, N_("Who is connected, the youngest first") },
  { "limit", PTL_CTL_VALUE, "N", N_("At most so many connections") },
  { "history", PTL_CTL_FLAG, NULL, N_("What it carried, in the last day by the hour") },
  { "since", PTL_CTL_VALUE, "TIME",
    N_("The history of so long, like 2h or 30d; by the minute up to 6h") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check_connections (PtlCtl *self, GError **error)
{
  guint limit;

  if (ptl_ctl_has (self, "limit") && !ptl_ctl_has (self, "connections"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Add --connections, or leave it out."), "%s",
                     _("--limit is for --connections."));
      return FALSE;
    }
  if (ptl_ctl_has (self, "history") && ptl_ctl_has (self, "connections"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                     _("--connections and --history exclude each other."));
      return FALSE;
    }
  return ptl_ctl_get_number (self, "limit", 1, PTL_API_CONNECTIONS_MAX, &limit, error);
}

static gboolean
check (PtlCtl *self, GError **error)
{
  return ptl_ctl_check_ids (self, error) && check_connections (self, error)
         && ptl_ctl_history_check (self, error);
}

/* NULL where nothing is counted, or it is not open just now. */
static GVariant *
find_statistics (PtlCtl *self, const PtlRule *rule)
{
  return ptl_ctl_is_counted (rule) ? ptl_ctl_get_statistics (self, rule->id, NULL) : NULL;
}

static void
print_deaf (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (GPtrArray) deaf = ptl_ctl_find_deaf_targets (self, rule);

  for (guint i = 0; i < deaf->len; i++)
    {
      g_autofree char *text = g_strdup_printf (
          /* Translators: %s is an address and port on this computer */
          _("No program listens at %s now. Start it, and it can be reached."),
          (const char *) deaf->pdata[i]);

      ptl_ctl_print_field (self, _("Note"), text);
    }
}

static void
json_deaf (PtlCtl *self, JsonBuilder *builder, const PtlRule *rule)
{
  g_autoptr (GPtrArray) deaf = ptl_ctl_find_deaf_targets (self, rule);

  json_builder_set_member_name (builder, "targets_without_listener");
  json_builder_begin_array (builder);
  for (guint i = 0; i < deaf->len; i++)
    json_builder_add_string_value (builder, deaf->pdata[i]);
  json_builder_end_array (builder);
}

static void
print_json (PtlCtl *self, const PtlRule *rule, GVariant *connections)
{
  g_autoptr (GVariant) statistics = find_statistics (self, rule);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  ptl_ctl_json_rule_members (builder, rule);
  json_deaf (self, builder, rule);
  ptl_ctl_json_statistics (builder, statistics);
  if (connections != NULL)
    ptl_ctl_json_connections (builder, connections);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
print_text (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (GVariant) statistics = find_statistics (self, rule);

  ptl_ctl_print_rule (self, rule, TRUE);
  print_deaf (self, rule);
  if (statistics != NULL)
    ptl_ctl_print_statistics (self, rule->id, statistics);
}

/* What the table leaves out is said. */
static void
note_rest (PtlCtl *self, const PtlRule *rule, gsize shown)
{
  g_autoptr (GVariant) statistics = ptl_ctl_get_statistics (self, rule->id, NULL);
  guint64 n = statistics != NULL ? ptl_ctl_get_counter (statistics, "ConnectionsNow") : 0;

  if (n > shown)
    /* Translators: two numbers of connections */
    ptl_ctl_note (self, _("%u of %u connections are shown; --limit shows more."), (guint) shown,
                  (guint) n);
}

static gboolean
run_connections (PtlCtl *self, const PtlRule *rule, GError **error)
{
  g_autoptr (GVariant) connections = NULL;
  guint limit = LIMIT;

  ptl_ctl_get_number (self, "limit", 1, PTL_API_CONNECTIONS_MAX, &limit, NULL);
  connections = ptl_ctl_list_connections (self, rule->id, limit, error);
  if (connections == NULL)
    return FALSE;
  if (self->json)
    print_json (self, rule, connections);
  else
    ptl_ctl_print_connections (self, connections);
  if (g_variant_n_children (connections) == limit)
    note_rest (self, rule, limit);
  return TRUE;
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_find_rule (self, ptl_ctl_get_argument (self, 0), error);

  if (rule == NULL)
    return FALSE;
  if (ptl_ctl_has (self, "history"))
    return ptl_ctl_history_print (self, rule, error);
  if (ptl_ctl_has (self, "connections"))
    return run_connections (self, rule, error);
  if (self->json)
    print_json (self, rule, NULL);
  else
    print_text (self, rule);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_show = {
  .name = "show",
  .arguments = "ID",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name a rule by its id; “portolanctl list” shows them."),
  .summary = N_("Show all that is known of a rule, open or closed, and who is connected"),
  .options = options,
  .check = check,
  .run = run,
};
