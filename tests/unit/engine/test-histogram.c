/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-histogram.h"

#define N_VALUES 5000

static int
compare (gconstpointer a, gconstpointer b)
{
  const gint64 *x = a, *y = b;

  return x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0;
}

static void
assert_near (guint64 found, gint64 exact)
{
  gint64 off = ABS ((gint64) found - MAX (exact, 1));

  if (off * 1000 > exact * 63)
    g_error ("%" G_GUINT64_FORMAT " instead of %" G_GINT64_FORMAT, found, exact);
}

/* @values are sorted: the percentile is the first that so many do not exceed. */
static void
check_percentiles (const PtlHistogram *histogram, const gint64 *values, guint n)
{
  const double percents[] = { 0, 1, 10, 50, 75, 90, 99, 99.9, 100 };

  for (guint i = 0; i < G_N_ELEMENTS (percents); i++)
    {
      double share = percents[i] / 100.0 * n;
      guint rank = (guint) share + ((double) (guint) share < share);

      assert_near (ptl_histogram_get_percentile (histogram, percents[i]),
                   values[MAX (rank, 1) - 1]);
    }
}

/* Spread over all doublings, as a run of many kinds of targets would be. */
static gint64
draw (GRand *rand, guint bits)
{
  return g_rand_int_range (rand, 0, 1 << g_rand_int_range (rand, 1, (gint32) bits));
}

static void
test_against_sorted_list (void)
{
  PtlHistogramCells cells = { 0 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  gint64 values[N_VALUES];

  for (guint bits = 2; bits <= 26; bits++)
    {
      PtlHistogram histogram = { 0 };

      ptl_histogram_cells_clear (&cells);
      for (guint i = 0; i < N_VALUES; i++)
        {
          values[i] = draw (rand, bits);
          ptl_histogram_cells_count (&cells, values[i]);
        }
      g_qsort_with_data (values, N_VALUES, sizeof *values, (GCompareDataFunc) (void *) compare,
                         NULL);
      ptl_histogram_add_cells (&histogram, &cells);
      g_assert_cmpuint (ptl_histogram_get_count (&histogram), ==, N_VALUES);
      check_percentiles (&histogram, values, N_VALUES);
    }
  ptl_histogram_cells_clear (&cells);
}

/* No bucket is wider than 12.5 % of what it holds, from the first microsecond to a minute. */
static void
test_every_width (void)
{
  for (gint64 us = 1; us <= 60 * G_USEC_PER_SEC; us += 1 + us / 100)
    {
      PtlHistogramCells cells = { 0 };
      PtlHistogram histogram = { 0 };

      ptl_histogram_cells_count (&cells, us);
      ptl_histogram_add_cells (&histogram, &cells);
      assert_near (ptl_histogram_get_percentile (&histogram, 50), us);
      ptl_histogram_cells_clear (&cells);
    }
}

static void
test_extremes (void)
{
  PtlHistogramCells cells = { 0 };
  PtlHistogram histogram = { 0 };

  g_assert_cmpuint (ptl_histogram_get_percentile (&histogram, 50), ==, 0);
  ptl_histogram_add_cells (&histogram, &cells); /* nothing counted yet */
  g_assert_cmpuint (ptl_histogram_get_count (&histogram), ==, 0);
  ptl_histogram_cells_count (&cells, -5);
  ptl_histogram_cells_count (&cells, 0);
  ptl_histogram_cells_count (&cells, G_MAXINT64);
  ptl_histogram_add_cells (&histogram, &cells);
  g_assert_cmpuint (ptl_histogram_get_count (&histogram), ==, 3);
  g_assert_cmpuint (ptl_histogram_get_percentile (&histogram, 50), ==, 1);
  g_assert_cmpuint (ptl_histogram_get_percentile (&histogram, 100), >=, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (ptl_histogram_get_percentile (&histogram, -1), ==, 1);
  g_assert_cmpuint (ptl_histogram_get_percentile (&histogram, 200), >=, 60 * G_USEC_PER_SEC);
  ptl_histogram_cells_clear (&cells);
}

static void
test_threads_add_up (void)
{
  PtlHistogramCells cells[2] = { 0 };
  PtlHistogram histogram = { 0 };

  for (guint i = 0; i < 9; i++)
    ptl_histogram_cells_count (&cells[0], 100);
  ptl_histogram_cells_count (&cells[1], 1000);
  ptl_histogram_add_cells (&histogram, &cells[0]);
  ptl_histogram_add_cells (&histogram, &cells[1]);
  g_assert_cmpuint (ptl_histogram_get_count (&histogram), ==, 10);
  assert_near (ptl_histogram_get_percentile (&histogram, 90), 100);
  assert_near (ptl_histogram_get_percentile (&histogram, 91), 1000);
  ptl_histogram_cells_clear (&cells[0]);
  ptl_histogram_cells_clear (&cells[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/against-sorted-list", test_against_sorted_list);
  g_test_add_func ("/histogram/every-width", test_every_width);
  g_test_add_func ("/histogram/extremes", test_extremes);
  g_test_add_func ("/histogram/threads-add-up", test_threads_add_up);
  return g_test_run ();
}
