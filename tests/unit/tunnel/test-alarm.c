/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel/ptl-alarm.h"

static void
on_alarm (gpointer user_data)
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
  g_autoptr (PtlAlarm) alarm = ptl_alarm_new (clock, 3600 * (gint64) G_USEC_PER_SEC, on_alarm, &n);

  run_pending ();
  ptl_clock_turn (clock, 0, 3599 * (gint64) G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 0);
  /* Wall time is not what it waits for. */
  ptl_clock_turn (clock, 7200 * (gint64) G_USEC_PER_SEC, 0);
  run_pending ();
  g_assert_cmpuint (n, ==, 0);
  ptl_clock_turn (clock, 0, 2 * (gint64) G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 1);
  ptl_clock_turn (clock, 0, 7200 * (gint64) G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 1);
}

static void
test_freed (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  guint n = 0;
  PtlAlarm *alarm = ptl_alarm_new (clock, G_USEC_PER_SEC, on_alarm, &n);

  ptl_alarm_free (alarm);
  ptl_clock_turn (clock, 0, 2 * (gint64) G_USEC_PER_SEC);
  run_pending ();
  g_assert_cmpuint (n, ==, 0);
}

static void
test_real_time (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  guint n = 0;
  gint64 before = ptl_clock_get_boot_us (clock);
  g_autoptr (PtlAlarm) alarm = ptl_alarm_new (clock, 20 * 1000, on_alarm, &n);

  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ptl_clock_get_boot_us (clock) - before, >=, 20 * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/alarm/turned-clock", test_turned_clock);
  g_test_add_func ("/alarm/freed", test_freed);
  g_test_add_func ("/alarm/real-time", test_real_time);
  return g_test_run ();
}
