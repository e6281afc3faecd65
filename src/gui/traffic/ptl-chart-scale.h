/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-traffic.h"

G_BEGIN_DECLS

/* What a chart of traffic computes, without a widget. Times are Unix seconds. */

typedef enum
{
  PTL_CHART_HOUR,
  PTL_CHART_DAY,
  PTL_CHART_MONTH, /* 30 days */
  PTL_N_CHART_RANGES,
} PtlChartRange;

typedef struct
{
  gint64 at;      /* its beginning */
  gint64 length;  /* seconds; of the unfinished last one those that are over, at least 1 */
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 connections; /* most at a time */
} PtlChartPoint;

/* Points side by side, from the oldest to the present one; @n: how many there are of @range. */
typedef struct
{
  PtlChartRange range;
  gboolean is_over; /* it ends when the rule closed, not now */
  gint64 from;
  guint width; /* seconds of one point */
  guint n;
  PtlChartPoint *points;
} PtlChartData;

typedef struct
{
  gint64 at;
  char *label;
} PtlChartTick;

/* Of the samples that GetHistory gives for @range: from which moment on, and how many seconds each covers. */
gint64 ptl_chart_get_from (PtlChartRange range, gint64 now);
guint ptl_chart_get_step (PtlChartRange range);

/* @samples: of PtlTrafficSample, in any order; those out of range are left out. */
PtlChartData *ptl_chart_data_new (PtlChartRange range, GArray *samples, gint64 now);
void ptl_chart_data_free (PtlChartData *self);
/* Mean bytes per second of a point. */
double ptl_chart_point_rate_in (const PtlChartPoint *point);
double ptl_chart_point_rate_out (const PtlChartPoint *point);
double ptl_chart_data_max_rate (const PtlChartData *self);
guint64 ptl_chart_data_max_connections (const PtlChartData *self);

/* The round number (1, 2 or 5 times a power of ten; @whole: at least 1) by which an axis from 0 to at least @max has at
 * most @n_ticks ticks above 0. */
double ptl_chart_tick_step (double max, guint n_ticks, gboolean whole);
/* The end of such an axis: the first multiple of @step that is not below @max, and not 0. */
double ptl_chart_axis_end (double max, double step);
/* A tick of throughput, in bytes per second: "400 kB/s" */
char *ptl_chart_format_rate (double rate);
/* Round moments of local time within @data, of PtlChartTick; at most about @n of them. */
GPtrArray *ptl_chart_time_ticks (const PtlChartData *data, guint n);

/* "In the last hour 1.2 GB in, 300 MB out, at most 5 connections at a time." */
char *ptl_chart_summarize (const PtlChartData *data);
/* "14:32: 1.2 MB/s in, 300 kB/s out, 5 connections"; "14:32: nothing moved" */
char *ptl_chart_describe_point (const PtlChartData *data, guint index);
const char *ptl_chart_range_to_words (PtlChartRange range); /* "In the last hour" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlChartData, ptl_chart_data_free)

G_END_DECLS
