/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-chart-scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "gui/ptl-format.h"

#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct
{
  guint step;  /* of the samples asked for */
  guint width; /* of a point: a multiple of @step */
  guint n;
} ranges[PTL_N_CHART_RANGES] = {
  [PTL_CHART_HOUR] = { MINUTE, MINUTE, 60 },
  [PTL_CHART_DAY] = { MINUTE, 15 * MINUTE, 96 },
  [PTL_CHART_MONTH] = { HOUR, 6 * HOUR, 120 },
};

guint
ptl_chart_get_step (PtlChartRange range)
{
  return ranges[range].step;
}

gint64
ptl_chart_get_from (PtlChartRange range, gint64 now)
{
  gint64 width = ranges[range].width;

  return now - now % width - (gint64) (ranges[range].n - 1) * width;
}

static void
add_sample (PtlChartData *self, const PtlTrafficSample *sample)
{
  PtlChartPoint *point;
  gint64 index = (sample->at - self->from) / self->width;

  if (sample->at < self->from || index >= self->n)
    return;
  point = &self->points[index];
  point->bytes_in += sample->bytes_in;
  point->bytes_out += sample->bytes_out;
  point->connections = MAX (point->connections, sample->connections);
}

PtlChartData *
ptl_chart_data_new (PtlChartRange range, GArray *samples, gint64 now)
{
  PtlChartData *self = g_new0 (PtlChartData, 1);

  self->range = range;
  self->from = ptl_chart_get_from (range, now);
  self->width = ranges[range].width;
  self->n = ranges[range].n;
  self->points = g_new0 (PtlChartPoint, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      self->points[i].at = self->from + (gint64) i * self->width;
      self->points[i].length = CLAMP (now - self->points[i].at, 1, self->width);
    }
  for (guint i = 0; samples && i < samples->len; i++)
    add_sample (self, &g_array_index (samples, PtlTrafficSample, i));
  return self;
}

void
ptl_chart_data_free (PtlChartData *self)
{
  if (!self)
    return;
  g_free (self->points);
  g_free (self);
}

double
ptl_chart_point_rate_in (const PtlChartPoint *point)
{
  return (double) point->bytes_in / (double) point->length;
}

double
ptl_chart_point_rate_out (const PtlChartPoint *point)
{
  return (double) point->bytes_out / (double) point->length;
}

double
ptl_chart_data_max_rate (const PtlChartData *self)
{
  double max = 0;

  for (guint i = 0; i < self->n; i++)
    max = MAX (max, MAX (ptl_chart_point_rate_in (&self->points[i]), ptl_chart_point_rate_out (&self->points[i])));
  return max;
}

guint64
ptl_chart_data_max_connections (const PtlChartData *self)
{
  guint64 max = 0;

  for (guint i = 0; i < self->n; i++)
    max = MAX (max, self->points[i].connections);
  return max;
}

/* Axes */

double
ptl_chart_tick_step (double max, guint n_ticks, gboolean whole)
{
  static const double rounds[] = { 1, 2, 5, 10 };
  double least = max / MAX (n_ticks, 1);
  double power;

  if (least <= 0)
    return 1;
  power = pow (10, floor (log10 (least)));
  for (guint i = 0; i < G_N_ELEMENTS (rounds); i++)
    /* What is not exact in binary shall not cost a tick. */
    if (rounds[i] * power >= least * (1 - 1e-9))
      return whole ? MAX (rounds[i] * power, 1) : rounds[i] * power;
  return 10 * power;
}

double
ptl_chart_axis_end (double max, double step)
{
  return MAX (ceil (max / step * (1 - 1e-9)), 1) * step;
}

char *
ptl_chart_format_rate (double rate)
{
  if (rate < 1e3)
    /* Translators: bytes per second at an axis of a chart; %g is a number */
    return g_strdup_printf (_("%g B/s"), rate);
  if (rate < 1e6)
    /* Translators: thousands of bytes per second at an axis of a chart; %g is a number */
    return g_strdup_printf (_("%g kB/s"), rate / 1e3);
  if (rate < 1e9)
    /* Translators: millions of bytes per second at an axis of a chart; %g is a number */
    return g_strdup_printf (_("%g MB/s"), rate / 1e6);
  /* Translators: thousand millions of bytes per second at an axis of a chart; %g is a number */
  return g_strdup_printf (_("%g GB/s"), rate / 1e9);
}

static gint64
local_offset (gint64 at)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (at);

  return g_date_time_get_utc_offset (time) / G_TIME_SPAN_SECOND;
}

