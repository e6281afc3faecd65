/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-metrics-text.h"

#include <string.h>

#include "engine/ptl-engine-stats.h"

/* These begin anew with the worker. */
#define SINCE ", since the worker last opened the rule."

/* A rule with what is told of it, taken from the engine's numbers, which are far more. */
typedef struct
{
  const PtlRule *rule;
  char *labels; /* of every line: rule="...",name="..." */
  guint64 refused[PTL_N_REFUSED];
  guint64 packets_in; /* UDP datagrams */
  guint64 packets_out;
  guint64 peak;
  PtlPercentiles connect;
  PtlPercentiles first_byte;
  GPtrArray *targets; /* of PtlTargetStats; NULL: the engine does not carry the rule */
} Row;

static void
row_free (Row *row)
{
  g_clear_pointer (&row->targets, g_ptr_array_unref);
  g_free (row->labels);
  g_free (row);
}

static void
take_stats (Row *row, const PtlEngineStats *stats)
{
  memcpy (row->refused, stats->refused, sizeof row->refused);
  row->packets_in = stats->packets_in;
  row->packets_out = stats->packets_out;
  row->peak = stats->peak;
  ptl_histogram_get_percentiles (&stats->connect, &row->connect);
  ptl_histogram_get_percentiles (&stats->first_byte, &row->first_byte);
  row->targets = g_ptr_array_ref (stats->targets);
}

/* Backslash, quote and line end are escaped within a label's value, and nothing else is. */
static void
append_value (GString *text, const char *value)
{
  for (; *value != '\0'; value++)
    switch (*value)
      {
      case '\\':
        g_string_append (text, "\\\\");
        break;
      case '"':
        g_string_append (text, "\\\"");
        break;
      case '\n':
        g_string_append (text, "\\n");
        break;
      default:
        g_string_append_c (text, *value);
      }
}

static Row *
row_new (const PtlMetricsSource *source, const PtlRule *rule)
{
  Row *row = g_new0 (Row, 1);
  g_autoptr (GString) labels = g_string_new ("rule=\"");
  g_autoptr (PtlEngineStats) stats = ptl_engine_dup_stats (source->engine, rule->id);

  append_value (labels, rule->id);
  g_string_append (labels, "\",name=\"");
  append_value (labels, rule->name);
  g_string_append_c (labels, '"');
  row->rule = rule;
  row->labels = g_string_free (g_steal_pointer (&labels), FALSE);
  if (stats != NULL)
    take_stats (row, stats);
  return row;
}

static GPtrArray *
make_rows (const PtlMetricsSource *source)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (source->inventory);
  GPtrArray *rows = g_ptr_array_new_full (rules->len, (GDestroyNotify) row_free);

  for (guint i = 0; i < rules->len; i++)
    g_ptr_array_add (rows, row_new (source, rules->pdata[i]));
  return rows;
}

/* ---- Families ---- */

