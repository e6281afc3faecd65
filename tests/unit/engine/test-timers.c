/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/ptl-timers.h"

static void
test_empty (void)
{
  PtlTimers timers = { 0 };

  g_assert_cmpint (ptl_timers_get_wait_ms (&timers, 5), ==, -1);
  g_assert_null (ptl_timers_pop_due (&timers, G_MAXINT64));
  ptl_timers_clear (&timers);
}

/* Waking too early would be waking twice. */
static void
test_wait_is_rounded_up (void)
{
  static const struct
  {
    gint64 due_us;
    int wait_ms;
  } cases[] = { { 0, 0 },
                { 1000, 0 },
                { 1001, 1 },
                { 2000, 1 },
                { 2001, 2 },
                { 1000 + G_GINT64_CONSTANT (7200000000), 7200000 },
                { G_MAXINT64 / 2, G_MAXINT } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlTimers timers = { 0 };
      PtlTimer timer = { 0 };

      ptl_timers_arm (&timers, &timer, cases[i].due_us);
      g_assert_cmpint (ptl_timers_get_wait_ms (&timers, 1000), ==, cases[i].wait_ms);
      ptl_timers_clear (&timers);
    }
}

/* Against a plain list that is searched through. */
static void
test_order (void)
{
  enum
  {
    N = 500
  };
  PtlTimers timers = { 0 };
  PtlTimer all[N] = { 0 };
  gint64 last = -1;
  guint n_armed = 0, n_popped = 0;
  PtlTimer *timer;

  for (guint i = 0; i < 5000; i++)
    {
      timer = &all[g_test_rand_int_range (0, N)];
      if (g_test_rand_bit ())
        ptl_timers_arm (&timers, timer, g_test_rand_int_range (0, 1000));
      else
        ptl_timers_cancel (&timers, timer);
    }
  for (guint i = 0; i < N; i++)
    n_armed += all[i].place != 0;
  g_assert_cmpuint (timers.n, ==, n_armed);
  while ((timer = ptl_timers_pop_due (&timers, 1000)))
    {
      g_assert_cmpint (timer->due_us, >=, last);
      g_assert_cmpuint (timer->place, ==, 0);
      last = timer->due_us;
      n_popped++;
    }
  g_assert_cmpuint (n_popped, ==, n_armed);
  ptl_timers_clear (&timers);
}

static void
test_only_what_is_due (void)
{
  PtlTimers timers = { 0 };
  PtlTimer a = { 0 }, b = { 0 };

  ptl_timers_arm (&timers, &a, 10);
  ptl_timers_arm (&timers, &b, 20);
  ptl_timers_arm (&timers, &a, 30);
  g_assert_null (ptl_timers_pop_due (&timers, 19));
  g_assert_true (ptl_timers_pop_due (&timers, 20) == &b);
  g_assert_null (ptl_timers_pop_due (&timers, 29));
  ptl_timers_cancel (&timers, &a);
  ptl_timers_cancel (&timers, &a);
  g_assert_null (ptl_timers_pop_due (&timers, 100));
  ptl_timers_clear (&timers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/timers/empty", test_empty);
  g_test_add_func ("/engine/timers/wait-is-rounded-up", test_wait_is_rounded_up);
  g_test_add_func ("/engine/timers/order", test_order);
  g_test_add_func ("/engine/timers/only-what-is-due", test_only_what_is_due);
  return g_test_run ();
}
