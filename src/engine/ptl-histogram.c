/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-histogram.h"

#include <math.h>

#define SUB_BITS 3
#define N_SUB (1u << SUB_BITS)

/* Below 2 * N_SUB each microsecond is its own bucket: there a doubling has no more than N_SUB of
 * them. */
static guint
find_bucket (guint64 us)
{
  guint shift = us < N_SUB ? 0 : g_bit_storage (us) - 1 - SUB_BITS;

  return MIN (shift * N_SUB + (guint) (us >> shift), PTL_HISTOGRAM_N_BUCKETS - 1);
}

static guint64
get_middle (guint bucket)
{
  guint shift = bucket < N_SUB ? 0 : bucket / N_SUB - 1;
  guint64 first = (guint64) (bucket - shift * N_SUB) << shift;

  return first + ((((guint64) 1 << shift) - 1) / 2);
}

static _Atomic guint64 *
get_buckets (PtlHistogramCells *self)
{
  _Atomic guint64 *buckets = atomic_load_explicit (&self->buckets, memory_order_relaxed);

  if (buckets != NULL)
    return buckets;
  buckets = g_new0 (_Atomic guint64, PTL_HISTOGRAM_N_BUCKETS);
  atomic_store_explicit (&self->buckets, buckets, memory_order_release);
  return buckets;
}

void
ptl_histogram_cells_clear (PtlHistogramCells *self)
{
  g_free ((gpointer) atomic_exchange (&self->buckets, NULL));
}

void
ptl_histogram_cells_count (PtlHistogramCells *self, gint64 us)
{
  _Atomic guint64 *cell = &get_buckets (self)[find_bucket ((guint64) MAX (us, 0))];

  atomic_store_explicit (cell, atomic_load_explicit (cell, memory_order_relaxed) + 1,
                         memory_order_relaxed);
}

void
ptl_histogram_add_cells (PtlHistogram *self, const PtlHistogramCells *cells)
{
  const _Atomic guint64 *buckets = atomic_load_explicit (&cells->buckets, memory_order_acquire);

  for (guint i = 0; buckets != NULL && i < PTL_HISTOGRAM_N_BUCKETS; i++)
    self->buckets[i] += atomic_load_explicit (&buckets[i], memory_order_relaxed);
}

guint64
ptl_histogram_get_count (const PtlHistogram *self)
{
  guint64 n = 0;

  for (guint i = 0; i < PTL_HISTOGRAM_N_BUCKETS; i++)
    n += self->buckets[i];
  return n;
}

guint64
ptl_histogram_get_percentile (const PtlHistogram *self, double p)
{
  guint64 n = ptl_histogram_get_count (self);
  guint64 rank = (guint64) ceil (CLAMP (p, 0.0, 100.0) / 100.0 * (double) n);
  guint64 passed = 0;

  if (n == 0)
    return 0;
  for (guint i = 0; i < PTL_HISTOGRAM_N_BUCKETS; i++)
    {
      passed += self->buckets[i];
      if (passed >= MAX (rank, 1))
        return MAX (get_middle (i), 1);
    }
  return get_middle (PTL_HISTOGRAM_N_BUCKETS - 1);
}

void
ptl_histogram_get_percentiles (const PtlHistogram *self, PtlPercentiles *percentiles)
{
  percentiles->n = ptl_histogram_get_count (self);
  percentiles->p50 = ptl_histogram_get_percentile (self, 50);
  percentiles->p90 = ptl_histogram_get_percentile (self, 90);
  percentiles->p99 = ptl_histogram_get_percentile (self, 99);
}
