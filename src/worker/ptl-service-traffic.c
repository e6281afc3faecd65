/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

#include "engine/ptl-engine-stats.h"
#include "ptl-api.h"

#define SOURCE_MAX_BYTES 64

/* ---- Which rule ---- */

static gboolean
check_carried (const PtlRule *rule, GError **error)
{
  if (ptl_rule_is_carried (rule))
    return TRUE;
  if (rule->kind == PTL_KIND_TUNNEL)
    ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED,
                   _("Lead the tunnel to a forward on this computer: its connections are seen there."),
                   _("The connections of a tunnel pass through ssh, which tells nothing of them."));
  else
    ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED,
                   _("Make it a guarded mapping: then they pass through this computer."),
                   _("The connections of a direct mapping pass through the router, which tells nothing of them."));
  return FALSE;
}

static void
set_not_open (GError **error)
{
  ptl_error_set (error, PTL_ERROR_STATE, _("Wait until it is open."), _("This rule is not open just now."));
}

/* The rule named by the first argument, where the engine carries it. */
static const PtlRule *
find_carried (PtlService *self, GVariant *arguments, GError **error)
{
  const PtlRule *rule = ptl_service_find_living (self, arguments, error);

  return rule != NULL && check_carried (rule, error) ? rule : NULL;
}

/* ---- Statistics ---- */

/* @all: of the rule, ever. The engine knows reasons since it opened the rule last. */
static void
add_refused (GVariantDict *dict, const guint64 *refused, guint64 all)
{
  GVariantBuilder builder;
  guint64 known = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{st}"));
  for (guint i = 0; i < PTL_N_REFUSED; i++)
    {
      known += refused[i];
      if (refused[i] > 0)
        g_variant_builder_add (&builder, "{st}", ptl_refused_to_string (i), refused[i]);
    }
  if (all > known)
    g_variant_builder_add (&builder, "{st}", "earlier", all - known);
  g_variant_dict_insert_value (dict, "Refused", g_variant_builder_end (&builder));
}

static void
add_percentiles (GVariantDict *dict, const char *name, const PtlPercentiles *percentiles)
{
  g_autofree char *p50 = g_strconcat (name, "P50", NULL);
  g_autofree char *p90 = g_strconcat (name, "P90", NULL);
  g_autofree char *p99 = g_strconcat (name, "P99", NULL);

  g_variant_dict_insert (dict, p50, "t", percentiles->p50);
  g_variant_dict_insert (dict, p90, "t", percentiles->p90);
  g_variant_dict_insert (dict, p99, "t", percentiles->p99);
}

static GVariant *
target_to_variant (const PtlTargetStats *target)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Endpoint", "s", target->endpoint);
  g_variant_dict_insert (&dict, "Backup", "b", target->backup);
  g_variant_dict_insert (&dict, "Up", "b", target->up);
  g_variant_dict_insert (&dict, "ConnectionsNow", "t", target->connections_now);
  g_variant_dict_insert (&dict, "ConnectionsEver", "t", target->connections_ever);
  g_variant_dict_insert (&dict, "ConnectionsPeak", "t", target->connections_peak);
  g_variant_dict_insert (&dict, "BytesIn", "t", target->bytes_in);
  g_variant_dict_insert (&dict, "BytesOut", "t", target->bytes_out);
  g_variant_dict_insert (&dict, "PacketsIn", "t", target->packets_in);
  g_variant_dict_insert (&dict, "PacketsOut", "t", target->packets_out);
  g_variant_dict_insert (&dict, "Failures", "t", target->failures);
  add_percentiles (&dict, "Connect", &target->connect);
  add_percentiles (&dict, "FirstByte", &target->first_byte);
  return g_variant_dict_end (&dict);
}

/* The engine's clock runs on while the computer sleeps, as a ban does; on the bus all times are of the wall. */
static gint64
to_wall (PtlService *self, gint64 boot_us)
{
  gint64 left_us = boot_us - ptl_clock_get_boot_us (self->parts.clock);

  return boot_us > 0 && left_us > 0
             ? ptl_clock_get_wall (self->parts.clock) + (left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC
             : 0;
}

static GVariant *
source_to_variant (PtlService *self, const PtlSourceStats *source)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Address", "s", source->address);
  g_variant_dict_insert (&dict, "ConnectionsNow", "t", source->connections_now);
  g_variant_dict_insert (&dict, "ConnectionsEver", "t", source->connections_ever);
  g_variant_dict_insert (&dict, "BytesIn", "t", source->bytes_in);
  g_variant_dict_insert (&dict, "BytesOut", "t", source->bytes_out);
  g_variant_dict_insert (&dict, "Refused", "t", source->refused);
  g_variant_dict_insert (&dict, "BannedUntil", "x", to_wall (self, source->banned_until_us));
  return g_variant_dict_end (&dict);
}

