/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/* Log-linear: one bucket a microsecond below 16, then eight to each doubling, so that none is wider
 * than 12.5 % of what it holds. The last doubling ends at 67 s; what takes longer is counted in the
 * last bucket. */
#define PTL_HISTOGRAM_N_BUCKETS 192

/* How often something took how many microseconds. Plain data. */
typedef struct
{
  guint64 buckets[PTL_HISTOGRAM_N_BUCKETS];
} PtlHistogram;

/* What of it is told: so many microseconds half of all, 90 % and 99 % did not exceed. */
typedef struct
{
  guint64 n;
  guint64 p50, p90, p99;
} PtlPercentiles;

/* The same as one thread counts it: that thread alone writes, anyone may read. Begun with zeros; the buckets come
 * with the first that is counted, for most forwards carry nothing most of the time. */
typedef struct
{
  _Atomic guint64 *_Atomic buckets;
} PtlHistogramCells;

/* @us: what is negative counts as 0. */
void ptl_histogram_cells_count (PtlHistogramCells *self, gint64 us);
void ptl_histogram_cells_clear (PtlHistogramCells *self);
void ptl_histogram_add_cells (PtlHistogram *self, const PtlHistogramCells *cells);

guint64 ptl_histogram_get_count (const PtlHistogram *self);
/* Microseconds that @p percent (0 to 100) of all did not exceed, off by 6.25 % at most; 0 where
 * nothing was counted, and 1 at least where something was. */
guint64 ptl_histogram_get_percentile (const PtlHistogram *self, double p);
void ptl_histogram_get_percentiles (const PtlHistogram *self, PtlPercentiles *percentiles);

G_END_DECLS
