/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/traffic/ptl-chart-scale.h"

#define NOW G_GINT64_CONSTANT (1766599230) /* 2025-12-24 18:00:30 UTC */

static GArray *
samples_of (const PtlTrafficSample *samples, guint n)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof *samples);

  g_array_append_vals (array, samples, n);
  return array;
}

/* Each sample falls into its point; the present minute is not over, and what is too old is left out. */
static void
test_points (void)
{
  static const PtlTrafficSample samples[] = {
    { NOW - 30, 3000, 300, 5, 1, 0 },
    { NOW - 90, 6000, 60, 2, 1, 0 },
    { NOW - 3600 - 30, 1, 1, 9, 1, 0 },
  };
  g_autoptr (GArray) array = samples_of (samples, G_N_ELEMENTS (samples));
  g_autoptr (PtlChartData) data = ptl_chart_data_new (PTL_CHART_HOUR, array, NOW);

  g_assert_cmpuint (data->n, ==, 60);
  g_assert_cmpint (data->from, ==, NOW - 30 - 59 * 60);
  g_assert_cmpint (data->points[59].at, ==, NOW - 30);
  g_assert_cmpint (data->points[59].length, ==, 30);
  g_assert_cmpfloat (ptl_chart_point_rate_in (&data->points[59]), ==, 100);
  g_assert_cmpfloat (ptl_chart_point_rate_in (&data->points[58]), ==, 100);
  g_assert_cmpfloat (ptl_chart_point_rate_out (&data->points[58]), ==, 1);
  g_assert_cmpfloat (ptl_chart_data_max_rate (data), ==, 100);
  g_assert_cmpuint (ptl_chart_data_max_connections (data), ==, 5);
}

/* Over a day minutes are put together: bytes are added, connections are the most at a time. */
static void
test_fold (void)
{
  static const PtlTrafficSample samples[] = {
    { NOW - 3600, 100, 10, 3, 1, 0 },
    { NOW - 3600 + 60, 800, 20, 2, 1, 0 },
  };
  g_autoptr (GArray) array = samples_of (samples, G_N_ELEMENTS (samples));
  g_autoptr (PtlChartData) data = ptl_chart_data_new (PTL_CHART_DAY, array, NOW);
  guint at = (guint) ((NOW - 3600 - data->from) / data->width);

  g_assert_cmpuint (data->points[at].bytes_in, ==, 900);
  g_assert_cmpfloat (ptl_chart_point_rate_in (&data->points[at]), ==, 1);
  g_assert_cmpuint (data->points[at].connections, ==, 3);
  for (PtlChartRange range = 0; range < PTL_N_CHART_RANGES; range++)
    {
      g_autoptr (PtlChartData) whole = ptl_chart_data_new (range, NULL, NOW);

      g_assert_cmpuint (whole->width % ptl_chart_get_step (range), ==, 0);
      g_assert_cmpint (whole->from, ==, ptl_chart_get_from (range, NOW));
      g_assert_cmpint (whole->points[whole->n - 1].at, <=, NOW);
      g_assert_cmpint (whole->points[whole->n - 1].at + whole->width, >, NOW);
    }
}

static void
test_axis (void)
{
  static const struct { double max; guint n; double step, end; } rows[] = {
    { 0, 3, 1, 1 },       { 0.4, 3, 1, 1 },       { 1, 2, 1, 1 },
    { 3, 2, 2, 4 },       { 5, 2, 5, 5 },         { 300, 3, 100, 300 },
    { 301, 3, 200, 400 }, { 938000, 3, 500000, 1000000 }, { 1e12, 3, 5e11, 1e12 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double step = ptl_chart_tick_step (rows[i].max, rows[i].n, TRUE);

      g_assert_cmpfloat_with_epsilon (step, rows[i].step, 1e-3);
      g_assert_cmpfloat_with_epsilon (ptl_chart_axis_end (rows[i].max, step), rows[i].end, 1e-3);
    }
}

static void
test_rates (void)
{
  static const struct { double rate; const char *words; } rows[] = {
    { 200, "200 B/s" }, { 50000, "50 kB/s" }, { 2500000, "2.5 MB/s" }, { 1e9, "1 GB/s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = ptl_chart_format_rate (rows[i].rate);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static char *
labels (PtlChartRange range, guint n)
{
  g_autoptr (PtlChartData) data = ptl_chart_data_new (range, NULL, NOW);
  g_autoptr (GPtrArray) ticks = ptl_chart_time_ticks (data, n);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    {
      const PtlChartTick *tick = ticks->pdata[i];

      g_assert_cmpint (tick->at, >=, data->from);
      g_assert_cmpint (tick->at, <, data->from + (gint64) data->n * data->width);
      g_string_append_printf (text, "%s%s", i > 0 ? "|" : "", tick->label);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Round moments, few enough for the room. */
static void
test_times (void)
{
  g_autofree char *hour = labels (PTL_CHART_HOUR, 4), *narrow = labels (PTL_CHART_HOUR, 2);
  g_autofree char *day = labels (PTL_CHART_DAY, 4), *month = labels (PTL_CHART_MONTH, 4);

  g_assert_cmpstr (hour, ==, "17:15|17:30|17:45|18:00");
  g_assert_cmpstr (narrow, ==, "17:30|18:00");
  g_assert_cmpstr (day, ==, "00:00|06:00|12:00|18:00");
  g_assert_cmpstr (month, ==, "27 Nov|4 Dec|11 Dec|18 Dec");
}

static void
test_words (void)
{
  static const PtlTrafficSample samples[] = { { NOW - 30, 3000000, 60000, 5, 1, 0 } };
  g_autoptr (GArray) array = samples_of (samples, G_N_ELEMENTS (samples));
  g_autoptr (PtlChartData) data = ptl_chart_data_new (PTL_CHART_HOUR, array, NOW);
  g_autoptr (PtlChartData) quiet = ptl_chart_data_new (PTL_CHART_MONTH, NULL, NOW);
  g_autofree char *all = ptl_chart_summarize (data), *none = ptl_chart_summarize (quiet);
  g_autofree char *point = ptl_chart_describe_point (data, 59), *before = ptl_chart_describe_point (data, 58);
  g_autofree char *over = NULL;

  g_assert_cmpstr (all, ==, "In the last hour 3.0\302\240MB in, 60.0\302\240kB out, at most 5 connections at a time.");
  g_assert_cmpstr (none, ==, "In the last 30 days nothing moved.");
  data->is_over = TRUE;
  over = ptl_chart_summarize (data);
  g_assert_cmpstr (over, ==,
                   "In the last hour before it closed 3.0\302\240MB in, 60.0\302\240kB out, at most 5 connections at a time.");
  g_assert_cmpstr (point, ==, "18:00: 100.0\302\240kB/s in, 2.0\302\240kB/s out, 5 connections");
  g_assert_cmpstr (before, ==, "17:59: nothing moved");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/chart-scale/points", test_points);
  g_test_add_func ("/gui/chart-scale/fold", test_fold);
  g_test_add_func ("/gui/chart-scale/axis", test_axis);
  g_test_add_func ("/gui/chart-scale/rates", test_rates);
  g_test_add_func ("/gui/chart-scale/times", test_times);
  g_test_add_func ("/gui/chart-scale/words", test_words);
  return g_test_run ();
}
