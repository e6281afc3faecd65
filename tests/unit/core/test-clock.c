/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-clock.h"

static void
count (PtlClock *clock, gpointer data)
{
  int *n = data;

  *n += 1;
}

static void
test_turn (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  gint64 wall = ptl_clock_get_wall_us (clock), boot = ptl_clock_get_boot_us (clock);
  gint64 minute = 60 * G_USEC_PER_SEC;
  int n = 0;

  g_signal_connect (clock, "changed", G_CALLBACK (count), &n);
  ptl_clock_turn (clock, -G_GINT64_CONSTANT (365) * 24 * 60 * minute, 0);
  g_assert_cmpint (ptl_clock_get_wall_us (clock), <, wall);
  g_assert_cmpint (ptl_clock_get_boot_us (clock) - boot, <, minute);
  ptl_clock_turn (clock, 0, 60 * minute);
  g_assert_cmpint (ptl_clock_get_boot_us (clock) - boot, >=, 60 * minute);
  g_assert_cmpint (n, ==, 2);
  ptl_clock_notify_changed (clock);
  g_assert_cmpint (n, ==, 3);
}

static void
test_real (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  gint64 before = g_get_real_time (), boot = ptl_clock_get_boot_us (clock);

  g_assert_cmpint (ptl_clock_get_wall_us (clock), >=, before);
  g_assert_cmpint (ptl_clock_get_wall (clock), >=, before / G_USEC_PER_SEC);
  g_assert_cmpint (ptl_clock_get_wall (clock), <=, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_cmpint (boot, >=, g_get_monotonic_time () - 60 * G_USEC_PER_SEC);
  g_assert_cmpint (ptl_clock_get_boot_us (clock), >=, boot);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/turn", test_turn);
  g_test_add_func ("/clock/real", test_real);
  return g_test_run ();
}