static char *
format_tick (gint64 at, gint64 step)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (at);

  /* Translators: a time of day, or a day, below a chart, in the form of g_date_time_format() */
  return g_date_time_format (time, step >= DAY ? _("%-e %b") : _("%H:%M"));
}

static gint64
time_step (gint64 span, guint n)
{
  static const gint64 steps[] = { 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR,
                                  6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 7 * DAY, 10 * DAY, 15 * DAY };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (span / steps[i] <= (gint64) MAX (n, 1))
      return steps[i];
  return 30 * DAY;
}

static void
tick_free (gpointer data)
{
  PtlChartTick *tick = data;

  g_free (tick->label);
  g_free (tick);
}

GPtrArray *
ptl_chart_time_ticks (const PtlChartData *data, guint n)
{
  GPtrArray *ticks = g_ptr_array_new_with_free_func (tick_free);
  gint64 span = (gint64) data->n * data->width, until = data->from + span;
  gint64 step = time_step (span, n);
  gint64 local = data->from + local_offset (data->from);
  gint64 at = data->from + (step - local % step) % step;

  for (; at < until; at += step)
    {
      PtlChartTick *tick = g_new0 (PtlChartTick, 1);

      tick->at = at;
      tick->label = format_tick (at, step);
      g_ptr_array_add (ticks, tick);
    }
  return ticks;
}

/* Words */

const char *
ptl_chart_range_to_words (PtlChartRange range)
{
  switch (range)
    {
    case PTL_CHART_HOUR:
      return _("In the last hour");
    case PTL_CHART_DAY:
      return _("In the last 24 hours");
    case PTL_CHART_MONTH:
    default:
      return _("In the last 30 days");
    }
}

static const char *
get_when (const PtlChartData *data)
{
  if (!data->is_over)
    return ptl_chart_range_to_words (data->range);
  switch (data->range)
    {
    case PTL_CHART_HOUR:
      return _("In the last hour before it closed");
    case PTL_CHART_DAY:
      return _("In the last 24 hours before it closed");
    case PTL_CHART_MONTH:
    default:
      return _("In the last 30 days before it closed");
    }
}

static char *
count_connections (guint64 n)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, n);

  /* Translators: %s is a number */
  return g_strdup_printf (ngettext ("%s connection", "%s connections", (gulong) n), number);
}

char *
ptl_chart_summarize (const PtlChartData *data)
{
  guint64 bytes_in = 0, bytes_out = 0;
  g_autofree char *in = NULL, *out = NULL, *connections = NULL;

  for (guint i = 0; i < data->n; i++)
    {
      bytes_in += data->points[i].bytes_in;
      bytes_out += data->points[i].bytes_out;
    }
  if (bytes_in + bytes_out == 0 && ptl_chart_data_max_connections (data) == 0)
    /* Translators: %s is like "In the last hour" */
    return g_strdup_printf (_("%s nothing moved."), get_when (data));
  in = g_format_size (bytes_in);
  out = g_format_size (bytes_out);
  connections = count_connections (ptl_chart_data_max_connections (data));
  /* Translators: 1 is like "In the last hour", 2 and 3 are amounts of data, 4 is like "5 connections" */
  return g_strdup_printf (_("%1$s %2$s in, %3$s out, at most %4$s at a time."), get_when (data), in, out, connections);
}

char *
ptl_chart_describe_point (const PtlChartData *data, guint index)
{
  const PtlChartPoint *point;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *when = NULL, *in = NULL, *out = NULL, *connections = NULL;

  g_return_val_if_fail (index < data->n, NULL);
  point = &data->points[index];
  time = g_date_time_new_from_unix_local (point->at);
  /* Translators: a moment in a chart, in the form of g_date_time_format(): of the last 30 days, and of a day */
  when = g_date_time_format (time, data->range == PTL_CHART_MONTH ? _("%-e %B %H:%M") : _("%H:%M"));
  if (point->bytes_in + point->bytes_out + point->connections == 0)
    /* Translators: %s is a time */
    return g_strdup_printf (_("%s: nothing moved"), when);
  in = ptl_format_rate ((guint64) ptl_chart_point_rate_in (point));
  out = ptl_format_rate ((guint64) ptl_chart_point_rate_out (point));
  connections = count_connections (point->connections);
  /* Translators: 1 is a time, 2 and 3 are speeds, 4 is like "5 connections" */
  return g_strdup_printf (_("%1$s: %2$s in, %3$s out, %4$s"), when, in, out, connections);
}
