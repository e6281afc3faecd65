/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-targets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"

static PtlEngineTarget *
find_equal (const PtlTargets *self, const PtlEndpoint *endpoint)
{
  for (guint i = 0; self && i < self->n; i++)
    if (ptl_endpoint_equal (self->items[i]->endpoint, endpoint))
      return self->items[i];
  return NULL;
}

static void
add (PtlTargets *self,
     const char *id,
     const PtlEndpoint *endpoint,
     gboolean backup,
     guint n_threads,
     PtlTargetNews *news,
     const PtlTargets *before)
{
  PtlEngineTarget *known = find_equal (before, endpoint);

  self->backup[self->n] = backup;
  self->items[self->n++] = known ? ptl_engine_target_ref (known)
                                 : ptl_engine_target_new (id, endpoint, n_threads, news);
}

/* What a check or a connection of before would have brought back: nobody does any more. */
static void
forgive (const PtlTargets *self)
{
  for (guint i = 0; i < self->n && self->check_interval_us == 0; i++)
    if (self->n == 1 || atomic_load (&self->items[i]->out_until_us) == PTL_TARGET_OUT)
      ptl_engine_target_bring_back (self->items[i]);
}

PtlTargets *
ptl_targets_new (const char *id,
                 const PtlForward *forward,
                 guint n_threads,
                 PtlTargetNews *news,
                 const PtlTargets *before)
{
  PtlTargets *self = g_new0 (PtlTargets, 1);
  const guint64 *values = forward->options->values;
  GPtrArray *further = forward->options->targets;

  g_atomic_ref_count_init (&self->refs);
  add (self, id, forward->target, FALSE, n_threads, news, before);
  for (guint i = 0; i < further->len && self->n < PTL_TARGETS_ALL; i++)
    {
      const PtlTarget *target = g_ptr_array_index (further, i);

      add (self, id, target->endpoint, target->backup, n_threads, news, before);
    }
  self->balance = (PtlBalance) values[PTL_OPTION_BALANCE];
  self->rise = (guint) values[PTL_OPTION_HEALTH_RISE];
  self->fall = (guint) values[PTL_OPTION_HEALTH_FALL];
  self->check_interval_us = (gint64) values[PTL_OPTION_HEALTH_INTERVAL] * G_USEC_PER_SEC;
  self->check_timeout_us = (gint64) values[PTL_OPTION_HEALTH_TIMEOUT] * G_USEC_PER_SEC;
  forgive (self);
  return self;
}