static void
add_lists (PtlService *self, GVariantDict *dict, const PtlEngineStats *stats)
{
  GVariantBuilder targets, sources;

  g_variant_builder_init (&targets, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < stats->targets->len; i++)
    g_variant_builder_add_value (&targets, target_to_variant (stats->targets->pdata[i]));
  g_variant_dict_insert_value (dict, "Targets", g_variant_builder_end (&targets));
  g_variant_builder_init (&sources, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < stats->sources->len; i++)
    g_variant_builder_add_value (&sources, source_to_variant (self, stats->sources->pdata[i]));
  g_variant_dict_insert_value (dict, "Sources", g_variant_builder_end (&sources));
}

static GVariant *
statistics_to_variant (PtlService *self, const PtlTraffic *traffic, const PtlEngineStats *stats)
{
  PtlPercentiles percentiles;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "BytesIn", "t", traffic->bytes_in);
  g_variant_dict_insert (&dict, "BytesOut", "t", traffic->bytes_out);
  g_variant_dict_insert (&dict, "ConnectionsNow", "t", traffic->connections_now);
  g_variant_dict_insert (&dict, "ConnectionsEver", "t", traffic->connections_ever);
  g_variant_dict_insert (&dict, "PacketsIn", "t", stats->packets_in);
  g_variant_dict_insert (&dict, "PacketsOut", "t", stats->packets_out);
  g_variant_dict_insert (&dict, "ConnectionsPeak", "t",
                         MAX (traffic->connections_peak, stats->peak));
  add_refused (&dict, stats->refused, traffic->refused);
  ptl_histogram_get_percentiles (&stats->connect, &percentiles);
  add_percentiles (&dict, "Connect", &percentiles);
  ptl_histogram_get_percentiles (&stats->first_byte, &percentiles);
  add_percentiles (&dict, "FirstByte", &percentiles);
  add_lists (self, &dict, stats);
  return g_variant_dict_end (&dict);
}

static void
get_statistics (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  const PtlRule *rule = find_carried (self, arguments, &error);
  g_autoptr (PtlEngineStats) stats = NULL;

  /* First, so that there are no bytes of datagrams that are not counted yet. */
  if (rule != NULL)
    {
      ptl_meter_read (self->parts.meter, rule->id);
      stats = ptl_engine_dup_stats (self->parts.engine, rule->id);
    }
  if (stats != NULL)
    ptl_meter_note_peak (self->parts.meter, rule->id, stats->peak);
  if (rule != NULL && stats == NULL)
    set_not_open (&error);
  if (stats == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  g_dbus_method_invocation_return_value (
      invocation, g_variant_new ("(@a{sv})", statistics_to_variant (self, &rule->traffic, stats)));
}

/* ---- Connections ---- */

static GVariant *
connection_to_variant (const PtlConnectionStats *connection)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Id", "t", connection->id);
  g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (connection->protocol));
  g_variant_dict_insert (&dict, "Source", "s", connection->source);
  g_variant_dict_insert (&dict, "Target", "s", connection->target);
  g_variant_dict_insert (&dict, "Age", "x", connection->age_us / G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "Idle", "x", connection->idle_us / G_USEC_PER_SEC);
  g_variant_dict_insert (&dict, "BytesIn", "t", connection->bytes_in);
  g_variant_dict_insert (&dict, "BytesOut", "t", connection->bytes_out);
  return g_variant_dict_end (&dict);
}

static gboolean
check_limit (guint32 limit, GError **error)
{
  if (limit >= 1 && limit <= PTL_API_CONNECTIONS_MAX)
    return TRUE;
  /* Translators: %d is a number */
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("One may ask for 1 to %d connections."),
                 PTL_API_CONNECTIONS_MAX);
  return FALSE;
}

