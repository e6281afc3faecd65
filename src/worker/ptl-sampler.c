/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-sampler.h"

#include "worker/ptl-alarm.h"

/* A clock that was set by more than this may be wrong, and what is old by it is left alone for a while. */
#define JUMP_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
#define DISTRUST_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
/* So long after a start nothing is thrown away either: the network may yet set the clock. */
#define SETTLE_US (G_GINT64_CONSTANT (600) * G_USEC_PER_SEC)

typedef struct
{
  PtlSample sample;
  guint64 now; /* connections */
} Entry;

struct _PtlSampler
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlMeter *meter;
  GHashTable *entries; /* id -> Entry: of @minute */
  gint64 minute;       /* Unix seconds; 0 = none is under way */
  gint64 offset_us;    /* of the wall clock from boot time */
  gint64 settled_boot_us;
  PtlAlarm *alarm;
};

G_DEFINE_FINAL_TYPE (PtlSampler, ptl_sampler, G_TYPE_OBJECT)

static gint64
present_minute (PtlSampler *self)
{
  gint64 now = ptl_clock_get_wall (self->clock);

  return now - now % PTL_SAMPLE_MINUTE;
}

/* ---- Writing ---- */

static gboolean
write_entries (PtlSampler *self, GError **error)
{
  GHashTableIter iter;
  const char *id;
  Entry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, (gpointer *) &entry))
    if (!ptl_sample_is_empty (&entry->sample)
        && !ptl_store_add_sample (self->store, id, &entry->sample, error))
      return FALSE;
  return TRUE;
}

static gboolean
may_throw_away (PtlSampler *self)
{
  return ptl_clock_get_boot_us (self->clock) >= self->settled_boot_us;
}

static void
write_minute (PtlSampler *self)
{
  g_autoptr (GError) error = NULL;

  if (g_hash_table_size (self->entries) == 0)
    return;
  if (!ptl_store_begin_samples (self->store, &error) || !write_entries (self, &error)
      || (may_throw_away (self)
          && !ptl_store_roll_samples (self->store, ptl_clock_get_wall (self->clock), &error))
      || !ptl_store_commit (self->store, &error))
    g_debug ("A minute's samples are lost: %s", error->message);
}

/* ---- One minute after another ---- */

static void on_minute_over (gpointer data);

/* What still has connections goes on into this minute. */
static gboolean
carry_on (gpointer id, gpointer value, gpointer minute)
{
  Entry *entry = value;

  entry->sample = (PtlSample) { .at = *(gint64 *) minute, .peak = entry->now };
  return entry->now == 0;
}

static void
begin_minute (PtlSampler *self)
{
  gint64 minute = present_minute (self);

  g_hash_table_foreach_remove (self->entries, carry_on, &minute);
  self->minute = minute;
  ptl_alarm_set_wall (self->alarm, (minute + PTL_SAMPLE_MINUTE) * G_USEC_PER_SEC, on_minute_over, self);
}

static void
on_minute_over (gpointer data)
{
  PtlSampler *self = data;

  write_minute (self);
  begin_minute (self);
  if (g_hash_table_size (self->entries) > 0)
    return;
  self->minute = 0;
  ptl_alarm_clear (self->alarm);
  ptl_store_rest (self->store);
}

static gint64
offset_of (PtlSampler *self)
{
  return ptl_clock_get_wall_us (self->clock) - ptl_clock_get_boot_us (self->clock);
}

static void
on_clock_changed (PtlSampler *self)
{
  gint64 offset = offset_of (self);

  if (ABS (offset - self->offset_us) > JUMP_US)
    self->settled_boot_us = ptl_clock_get_boot_us (self->clock) + DISTRUST_US;
  self->offset_us = offset;
  /* The end of a minute that a clock set back has left is far off. */
  if (self->minute != 0 && self->minute != present_minute (self))
    on_minute_over (self);
}

static Entry *
entry_of (PtlSampler *self, const PtlRule *rule)
{
  Entry *entry;

  if (self->minute != 0 && self->minute != present_minute (self))
    on_minute_over (self);
  if (self->minute == 0)
    begin_minute (self);
  entry = g_hash_table_lookup (self->entries, rule->id);
  if (entry != NULL)
    return entry;
  entry = g_new0 (Entry, 1);
  entry->sample.at = self->minute;
  entry->sample.peak = rule->traffic.connections_now;
  g_hash_table_insert (self->entries, g_strdup (rule->id), entry);
  return entry;
}

