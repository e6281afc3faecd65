/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/traffic/ptl-throughput.h"

#define SECOND G_USEC_PER_SEC
#define BEGIN (G_GINT64_CONSTANT (1000) * SECOND)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlThroughput, ptl_throughput_free)

/* What there was before is not what moves; then each second has its speed. */
static void
test_seconds (void)
{
  g_autoptr (PtlThroughput) throughput = ptl_throughput_new ();
  float rates[PTL_THROUGHPUT_SECONDS];

  g_assert_false (ptl_throughput_feed (throughput, 5000000, BEGIN));
  g_assert_false (ptl_throughput_is_alive (throughput, BEGIN));
  g_assert_true (ptl_throughput_feed (throughput, 5001000, BEGIN + SECOND));
  g_assert_false (ptl_throughput_feed (throughput, 5001000, BEGIN + SECOND + 1));
  g_assert_true (ptl_throughput_feed (throughput, 5004000, BEGIN + 2 * SECOND));
  g_assert_cmpfloat (ptl_throughput_get_rate (throughput, BEGIN + 2 * SECOND), ==, 3000);
  g_assert_cmpfloat (ptl_throughput_read (throughput, BEGIN + 3 * SECOND, rates), ==, 3000);
  g_assert_cmpfloat (rates[PTL_THROUGHPUT_SECONDS - 1], ==, 0);
  g_assert_cmpfloat (rates[PTL_THROUGHPUT_SECONDS - 2], ==, 3000);
  g_assert_cmpfloat (rates[PTL_THROUGHPUT_SECONDS - 3], ==, 1000);
  g_assert_cmpfloat (rates[PTL_THROUGHPUT_SECONDS - 4], ==, 0);
}

/* After a pause the bytes count for a second of it, not for all of it; what is a minute old is gone. */
static void
test_pause (void)
{
  g_autoptr (PtlThroughput) throughput = ptl_throughput_new ();
  float rates[PTL_THROUGHPUT_SECONDS];

  ptl_throughput_feed (throughput, 0, BEGIN);
  ptl_throughput_feed (throughput, 100, BEGIN + SECOND);
  ptl_throughput_feed (throughput, 700, BEGIN + 31 * SECOND);
  g_assert_cmpfloat (ptl_throughput_read (throughput, BEGIN + 31 * SECOND, rates), ==, 600);
  g_assert_cmpfloat (rates[PTL_THROUGHPUT_SECONDS - 1 - 30], ==, 100);
  for (guint i = 1; i < 30; i++)
    g_assert_cmpfloat (rates[PTL_THROUGHPUT_SECONDS - 1 - i], ==, 0);
  g_assert_cmpfloat (ptl_throughput_get_rate (throughput, BEGIN + 35 * SECOND), ==, 0);
  g_assert_true (ptl_throughput_is_alive (throughput, BEGIN + 90 * SECOND));
  g_assert_false (ptl_throughput_is_alive (throughput, BEGIN + 91 * SECOND));
  g_assert_cmpfloat (ptl_throughput_read (throughput, BEGIN + 91 * SECOND, rates), ==, 0);
}

/* Counters that begin anew move nothing. */
static void
test_anew (void)
{
  g_autoptr (PtlThroughput) throughput = ptl_throughput_new ();

  ptl_throughput_feed (throughput, 1000, BEGIN);
  g_assert_false (ptl_throughput_feed (throughput, 10, BEGIN + SECOND));
  g_assert_cmpfloat (ptl_throughput_get_rate (throughput, BEGIN + SECOND), ==, 0);
  g_assert_true (ptl_throughput_feed (throughput, 110, BEGIN + 2 * SECOND));
  g_assert_cmpfloat (ptl_throughput_get_rate (throughput, BEGIN + 2 * SECOND), ==, 100);
}

static void
test_item (void)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_FORWARD);
  g_autoptr (PtlRuleItem) item = ptl_rule_item_new (rule);
  const PtlThroughput *throughput = ptl_throughput_of (item);

  rule->traffic.bytes_out = 5000;
  g_assert_true (ptl_throughput_of (item) == throughput);
  g_assert_cmpfloat (ptl_throughput_get_rate (throughput, g_get_monotonic_time ()), >=, 5000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/throughput/seconds", test_seconds);
  g_test_add_func ("/gui/throughput/pause", test_pause);
  g_test_add_func ("/gui/throughput/anew", test_anew);
  g_test_add_func ("/gui/throughput/item", test_item);
  return g_test_run ();
}