PtlTargets *
ptl_targets_ref (PtlTargets *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_targets_unref (PtlTargets *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  for (guint i = 0; i < self->n; i++)
    ptl_engine_target_unref (self->items[i]);
  g_free (self);
}

void
ptl_targets_set_gate (const PtlTargets *self, PtlGate *gate)
{
  for (guint i = 0; i < self->n; i++)
    if (self->items[i]->name)
      ptl_name_set_gate (self->items[i]->name, gate);
}

int
ptl_targets_find (const PtlTargets *self, const PtlEngineTarget *target)
{
  for (guint i = 0; i < self->n; i++)
    if (self->items[i] == target)
      return (int) i;
  return -1;
}

/* Choosing */

typedef struct
{
  guint n;
  guint8 at[PTL_TARGETS_ALL];
} Candidates;

static gboolean
is_ready (const PtlTargets *self, guint i, gint64 now_us)
{
  return ptl_engine_target_is_ready (self->items[i], now_us);
}

static void
add_ready (const PtlTargets *self, gboolean backup, guint tried, gint64 now_us, Candidates *to)
{
  for (guint i = 0; i < self->n; i++)
    if (!(tried & 1u << i) && self->backup[i] == backup && is_ready (self, i, now_us))
      to->at[to->n++] = (guint8) i;
}

/* Where none is up, all of them are as good as another: what was down may be back. */
static void
add_any (const PtlTargets *self, guint tried, Candidates *to)
{
  for (guint i = 0; i < self->n; i++)
    if (!(tried & 1u << i))
      to->at[to->n++] = (guint8) i;
}

static guint
choose_least (const PtlTargets *self, const Candidates *from, guint turn)
{
  guint64 least = G_MAXUINT64;
  guint chosen = 0;

  for (guint i = 0; i < from->n; i++)
    {
      guint candidate = from->at[(turn + i) % from->n];
      guint64 n = ptl_engine_target_get_n_now (self->items[candidate]);

      if (n < least)
        {
          least = n;
          chosen = candidate;
        }
    }
  return chosen;
}

static guint64
mix (guint64 value)
{
  value = (value ^ value >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ value >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ value >> 31;
}

/* Rendezvous hashing: each target draws a lot for the source, and the highest has it. So a target that goes, or comes,
 * moves its own sources alone. */
static guint
choose_by_source (const PtlTargets *self, const Candidates *from, const PtlAddress *source)
{
  guint64 words[2], best = 0;
  guint chosen = from->at[0];

  memcpy (words, source->bytes, sizeof words);
  for (guint i = 0; i < from->n; i++)
    {
      guint64 lot = mix (mix (words[0] ^ self->items[from->at[i]]->key) ^ words[1]);

      if (lot > best)
        {
          best = lot;
          chosen = from->at[i];
        }
    }
  return chosen;
}

static guint
choose (PtlTargets *self, const Candidates *from, const PtlAddress *source)
{
  guint turn;

  if (from->n == 1)
    return from->at[0];
  if (self->balance == PTL_BALANCE_SOURCE_HASH)
    return choose_by_source (self, from, source);
  turn = atomic_fetch_add_explicit (&self->turn, 1, memory_order_relaxed);
  if (self->balance == PTL_BALANCE_LEAST_CONNECTIONS)
    return choose_least (self, from, turn);
  return from->at[turn % from->n];
}

static void
find_candidates (const PtlTargets *self, guint tried, gint64 now_us, Candidates *to, guint *n_left)
{
  to->n = 0;
  add_ready (self, TRUE, tried, now_us, to);
  *n_left = to->n;
  {
    Candidates first = { 0 };

    add_ready (self, FALSE, tried, now_us, &first);
    *n_left += first.n;
    if (first.n > 0)
      *to = first;
  }
  if (to->n > 0)
    return;
  add_any (self, tried, to);
  *n_left = to->n;
}

/* A target whose time out is over is for one connection: the others go on without it. */
static gboolean
may_have (PtlEngineTarget *target, gint64 now_us, gboolean *alone)
{
  gint64 until = atomic_load_explicit (&target->out_until_us, memory_order_relaxed);

  *alone = FALSE;
  if (until == 0 || until > now_us)
    return TRUE;
  *alone = ptl_engine_target_try (target);
  return *alone;
}

int
ptl_targets_choose (PtlTargets *self,
                    const PtlAddress *source,
                    gint64 now_us,
                    guint tried,
                    guint *n_left,
                    gboolean *alone)
{
  Candidates candidates;
  guint chosen;

  for (guint i = 0; i < PTL_TARGETS_ALL; i++)
    {
      find_candidates (self, tried, now_us, &candidates, n_left);
      if (candidates.n == 0)
        return -1;
      chosen = choose (self, &candidates, source);
      if (may_have (self->items[chosen], now_us, alone))
        return (int) chosen;
    }
  return (int) chosen;
}

/* Marks */

void
ptl_targets_took (const PtlTargets *self, PtlEngineTarget *target, gint64 now_us)
{
  gint64 until = atomic_load_explicit (&target->out_until_us, memory_order_relaxed);

  if (atomic_load_explicit (&target->misses, memory_order_relaxed) != 0)
    atomic_store_explicit (&target->misses, 0, memory_order_relaxed);
  /* Before its time is over one connection that it takes does not mean much; and checks decide for themselves. */
  if (until != 0 && until <= now_us)
    ptl_engine_target_bring_back (target);
}

gboolean
ptl_targets_are_all_out (const PtlTargets *self)
{
  for (guint i = 0; i < self->n; i++)
    if (ptl_engine_target_is_up (self->items[i]))
      return FALSE;
  return TRUE;
}

gboolean
ptl_targets_failed (const PtlTargets *self, PtlEngineTarget *target, int error, gint64 now_us)
{
  guint misses = atomic_fetch_add_explicit (&target->misses, 1, memory_order_relaxed) + 1;
  g_autoptr (GError) reason = NULL;

  if (self->n < 2 || (ptl_engine_target_is_up (target) && misses < self->fall))
    return FALSE;
  if (self->check_interval_us == 0)
    return ptl_engine_target_put_out (target, error, now_us) && ptl_targets_are_all_out (self);
  if (ptl_engine_target_is_up (target))
    atomic_store (&target->streak, 0);
  reason = ptl_engine_target_describe (target, error);
  ptl_engine_target_put_out_for_good (target, reason);
  return FALSE;
}

/* What is told of them */

GError *
ptl_targets_dup_trouble (const PtlTargets *self)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *what = NULL;

  if (!ptl_targets_are_all_out (self))
    return NULL;
  reason = ptl_engine_target_dup_reason (self->items[0]);
  if (!reason || self->n == 1)
    return g_steal_pointer (&reason);
  what = ptl_error_dup_what (reason);
  return ptl_error_new (PTL_ERROR_TARGET, _("Start one of them, or add another target."),
                        /* Translators: a number of targets, and a sentence that says what is wrong with the first */
                        _("None of the %u targets takes connections. %s"), self->n, what);
}

static void
add_times (const PtlEngineTarget *target, PtlTargetStats *stats)
{
  PtlHistogram connect = { 0 }, first_byte = { 0 };

  for (guint i = 0; i < target->n_threads; i++)
    {
      ptl_histogram_add_cells (&connect, &target->counters[i].connect);
      ptl_histogram_add_cells (&first_byte, &target->counters[i].first_byte);
    }
  ptl_histogram_get_percentiles (&connect, &stats->connect);
  ptl_histogram_get_percentiles (&first_byte, &stats->first_byte);
}

static PtlTargetStats *
make_stats (const PtlTargets *self, guint i)
{
  PtlTargetStats *stats = g_new0 (PtlTargetStats, 1);
  PtlEngineTarget *target = self->items[i];

  stats->endpoint = g_strdup (target->text);
  stats->backup = self->backup[i];
  stats->up = ptl_engine_target_is_up (target);
  for (guint j = 0; j < target->n_threads; j++)
    {
      PtlTargetCounters *counters = &target->counters[j];

      stats->connections_now += atomic_load_explicit (&counters->now, memory_order_relaxed);
      stats->connections_ever += atomic_load_explicit (&counters->ever, memory_order_relaxed);
      stats->bytes_in += atomic_load_explicit (&counters->bytes_in, memory_order_relaxed);
      stats->bytes_out += atomic_load_explicit (&counters->bytes_out, memory_order_relaxed);
      stats->packets_in += atomic_load_explicit (&counters->packets_in, memory_order_relaxed);
      stats->packets_out += atomic_load_explicit (&counters->packets_out, memory_order_relaxed);
      stats->failures += atomic_load_explicit (&counters->failures, memory_order_relaxed);
    }
  add_times (target, stats);
  stats->connections_peak = atomic_load_explicit (&target->peak, memory_order_relaxed);
  return stats;
}

GPtrArray *
ptl_targets_list (const PtlTargets *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_target_stats_free);

  for (guint i = 0; i < self->n; i++)
    g_ptr_array_add (list, make_stats (self, i));
  return list;
}