/* A counter never goes back; one that was set anew counts from there. */
static guint64
more (guint64 now, guint64 before)
{
  return now >= before ? now - before : now;
}

/* @rule still has the counters of before. */
static void
on_moved (PtlSampler *self, const PtlRule *rule, const PtlTraffic *now)
{
  const PtlTraffic *before = &rule->traffic;
  Entry *entry = entry_of (self, rule);
  PtlSample sample = {
    .bytes_in = more (now->bytes_in, before->bytes_in),
    .bytes_out = more (now->bytes_out, before->bytes_out),
    .peak = now->connections_now,
    .begun = more (now->connections_ever, before->connections_ever),
    .refused = more (now->refused, before->refused),
  };

  /* One that came and went between two readings was there all the same. */
  if (sample.peak == 0 && sample.begun > 0)
    sample.peak = 1;
  if (now->connections_peak > before->connections_peak)
    sample.peak = MAX (sample.peak, now->connections_peak);
  ptl_sample_add (&entry->sample, &sample);
  entry->now = now->connections_now;
}

static void
on_removed (PtlSampler *self, const PtlRule *rule)
{
  Entry *entry = g_hash_table_lookup (self->entries, rule->id);

  if (entry != NULL)
    entry->now = 0;
}

void
ptl_sampler_flush (PtlSampler *self)
{
  g_return_if_fail (PTL_IS_SAMPLER (self));
  write_minute (self);
  g_hash_table_remove_all (self->entries);
  self->minute = 0;
  ptl_alarm_clear (self->alarm);
}

/* ---- Reading ---- */

static void
add_present (GArray *samples, const PtlSample *present, guint step)
{
  PtlSample sample = *present;

  sample.at -= sample.at % step;
  for (guint i = samples->len; i > 0; i--)
    {
      PtlSample *known = &g_array_index (samples, PtlSample, i - 1);

      if (known->at == sample.at)
        {
          ptl_sample_add (known, &sample);
          return;
        }
      if (known->at < sample.at)
        {
          g_array_insert_val (samples, i, sample);
          return;
        }
    }
  g_array_prepend_val (samples, sample);
}

GArray *
ptl_sampler_list (PtlSampler *self, const char *rule_id, gint64 from, gint64 until, guint step, GError **error)
{
  GArray *samples = ptl_store_list_samples (self->store, rule_id, from, until, step, error);
  const Entry *entry = g_hash_table_lookup (self->entries, rule_id);

  if (samples != NULL && entry != NULL && !ptl_sample_is_empty (&entry->sample)
      && entry->sample.at >= from - from % step && entry->sample.at < until)
    add_present (samples, &entry->sample, step);
  return samples;
}

/* ---- Life ---- */

static void
ptl_sampler_dispose (GObject *object)
{
  PtlSampler *self = PTL_SAMPLER (object);

  g_clear_object (&self->alarm);
  if (self->meter != NULL)
    g_signal_handlers_disconnect_by_data (self->meter, self);
  if (self->inventory != NULL)
    g_signal_handlers_disconnect_by_data (self->inventory, self);
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_clear_object (&self->meter);
  g_clear_object (&self->inventory);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_sampler_parent_class)->dispose (object);
}

static void
ptl_sampler_class_init (PtlSamplerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_sampler_dispose;
}

static void
ptl_sampler_init (PtlSampler *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

PtlSampler *
ptl_sampler_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlMeter *meter)
{
  PtlSampler *self = g_object_new (PTL_TYPE_SAMPLER, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->inventory = g_object_ref (inventory);
  self->meter = g_object_ref (meter);
  self->alarm = ptl_alarm_new (clock);
  self->offset_us = offset_of (self);
  self->settled_boot_us = ptl_clock_get_boot_us (clock) + SETTLE_US;
  g_signal_connect_swapped (clock, "changed", G_CALLBACK (on_clock_changed), self);
  g_signal_connect_swapped (meter, "moved", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (inventory, "removed", G_CALLBACK (on_removed), self);
  return self;
}
