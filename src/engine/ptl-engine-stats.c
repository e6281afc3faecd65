/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-stats.h"

#include "ptl-engine-private.h"
#include "ptl-walk.h"

#define N_SOURCES 10

void
ptl_target_stats_free (PtlTargetStats *self)
{
  if (!self)
    return;
  g_free (self->endpoint);
  g_free (self);
}

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

static gpointer
sources_new (void)
{
  return g_hash_table_new_full (ptl_address_hash, ptl_address_equal, g_free,
                                (GDestroyNotify) ptl_source_stats_free);
}
static PtlSourceStats *
get_source (GHashTable *sources, const PtlAddress *address)
{
  PtlSourceStats *stats = g_hash_table_lookup (sources, address);

  if (!stats)
    {
      stats = g_new0 (PtlSourceStats, 1);
      g_hash_table_insert (sources, g_memdup2 (address, sizeof *address), stats);
    }
  return stats;
}

static void
add_to_source (PtlWalk *walk, PtlSite *site, PtlConnection *connection)
{
  PtlConnectionEnds ends;
  PtlSourceStats *stats;

  ptl_connection_get_ends (connection, &ends);
  stats = get_source (ptl_walk_get_walker (walk, site)->found, &ends.source);
  stats->connections_now++;
  stats->connections_ever++;
  stats->bytes_in += connection->bytes_in;
  stats->bytes_out += connection->bytes_out;
}

static void
merge_sources (GHashTable *all, GHashTable *more)
{
  GHashTableIter iter;
  gpointer address, value;

  g_hash_table_iter_init (&iter, more);
  while (g_hash_table_iter_next (&iter, &address, &value))
    {
      PtlSourceStats *sum = get_source (all, address), *part = value;

      sum->connections_now += part->connections_now;
      sum->connections_ever += part->connections_ever;
      sum->bytes_in += part->bytes_in;
      sum->bytes_out += part->bytes_out;
    }
}

/* (transfer full) (element-type PtlAddress PtlSourceStats): of the living connections. */
static GHashTable *
gather_sources (PtlEngine *self, const PtlEngineEntry *entry)
{
  PtlWalk walk = { .limit = G_MAXUINT, .func = add_to_source };
  GHashTable *all = sources_new ();

  for (guint i = 0; i < ptl_engine_get_n_threads (self); i++)
    walk.walkers[i].found = sources_new ();
  ptl_engine_walk (self, entry, &walk);
  for (guint i = 0; i < ptl_engine_get_n_threads (self); i++)
    {
      g_autoptr (GHashTable) found = walk.walkers[i].found;

      merge_sources (all, found);
    }
  return all;
}

static int
compare_numbers (guint64 a, guint64 b)
{
  return a < b ? 1 : a > b ? -1 : 0;
}

static int
compare_sources (gconstpointer a, gconstpointer b)
{
  const PtlSourceStats *x = *(PtlSourceStats *const *) a, *y = *(PtlSourceStats *const *) b;
  int bytes = compare_numbers (x->bytes_in + x->bytes_out, y->bytes_in + y->bytes_out);
  int connections = compare_numbers (x->connections_ever, y->connections_ever);

  return bytes ? bytes : connections;
}

static GPtrArray *
dup_top_sources (PtlEngine *self, const PtlEngineEntry *entry)
{
  g_autoptr (GHashTable) all = gather_sources (self, entry);
  GPtrArray *top = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_source_stats_free);
  GHashTableIter iter;
  gpointer address, value;

  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &address, &value))
    {
      PtlSourceStats *stats = value;

      stats->address = ptl_address_describe (address);
      g_hash_table_iter_steal (&iter);
      g_free (address);
      g_ptr_array_add (top, stats);
    }
  g_ptr_array_sort (top, compare_sources);
  g_ptr_array_set_size (top, (int) MIN (top->len, N_SOURCES));
  return top;
}

/* All of it */

static GPtrArray *
dup_targets (const PtlEngineEntry *entry, const PtlTraffic *traffic)
{
  GPtrArray *targets = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_target_stats_free);
  PtlTargetStats *stats = g_new0 (PtlTargetStats, 1);

  stats->endpoint = ptl_endpoint_to_string (entry->forward->target);
  stats->up = TRUE;
  stats->connections_now = traffic->connections_now;
  stats->connections_ever = traffic->connections_ever;
  stats->bytes_in = traffic->bytes_in;
  stats->bytes_out = traffic->bytes_out;
  g_ptr_array_add (targets, stats);
  return targets;
}

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
  stats->targets = dup_targets (entry, &stats->traffic);
  stats->sources = dup_top_sources (self, entry);
  return stats;
}
