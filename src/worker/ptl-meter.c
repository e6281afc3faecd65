/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-meter.h"

#include "worker/ptl-alarm.h"

#define KEEP_PAUSE_US (60 * G_USEC_PER_SEC)
/* A peak that was not there so long before was reached just now. */
#define RECENT_US (3 * G_USEC_PER_SEC)

/* @base: what earlier sockets of this rule carried, and the peak of all; @last: what the present
 * one had when it was last read; @noted_us: when its peak was last told (boot time). */
typedef struct
{
  PtlTraffic base;
  PtlTraffic last;
  gint64 noted_us;
} Tally;

struct _PtlMeter
{
  GObject parent;

  PtlClock *clock;
  PtlEngine *engine;
  PtlInventory *inventory;
  PtlBackend *backends[3];
  GHashTable *tallies; /* id -> Tally */
  GHashTable *unkept;  /* set of ids */
  gint64 kept_boot_us;
  guint tick_id;
  PtlAlarm *alarm;
};

G_DEFINE_FINAL_TYPE (PtlMeter, ptl_meter, G_TYPE_OBJECT)

static guint keep_signal;
static guint moved_signal;

static void
keep_due (gpointer data)
{
  ptl_meter_keep_now (data);
}

void
ptl_meter_keep_now (PtlMeter *self)
{
  g_autoptr (GHashTable) ids = g_steal_pointer (&self->unkept);

  self->unkept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->kept_boot_us = ptl_clock_get_boot_us (self->clock);
  ptl_alarm_clear (self->alarm);
  if (g_hash_table_size (ids) > 0)
    g_signal_emit (self, keep_signal, 0, ids);
}

static Tally *
tally_of (PtlMeter *self, const PtlRule *rule)
{
  Tally *tally = g_hash_table_lookup (self->tallies, rule->id);

  if (tally == NULL)
    {
      tally = g_new0 (Tally, 1);
      tally->base = rule->traffic;
      g_hash_table_insert (self->tallies, g_strdup (rule->id), tally);
    }
  return tally;
}

static void
add_sums (PtlTraffic *sum, const PtlTraffic *more)
{
  sum->bytes_in += more->bytes_in;
  sum->bytes_out += more->bytes_out;
  sum->connections_ever += more->connections_ever;
  sum->refused += more->refused;
  sum->last_used = MAX (sum->last_used, more->last_used);
}

/* A counter that went back belongs to a new socket of the rule. */
static gboolean
began_anew (const PtlTraffic *last, const PtlTraffic *now)
{
  return now->bytes_in < last->bytes_in || now->bytes_out < last->bytes_out ||
         now->connections_ever < last->connections_ever || now->refused < last->refused;
}

static gboolean
same (const PtlTraffic *a, const PtlTraffic *b)
{
  return a->bytes_in == b->bytes_in && a->bytes_out == b->bytes_out
         && a->connections_now == b->connections_now && a->connections_ever == b->connections_ever
         && a->refused == b->refused && a->connections_peak == b->connections_peak;
}

gboolean
ptl_meter_read (PtlMeter *self, const char *id)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, id);
  PtlTraffic now = { 0 }, sum;
  Tally *tally;

  if (rule == NULL || self->backends[rule->kind] == NULL ||
      !ptl_backend_get_traffic (self->backends[rule->kind], id, &now))
    return FALSE;
  tally = tally_of (self, rule);
  if (began_anew (&tally->last, &now))
    add_sums (&tally->base, &tally->last);
  tally->last = now;
  sum = tally->base;
  add_sums (&sum, &now);
  sum.connections_now = now.connections_now;
  sum.connections_peak = tally->base.connections_peak
      = MAX (tally->base.connections_peak, now.connections_now);
  if (same (&sum, &rule->traffic))
    return FALSE;
  g_signal_emit (self, moved_signal, 0, rule, &sum);
  g_hash_table_add (self->unkept, g_strdup (id));
  ptl_inventory_set_traffic (self->inventory, id, &sum);
  return TRUE;
}

/* Of a peak that lies longer back nobody knows in which minute it was: it is kept, and nobody is
 * told. */