static GPtrArray *
read_connections (PtlService *self, GVariant *arguments, GError **error)
{
  const PtlRule *rule;
  GPtrArray *connections;
  guint32 limit;

  g_variant_get_child (arguments, 1, "u", &limit);
  if (!check_limit (limit, error))
    return NULL;
  rule = find_carried (self, arguments, error);
  if (rule == NULL)
    return NULL;
  connections = ptl_engine_list_connections (self->parts.engine, rule->id, limit);
  if (connections == NULL)
    set_not_open (error);
  return connections;
}

static void
list_connections (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) connections = read_connections (self, arguments, &error);
  GVariantBuilder builder;

  if (connections == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < connections->len; i++)
    g_variant_builder_add_value (&builder, connection_to_variant (connections->pdata[i]));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &builder));
}

/* ---- Kick ---- */

/* @ids: NULL where it is not by them; so too @source. */
typedef struct
{
  const PtlRule *rule;
  const guint64 *ids;
  gsize n_ids;
  const char *source;
} Kick;

static gboolean
check_source (const char *source, GError **error)
{
  PtlNetwork network;

  if (strlen (source) <= SOURCE_MAX_BYTES)
    return ptl_network_parse (source, &network, error);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("The source is too long."));
  return FALSE;
}

/* @connections: kept by the caller, as the ids point into it. */
static gboolean
read_kick (PtlService *self, GVariant *arguments, GVariant *connections, Kick *kick, GError **error)
{
  const guint64 *ids = g_variant_get_fixed_array (connections, &kick->n_ids, sizeof (guint64));
  const char *source;

  g_variant_get_child (arguments, 2, "&s", &source);
  if (kick->n_ids > 0 && *source != '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("Name connections or a source, not both."));
      return FALSE;
    }
  if (kick->n_ids > PTL_API_CONNECTIONS_MAX)
    {
      /* Translators: %d is a number */
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("One may name %d connections at most."),
                     PTL_API_CONNECTIONS_MAX);
      return FALSE;
    }
  if (*source != '\0' && !check_source (source, error))
    return FALSE;
  kick->ids = kick->n_ids > 0 ? ids : NULL;
  kick->source = *source != '\0' ? source : NULL;
  kick->rule = find_carried (self, arguments, error);
  return kick->rule != NULL;
}

static char *
describe_kick (const Kick *kick, guint n)
{
  if (kick->source != NULL)
    /* Translators: %u is a number, %s an address or a network */
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u connection from %s ended.", "%u connections from %s ended.", n), n,
        kick->source);
  return g_strdup_printf (
      /* Translators: %u is a number */
      g_dngettext (GETTEXT_PACKAGE, "%u connection ended.", "%u connections ended.", n), n);
}

/* First the log, then the cut: nothing is done that could not be logged. */
static gboolean
log_kick (PtlService *self, const Kick *kick, guint n, const char *who, GError **error)
{
  PtlStore *store = self->parts.store;
  g_autofree char *detail = describe_kick (kick, n);

  return ptl_changes_may_write (self->parts.changes, error) && ptl_store_begin (store, error) &&
         ptl_store_add_event (store, who, "kick", kick->rule->id, "ok", detail, error) &&
         ptl_store_commit (store, error);
}

static guint
apply_kick (PtlService *self, const Kick *kick)
{
  if (kick->source != NULL)
    return ptl_engine_kick_source (self->parts.engine, kick->rule->id, kick->source);
  return ptl_engine_kick (self->parts.engine, kick->rule->id, kick->ids, kick->n_ids);
}

static void
kick_connections (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GVariant) connections = g_variant_get_child_value (arguments, 1);
  Kick kick = { 0 };
  guint n;

  if (!read_kick (self, arguments, connections, &kick, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  n = ptl_engine_count_connections (self->parts.engine, kick.rule->id, kick.ids, kick.n_ids, kick.source);
  if (n > 0 && !log_kick (self, &kick, n, who, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  if (n > 0)
    n = apply_kick (self, &kick);
  ptl_meter_read (self->parts.meter, kick.rule->id);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", (guint32) n));
}

const PtlServiceMethod ptl_service_traffic_methods[] = {
  { "handle-get-statistics", get_statistics, FALSE },
  { "handle-list-connections", list_connections, FALSE },
  { "handle-kick-connections", kick_connections, TRUE },
  { NULL, NULL, FALSE },
};