static void
begin (GString *text, const char *name, const char *type, const char *help)
{
  g_string_append_printf (text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
add_single (GString *text, const char *name, const char *help, gint64 value)
{
  begin (text, name, "gauge", help);
  g_string_append_printf (text, "%s %" G_GINT64_FORMAT "\n", name, value);
}

static void
add_worker (GString *text, const PtlMetricsSource *source)
{
  static const PtlRuleState states[] = { PTL_RULE_STATE_REQUESTED, PTL_RULE_STATE_OPENING, PTL_RULE_STATE_OPEN,
                                         PTL_RULE_STATE_DEGRADED, PTL_RULE_STATE_CLOSING };

  begin (text, "portolan_build_info", "gauge", "Which Portolan this is.");
  g_string_append_printf (text, "portolan_build_info{version=\"%s\"} 1\n", source->version);
  add_single (text, "portolan_start_time_seconds", "When the worker started, in Unix seconds.", source->started);
  add_single (text, "portolan_store_ok", "Whether the store can be written.",
              ptl_store_get_state (source->store) == PTL_STORE_STATE_OK);
  add_single (text, "portolan_debts", "What could not be taken back from routers yet.",
              ptl_debts_get_n_debts (source->debts));
  begin (text, "portolan_rules", "gauge", "Living rules by state.");
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    g_string_append_printf (text, "portolan_rules{state=\"%s\"} %u\n", ptl_rule_state_to_string (states[i]),
                            ptl_inventory_count (source->inventory, states[i]));
}

static void
add_row (GString *text, const char *name, const Row *row, const char *more, guint64 value)
{
  g_string_append_printf (text, "%s{%s%s} %" G_GUINT64_FORMAT "\n", name, row->labels, more, value);
}

static void
add_traffic (GString *text, GPtrArray *rows)
{
  begin (text, "portolan_rule_open", "gauge", "Whether the rule is open.");
  for (guint i = 0; i < rows->len; i++)
    add_row (text, "portolan_rule_open", rows->pdata[i], "",
             ((Row *) rows->pdata[i])->rule->state == PTL_RULE_STATE_OPEN);
  begin (text, "portolan_rule_bytes_total", "counter", "Bytes carried towards the target (in) and back (out).");
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      add_row (text, "portolan_rule_bytes_total", row, ",direction=\"in\"", row->rule->traffic.bytes_in);
      add_row (text, "portolan_rule_bytes_total", row, ",direction=\"out\"", row->rule->traffic.bytes_out);
    }
  begin (text, "portolan_rule_connections", "gauge", "Connections and UDP sessions now.");
  for (guint i = 0; i < rows->len; i++)
    add_row (text, "portolan_rule_connections", rows->pdata[i], "",
             ((Row *) rows->pdata[i])->rule->traffic.connections_now);
  begin (text, "portolan_rule_connections_total", "counter", "Connections and UDP sessions ever.");
  for (guint i = 0; i < rows->len; i++)
    add_row (text, "portolan_rule_connections_total", rows->pdata[i], "",
             ((Row *) rows->pdata[i])->rule->traffic.connections_ever);
}

static void
add_more_traffic (GString *text, GPtrArray *rows)
{
  begin (text, "portolan_rule_connections_peak", "gauge",
         "The most connections and UDP sessions at a time, ever.");
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      add_row (text, "portolan_rule_connections_peak", row, "",
               MAX (row->peak, row->rule->traffic.connections_peak));
    }
  begin (text, "portolan_rule_datagrams_total", "counter",
         "UDP datagrams to the target (in) and back (out)" SINCE);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      if (row->targets == NULL || (ptl_rule_get_protocol (row->rule) & PTL_PROTOCOL_UDP) == 0)
        continue;
      add_row (text, "portolan_rule_datagrams_total", row, ",direction=\"in\"", row->packets_in);
      add_row (text, "portolan_rule_datagrams_total", row, ",direction=\"out\"", row->packets_out);
    }
}

static void
add_refused (GString *text, GPtrArray *rows)
{
  begin (text, "portolan_rule_refused_total", "counter", "What was not carried, and why" SINCE);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      for (guint reason = 0; reason < PTL_N_REFUSED; reason++)
        {
          g_autofree char *label = g_strdup_printf (",reason=\"%s\"", ptl_refused_to_string (reason));

          if (row->refused[reason] > 0)
            add_row (text, "portolan_rule_refused_total", row, label, row->refused[reason]);
        }
    }
}

/* In whole numbers, so that the decimal point depends on no locale. @more: further labels, or "".
 */
static void
add_quantile (GString *text,
              const char *name,
              const Row *row,
              const char *more,
              const char *quantile,
              guint64 us)
{
  g_string_append_printf (text,
                          "%s{%s%s,quantile=\"%s\"} %" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT
                          "\n",
                          name, row->labels, more, quantile, us / G_USEC_PER_SEC,
                          us % G_USEC_PER_SEC);
}

static void
add_quantiles (GString *text,
               const char *name,
               const Row *row,
               const char *more,
               const PtlPercentiles *times)
{
  if (times->n == 0)
    return;
  add_quantile (text, name, row, more, "0.5", times->p50);
  add_quantile (text, name, row, more, "0.9", times->p90);
  add_quantile (text, name, row, more, "0.99", times->p99);
  g_string_append_printf (text, "%s_count{%s%s} %" G_GUINT64_FORMAT "\n", name, row->labels, more,
                          times->n);
}

static void
add_times (GString *text, GPtrArray *rows)
{
  begin (text, "portolan_rule_connect_seconds", "summary", "How long the target took to take a connection.");
  for (guint i = 0; i < rows->len; i++)
    add_quantiles (text, "portolan_rule_connect_seconds", rows->pdata[i], "",
                   &((Row *) rows->pdata[i])->connect);
  begin (text, "portolan_rule_first_byte_seconds", "summary", "How long it took to the target's first byte.");
  for (guint i = 0; i < rows->len; i++)
    add_quantiles (text, "portolan_rule_first_byte_seconds", rows->pdata[i], "",
                   &((Row *) rows->pdata[i])->first_byte);
}