static void
set_peak (PtlMeter *self, const PtlRule *rule, guint64 peak)
{
  PtlTraffic traffic = rule->traffic;

  traffic.connections_peak = peak;
  g_hash_table_add (self->unkept, g_strdup (rule->id));
  ptl_inventory_set_traffic (self->inventory, rule->id, &traffic);
}

void
ptl_meter_note_peak (PtlMeter *self, const char *id, guint64 peak)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, id);
  gint64 now = ptl_clock_get_boot_us (self->clock);
  Tally *tally = rule != NULL ? tally_of (self, rule) : NULL;
  gboolean recent;

  if (rule == NULL)
    return;
  recent = tally->noted_us != 0 && now - tally->noted_us < RECENT_US;
  tally->noted_us = now;
  if (peak <= tally->base.connections_peak)
    return;
  tally->base.connections_peak = peak;
  if (recent)
    ptl_meter_read (self, id);
  else
    set_peak (self, rule, peak);
}

static gboolean
read_all (PtlMeter *self)
{
  g_autoptr (GPtrArray) ids = ptl_inventory_dup_ids (self->inventory);
  gboolean moved = FALSE;

  for (guint i = 0; i < ids->len; i++)
    moved |= ptl_meter_read (self, ids->pdata[i]);
  return moved;
}

static void
keep_sometimes (PtlMeter *self, gboolean moved)
{
  gint64 due = self->kept_boot_us + KEEP_PAUSE_US;

  if (g_hash_table_size (self->unkept) == 0)
    return;
  if (due <= ptl_clock_get_boot_us (self->clock))
    ptl_meter_keep_now (self);
  else if (!moved)
    ptl_alarm_set_boot (self->alarm, due, keep_due, self);
}

static gboolean
tick (gpointer data)
{
  PtlMeter *self = data;
  gboolean moved = read_all (self);

  keep_sometimes (self, moved);
  if (moved)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  ptl_engine_arm_activity (self->engine);
  return G_SOURCE_REMOVE;
}

static void
on_activity (PtlMeter *self)
{
  if (self->tick_id != 0)
    return;
  read_all (self);
  self->tick_id = g_timeout_add_seconds (1, tick, self);
}

static void
on_removed (PtlMeter *self, const PtlRule *rule)
{
  g_hash_table_remove (self->tallies, rule->id);
  g_hash_table_remove (self->unkept, rule->id);
}

void
ptl_meter_set_backend (PtlMeter *self, PtlKind kind, PtlBackend *backend)
{
  g_set_object (&self->backends[kind], backend);
}

static void
ptl_meter_dispose (GObject *object)
{
  PtlMeter *self = PTL_METER (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_object (&self->alarm);
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  if (self->inventory != NULL)
    g_signal_handlers_disconnect_by_data (self->inventory, self);
  for (guint i = 0; i < G_N_ELEMENTS (self->backends); i++)
    g_clear_object (&self->backends[i]);
  g_clear_object (&self->engine);
  g_clear_object (&self->inventory);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->tallies, g_hash_table_unref);
  g_clear_pointer (&self->unkept, g_hash_table_unref);
  G_OBJECT_CLASS (ptl_meter_parent_class)->dispose (object);
}

static void
ptl_meter_class_init (PtlMeterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_meter_dispose;
  keep_signal = g_signal_new ("keep", PTL_TYPE_METER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_HASH_TABLE);
  moved_signal = g_signal_new ("moved", PTL_TYPE_METER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
ptl_meter_init (PtlMeter *self)
{
  self->tallies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->unkept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

PtlMeter *
ptl_meter_new (PtlClock *clock, PtlEngine *engine, PtlInventory *inventory)
{
  PtlMeter *self = g_object_new (PTL_TYPE_METER, NULL);

  self->clock = g_object_ref (clock);
  self->engine = g_object_ref (engine);
  self->inventory = g_object_ref (inventory);
  self->alarm = ptl_alarm_new (clock);
  g_signal_connect_swapped (engine, "activity", G_CALLBACK (on_activity), self);
  g_signal_connect_swapped (inventory, "removed", G_CALLBACK (on_removed), self);
  ptl_engine_arm_activity (engine);
  return self;
}
