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

/* NULL where nothing is counted, or it is not open just now. @rule takes what is newer there, so
 * that all that is shown is of one moment. */
static GVariant *
find_statistics (PtlCtl *self, PtlRule *rule)
{
  GVariant *statistics
      = ptl_ctl_is_counted (rule) ? ptl_ctl_get_statistics (self, rule->id, NULL) : NULL;

  if (statistics != NULL)
    ptl_ctl_take_counters (statistics, &rule->traffic);
  return statistics;
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

/* NULL: it is closed, nobody arrives at this computer, or an older worker does not tell. */
static GVariant *
find_firewall (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) firewall = NULL;

  if (!ptl_rule_is_living (rule))
    return NULL;
  answer = ptl_ctl_call (self, "GetFirewall", g_variant_new ("(s)", rule->id), NULL);
  if (answer == NULL)
    return NULL;
  firewall = g_variant_get_child_value (answer, 0);
  return g_variant_n_children (firewall) > 0 ? g_steal_pointer (&firewall) : NULL;
}

static const char *
firewall_text (GVariant *firewall, const char *key)
{
  const char *text = "";

  g_variant_lookup (firewall, key, "&s", &text);
  return text;
}

/* When firewalld closes it by itself; 0: a permanent rule's is opened anew before that, so that it has no end. */
static gint64
find_end (const PtlRule *rule, GVariant *opening)
{
  gint64 ends = 0;

  if (rule->expires != 0)
    g_variant_lookup (opening, "Until", "x", &ends);
  return ends;
}

/* "TCP 40001 in zone public, for 192.0.2.0/24 alone" (transfer full) */
static char *
describe_place (GVariant *opening)
{
  const char *zone = firewall_text (opening, "Zone"), *source = firewall_text (opening, "Source");
  g_autofree char *protocol = g_ascii_strup (firewall_text (opening, "Protocol"), -1);

  if (*source != '\0')
    /* Translators: TCP or UDP, ports, a zone of firewalld, and a network */
    return g_strdup_printf (_("%s %s in zone %s, for %s alone"), protocol, firewall_text (opening, "Ports"), zone, source);
  /* Translators: TCP or UDP, ports, and a zone of firewalld */
  return g_strdup_printf (_("%s %s in zone %s"), protocol, firewall_text (opening, "Ports"), zone);
}

/* The same with ", until 2026-12-24 18:00" (transfer full) */
static char *
describe_opening (const PtlRule *rule, GVariant *opening)
{
  g_autofree char *place = describe_place (opening);
  gint64 ends = find_end (rule, opening);
  g_autofree char *until = ends != 0 ? ptl_ctl_dup_time (ends) : NULL;

  if (until == NULL)
    /* Translators: %s is like "TCP 40001 in zone public" */
    return g_strdup_printf (_("%s, for as long as the rule is open"), place);
  /* Translators: the first %s is like "TCP 40001 in zone public", the second a date and time */
  return g_strdup_printf (_("%s, until %s"), place, until);
}

static void
print_openings (PtlCtl *self, const PtlRule *rule, GVariant *firewall)
{
  g_autoptr (GVariant) openings = g_variant_lookup_value (firewall, "Openings", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; openings != NULL && i < g_variant_n_children (openings); i++)
    {
      g_autoptr (GVariant) opening = g_variant_get_child_value (openings, i);
      g_autofree char *text = describe_opening (rule, opening);

      ptl_ctl_print_field (self, _("Opened"), text);
    }
}

static void
print_firewall (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (GVariant) firewall = find_firewall (self, rule);
  const char *advice, *command;

  if (firewall == NULL)
    return;
  advice = firewall_text (firewall, "Advice");
  command = firewall_text (firewall, "Command");
  ptl_ctl_print_field (self, _("Firewall"), firewall_text (firewall, "Message"));
  print_openings (self, rule, firewall);
  if (*advice != '\0')
    ptl_ctl_print_field (self, _("Note"), advice);
  if (*command != '\0')
    ptl_ctl_print_field (self, _("Command"), command);
}

static void
json_openings (JsonBuilder *builder, const PtlRule *rule, GVariant *firewall)
{
  g_autoptr (GVariant) openings = g_variant_lookup_value (firewall, "Openings", G_VARIANT_TYPE ("aa{sv}"));

  json_builder_set_member_name (builder, "openings");
  json_builder_begin_array (builder);
  for (gsize i = 0; openings != NULL && i < g_variant_n_children (openings); i++)
    {
      g_autoptr (GVariant) opening = g_variant_get_child_value (openings, i);

      json_builder_begin_object (builder);
      ptl_json_add_text (builder, "zone", firewall_text (opening, "Zone"));
      ptl_json_add_text (builder, "protocol", firewall_text (opening, "Protocol"));
      ptl_json_add_text (builder, "ports", firewall_text (opening, "Ports"));
      ptl_json_add_text_or_null (builder, "source", firewall_text (opening, "Source"));
      ptl_json_add_time (builder, "until", find_end (rule, opening));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
json_firewall (PtlCtl *self, JsonBuilder *builder, const PtlRule *rule)
{
  static const struct { const char *key, *name; } members[] = {
    { "Kind", "kind" }, { "Verdict", "verdict" }, { "Protocol", "protocol" }, { "Ports", "ports" },
    { "Zone", "zone" }, { "Container", "container" }, { "Message", "message" }, { "Advice", "advice" },
    { "Command", "command" },
  };
  g_autoptr (GVariant) firewall = find_firewall (self, rule);

  json_builder_set_member_name (builder, "firewall");
  if (firewall == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }
  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    ptl_json_add_text_or_null (builder, members[i].name, firewall_text (firewall, members[i].key));
  json_openings (builder, rule, firewall);
  json_builder_end_object (builder);
}

static void
print_json (PtlCtl *self, PtlRule *rule, GVariant *connections)
{
  g_autoptr (GVariant) statistics = find_statistics (self, rule);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  ptl_ctl_json_rule_members (builder, rule);
  json_deaf (self, builder, rule);
  json_firewall (self, builder, rule);
  ptl_ctl_json_statistics (builder, statistics);
  if (connections != NULL)
    ptl_ctl_json_connections (builder, connections);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
print_text (PtlCtl *self, PtlRule *rule)
{
  g_autoptr (GVariant) statistics = find_statistics (self, rule);

  ptl_ctl_print_rule (self, rule, TRUE);
  print_deaf (self, rule);
  print_firewall (self, rule);
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
run_connections (PtlCtl *self, PtlRule *rule, GError **error)
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