static char *
target_labels (const PtlTargetStats *target)
{
  g_autoptr (GString) labels = g_string_new (",target=\"");

  append_value (labels, target->endpoint);
  g_string_append_c (labels, '"');
  return g_string_free (g_steal_pointer (&labels), FALSE);
}

typedef struct
{
  const char *name, *more; /* @more: a further label, or "" */
  const char *type, *help; /* NULL: goes on with the family before */
  gsize field;             /* of PtlTargetStats */
} TargetFamily;

static guint64
read_number (const PtlTargetStats *target, gsize field)
{
  return field == G_STRUCT_OFFSET (PtlTargetStats, up) ? (guint64) target->up
                                                       : G_STRUCT_MEMBER (guint64, target, field);
}

static void
add_target_family (GString *text, GPtrArray *rows, const TargetFamily *family)
{
  if (family->type != NULL)
    begin (text, family->name, family->type, family->help);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      for (guint j = 0; row->targets != NULL && j < row->targets->len; j++)
        {
          const PtlTargetStats *target = row->targets->pdata[j];
          g_autofree char *labels = target_labels (target);
          g_autofree char *all = g_strconcat (labels, family->more, NULL);

          add_row (text, family->name, row, all, read_number (target, family->field));
        }
    }
}

static void
add_target_times (GString *text, GPtrArray *rows, const char *name, const char *help, gsize field)
{
  begin (text, name, "summary", help);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = rows->pdata[i];

      for (guint j = 0; row->targets != NULL && j < row->targets->len; j++)
        {
          g_autofree char *labels = target_labels (row->targets->pdata[j]);

          add_quantiles (text, name, row, labels,
                         G_STRUCT_MEMBER_P (row->targets->pdata[j], field));
        }
    }
}

#define FIELD(name) G_STRUCT_OFFSET (PtlTargetStats, name)

static void
add_targets (GString *text, GPtrArray *rows)
{
  static const TargetFamily families[] = {
    { "portolan_rule_target_up", "", "gauge",
      "Whether a target takes connections, as far as is known.", FIELD (up) },
    { "portolan_rule_target_bytes_total", ",direction=\"in\"", "counter",
      "Bytes carried to a target (in) and back (out)" SINCE, FIELD (bytes_in) },
    { "portolan_rule_target_bytes_total", ",direction=\"out\"", NULL, NULL, FIELD (bytes_out) },
    { "portolan_rule_target_connections", "", "gauge",
      "Connections and UDP sessions of a target now.", FIELD (connections_now) },
    { "portolan_rule_target_connections_total", "", "counter",
      "Connections and UDP sessions of a target" SINCE, FIELD (connections_ever) },
    { "portolan_rule_target_connections_peak", "", "gauge",
      "The most connections and UDP sessions of a target at a time" SINCE,
      FIELD (connections_peak) },
    { "portolan_rule_target_datagrams_total", ",direction=\"in\"", "counter",
      "UDP datagrams to a target (in) and back (out)" SINCE, FIELD (packets_in) },
    { "portolan_rule_target_datagrams_total", ",direction=\"out\"", NULL, NULL,
      FIELD (packets_out) },
    { "portolan_rule_target_failures_total", "", "counter",
      "Connections and checks that a target did not take" SINCE, FIELD (failures) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    add_target_family (text, rows, &families[i]);
  add_target_times (text, rows, "portolan_rule_target_connect_seconds",
                    "How long a target took to take a connection.", FIELD (connect));
  add_target_times (text, rows, "portolan_rule_target_first_byte_seconds",
                    "How long it took to a target's first byte.", FIELD (first_byte));
}

char *
ptl_metrics_text_new (const PtlMetricsSource *source)
{
  g_autoptr (GPtrArray) rows = make_rows (source);
  GString *text = g_string_new (NULL);

  add_worker (text, source);
  add_traffic (text, rows);
  add_more_traffic (text, rows);
  add_refused (text, rows);
  add_times (text, rows);
  add_targets (text, rows);
  return g_string_free (text, FALSE);
}
