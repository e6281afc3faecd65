/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-watch.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "core/ptl-text.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"
#include "ptl-ctl-traffic.h"

/* What was counted at a look; gone where a look found nothing. */
typedef struct
{
  gint64 at_us;
  guint64 in;
  guint64 out;
  guint64 ever;
  guint64 refused;
} Sample;

struct _PtlCtlWatch
{
  PtlClient *client;
  PtlCtlWatchFunc func;
  gpointer data;
  GCancellable *cancellable;
  guint timer;
  GHashTable *samples; /* rule id -> Sample, of the look before */
  GPtrArray *flows;    /* of the look under way */
  guint n_pending;
  gboolean looked; /* once at least */
};

static void
flow_free (PtlCtlFlow *flow)
{
  g_free (flow->rule_id);
  g_free (flow->name);
  g_free (flow);
}

/* A counter that went back was begun anew: what it had before is not known. */
static guint64
grown (guint64 before, guint64 now)
{
  return now > before ? now - before : 0;
}

static void
fill (PtlCtlFlow *flow, const Sample *before, const Sample *now)
{
  double seconds = (double) (now->at_us - before->at_us) / G_USEC_PER_SEC;

  flow->counted = seconds > 0;
  if (!flow->counted)
    return;
  flow->in = (double) grown (before->in, now->in) / seconds;
  flow->out = (double) grown (before->out, now->out) / seconds;
  flow->new_connections = grown (before->ever, now->ever);
  flow->refused = grown (before->refused, now->refused);
}

static void
take (PtlCtlWatch *self, PtlCtlFlow *flow, GVariant *statistics)
{
  const Sample *before = g_hash_table_lookup (self->samples, flow->rule_id);
  Sample now = {
    .at_us = g_get_monotonic_time (),
    .in = ptl_ctl_get_counter (statistics, "BytesIn"),
    .out = ptl_ctl_get_counter (statistics, "BytesOut"),
    .ever = ptl_ctl_get_counter (statistics, "ConnectionsEver"),
    .refused = ptl_ctl_sum_refused (statistics),
  };

  flow->connections = ptl_ctl_get_counter (statistics, "ConnectionsNow");
  if (before != NULL)
    fill (flow, before, &now);
  g_hash_table_insert (self->samples, g_strdup (flow->rule_id), g_memdup2 (&now, sizeof now));
}

static void
forget_gone (PtlCtlWatch *self)
{
  g_autoptr (GHashTable) living = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < self->flows->len; i++)
    g_hash_table_add (living, ((PtlCtlFlow *) self->flows->pdata[i])->rule_id);
  g_hash_table_iter_init (&iter, self->samples);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!g_hash_table_contains (living, id))
      g_hash_table_iter_remove (&iter);
}

static void
finish (PtlCtlWatch *self)
{
  g_autoptr (GPtrArray) flows = NULL;

  forget_gone (self);
  flows = g_steal_pointer (&self->flows);
  if (self->looked)
    self->func (flows, self->data);
  self->looked = TRUE;
}

typedef struct
{
  PtlCtlWatch *watch; /* gone when @cancellable was cancelled */
  PtlCtlFlow *flow;
  GCancellable *cancellable;
} Look;

static void
look_free (Look *look)
{
  g_object_unref (look->cancellable);
  g_free (look);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Look, look_free)

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Look) look = data;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, NULL);

  if (g_cancellable_is_cancelled (look->cancellable))
    return;
  if (answer != NULL)
    {
      g_autoptr (GVariant) statistics = g_variant_get_child_value (answer, 0);

      take (look->watch, look->flow, statistics);
    }
  else
    g_hash_table_remove (look->watch->samples, look->flow->rule_id);
  if (--look->watch->n_pending == 0)
    finish (look->watch);
}

static PtlCtlFlow *
add_flow (PtlCtlWatch *self, const PtlRule *rule)
{
  PtlCtlFlow *flow = g_new0 (PtlCtlFlow, 1);

  flow->rule_id = g_strdup (rule->id);
  flow->name = g_strdup (rule->name);
  g_ptr_array_add (self->flows, flow);
  return flow;
}

static void
ask (PtlCtlWatch *self, PtlCtlFlow *flow)
{
  Look *look = g_new (Look, 1);

  look->watch = self;
  look->flow = flow;
  look->cancellable = g_object_ref (self->cancellable);
  self->n_pending++;
  ptl_client_call_async (self->client, "GetStatistics", g_variant_new ("(s)", flow->rule_id),
                         self->cancellable, on_statistics, look);
}

