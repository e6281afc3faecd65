/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel/ptl-countdown.h"

static void
on_end (gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
run_pending (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_turned_clock (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  guint n = 0;
  g_autoptr (PtlCountdown) countdown
      = ptl_countdown_new (clock, 3600 * (gint64)G_USEC_PER_SEC, on_end, &n);

  run_pending ();
  ptl_clock_turn (clock, 0, 3599 * (gint64)G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 0);
  /* Wall time is not what it waits for. */
  ptl_clock_turn (clock, 7200 * (gint64)G_USEC_PER_SEC, 0);
  run_pending ();
  g_assert_cmpuint (n, ==, 0);
  ptl_clock_turn (clock, 0, 2 * (gint64)G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 1);
  ptl_clock_turn (clock, 0, 7200 * (gint64)G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 1);
}

static void
test_freed (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  guint n = 0;
  PtlCountdown *countdown = ptl_countdown_new (clock, G_USEC_PER_SEC, on_end, &n);

  ptl_countdown_free (countdown);
  ptl_clock_turn (clock, 0, 2 * (gint64)G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 0);
}

static void
test_real_time (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  guint n = 0;
  gint64 before = ptl_clock_get_boot_us (clock);
  g_autoptr (PtlCountdown) countdown = ptl_countdown_new (clock, 20 * 1000, on_end, &n);

  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ptl_clock_get_boot_us (clock) - before, >=, 20 * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/countdown/turned-clock", test_turned_clock);
  g_test_add_func ("/countdown/freed", test_freed);
  g_test_add_func ("/countdown/real-time", test_real_time);
  return g_test_run ();
}
