/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-stats.h"

#include "ptl-admission.h"
#include "ptl-engine-private.h"
#include "ptl-walk.h"

#define N_SOURCES 10

void
ptl_source_stats_free (PtlSourceStats *self)
{
  if (!self)
    return;
  g_free (self->address);
  g_free (self);
}

void
ptl_connection_stats_free (PtlConnectionStats *self)
{
  if (!self)
    return;
  g_free (self->source);
  g_free (self->target);
  g_free (self);
}

void
ptl_engine_stats_free (PtlEngineStats *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->targets);
  g_ptr_array_unref (self->sources);
  g_free (self);
}

/* Sources */

static void
tell_source (PtlWalk *walk, PtlSite *site, PtlConnection *connection)
{
  ptl_connection_tell_source (connection);
}

static PtlSourceStats *
source_stats_new (const PtlSourceRecord *record)
{
  PtlSourceStats *stats = g_new0 (PtlSourceStats, 1);

  stats->address = ptl_source_record_describe (record);
  stats->connections_now = record->now;
  stats->connections_ever = record->ever;
  stats->bytes_in = record->bytes_in;
  stats->bytes_out = record->bytes_out;
  stats->refused = record->refused;
  stats->banned_until_us = record->banned_until_us;
  return stats;
}

static GPtrArray *
dup_top_sources (PtlEngine *self, const PtlEngineEntry *entry)
{
  PtlWalk walk = { .limit = G_MAXUINT, .func = tell_source };
  g_autoptr (GArray) top = NULL;
  GPtrArray *sources = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_source_stats_free);

  ptl_engine_walk (self, entry, &walk);
  top = ptl_sources_list (entry->tally->admission->sources, N_SOURCES, ptl_engine_read_clock_us ());
  for (guint i = 0; i < top->len; i++)
    g_ptr_array_add (sources, source_stats_new (&g_array_index (top, PtlSourceRecord, i)));
  return sources;
}

/* All of it */

static void
add_counters (PtlEngineStats *stats, const PtlTally *tally)
{
  ptl_tally_sum (tally, &stats->traffic);
  stats->peak = atomic_load_explicit (&tally->peak, memory_order_relaxed);
  for (guint i = 0; i < tally->n_threads; i++)
    {
      const PtlCounters *counters = &tally->counters[i];

      stats->packets_in += atomic_load_explicit (&counters->packets_in, memory_order_relaxed);
      stats->packets_out += atomic_load_explicit (&counters->packets_out, memory_order_relaxed);
      for (guint j = 0; j < PTL_N_REFUSED; j++)
        stats->refused[j] += atomic_load_explicit (&counters->refused[j], memory_order_relaxed);
      ptl_histogram_add_cells (&stats->connect, &counters->connect);
      ptl_histogram_add_cells (&stats->first_byte, &counters->first_byte);
    }
}

PtlEngineStats *
ptl_engine_dup_stats (PtlEngine *self, const char *id)
{
  const PtlEngineEntry *entry;
  PtlEngineStats *stats;

  g_return_val_if_fail (PTL_IS_ENGINE (self) && id, NULL);

  entry = ptl_engine_get_entry (self, id);
  if (!entry)
    return NULL;
  stats = g_new0 (PtlEngineStats, 1);
  add_counters (stats, entry->tally);
  stats->targets = ptl_targets_list (entry->targets);
  stats->sources = dup_top_sources (self, entry);
  return stats;
}