/* One more is pending until all are asked, so that an answer at once does not end the look. */
static gboolean
look_at_all (gpointer data)
{
  PtlCtlWatch *self = data;
  GListModel *rules = ptl_client_get_rules (self->client);

  if (self->n_pending > 0)
    return G_SOURCE_CONTINUE;
  self->flows = g_ptr_array_new_with_free_func ((GDestroyNotify) flow_free);
  self->n_pending = 1;
  for (guint i = 0; i < g_list_model_get_n_items (rules); i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, i);
      const PtlRule *rule = ptl_rule_item_get_rule (item);
      PtlCtlFlow *flow = add_flow (self, rule);

      if (ptl_ctl_is_counted (rule))
        ask (self, flow);
    }
  if (--self->n_pending == 0)
    finish (self);
  return G_SOURCE_CONTINUE;
}

PtlCtlWatch *
ptl_ctl_watch_new (PtlClient *client, guint seconds, PtlCtlWatchFunc func, gpointer data)
{
  PtlCtlWatch *self = g_new0 (PtlCtlWatch, 1);

  self->client = g_object_ref (client);
  self->func = func;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->samples = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->timer = g_timeout_add (seconds * 1000, look_at_all, self);
  look_at_all (self);
  return self;
}

void
ptl_ctl_watch_free (PtlCtlWatch *self)
{
  if (self == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_source_remove (self->timer);
  g_clear_pointer (&self->flows, g_ptr_array_unref);
  g_hash_table_unref (self->samples);
  g_object_unref (self->cancellable);
  g_object_unref (self->client);
  g_free (self);
}

/* --- shown --- */

/* "-" where nothing is known. */
static char *
dup_number (const PtlCtlFlow *flow, guint64 n)
{
  return flow->counted ? g_strdup_printf ("%" PRIu64, n) : g_strdup ("-");
}

static char *
dup_rate (const PtlCtlFlow *flow, double rate)
{
  return flow->counted ? ptl_ctl_dup_rate (rate) : g_strdup ("-");
}

void
ptl_ctl_print_flow (PtlCtl *self, const PtlCtlFlow *flow, gint64 now)
{
  g_autofree char *at = ptl_ctl_dup_time (now);
  g_autofree char *id = ptl_ctl_dup_short_id (flow->rule_id);
  g_autofree char *name = ptl_text_make_safe (flow->name, -1, 0);
  g_autofree char *in = dup_rate (flow, flow->in);
  g_autofree char *out = dup_rate (flow, flow->out);
  g_autofree char *connections = dup_number (flow, flow->connections);
  g_autofree char *fresh = dup_number (flow, flow->new_connections);
  g_autofree char *refused = dup_number (flow, flow->refused);

  ptl_ctl_print (self, "%s  %s  ", at, id);
  /* Translators: the traffic of a rule: two rates like “1.2 MB/s”, three numbers of connections, and the rule's name */
  ptl_ctl_print (self, _("%s in, %s out, %s connected, %s new, %s refused  %s"), in, out, connections,
                 fresh, refused, name);
  ptl_ctl_print (self, "\n");
}

static void
add_row (PtlCtlTable *table, const PtlCtlFlow *flow)
{
  g_autofree char *id = ptl_ctl_dup_short_id (flow->rule_id);
  g_autofree char *in = dup_rate (flow, flow->in);
  g_autofree char *out = dup_rate (flow, flow->out);
  g_autofree char *connections = dup_number (flow, flow->connections);
  g_autofree char *fresh = dup_number (flow, flow->new_connections);
  g_autofree char *refused = dup_number (flow, flow->refused);

  ptl_ctl_table_add (table,
                     (const char *[]){ id, flow->name, in, out, connections, fresh, refused });
}

char *
ptl_ctl_dup_flows (GPtrArray *flows)
{
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]){
      _("ID"), _("NAME"), _("IN"), _("OUT"), _("CONNECTED"), _("NEW"), _("REFUSED"), NULL });

  for (guint i = 0; i < flows->len; i++)
    add_row (table, flows->pdata[i]);
  return ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
}

static void
json_number (JsonBuilder *builder, const char *key, const PtlCtlFlow *flow, guint64 n)
{
  json_builder_set_member_name (builder, key);
  if (flow->counted)
    json_builder_add_int_value (builder, (gint64) n);
  else
    json_builder_add_null_value (builder);
}

void
ptl_ctl_json_flow (JsonBuilder *builder, const PtlCtlFlow *flow, gint64 now)
{
  json_builder_begin_object (builder);
  ptl_json_add_time (builder, "at", now);
  ptl_json_add_text (builder, "rule_id", flow->rule_id);
  ptl_json_add_text (builder, "name", flow->name);
  json_number (builder, "bytes_in_per_second", flow, (guint64) flow->in);
  json_number (builder, "bytes_out_per_second", flow, (guint64) flow->out);
  json_number (builder, "connections_now", flow, flow->connections);
  json_number (builder, "connections_new", flow, flow->new_connections);
  json_number (builder, "refused_new", flow, flow->refused);
  json_builder_end_object (builder);
}
