/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/resource.h>
#include <unistd.h>

#include "worker/ptl-alarm.h"
#include "worker/ptl-clock-watch.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define HOUR (3600 * SECOND)

typedef struct
{
  PtlClock *clock;
  PtlAlarm *alarm;
  int rung;
} Fixture;

static void
ring (gpointer data)
{
  Fixture *fixture = data;

  fixture->rung++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->clock = ptl_clock_new ();
  fixture->alarm = ptl_alarm_new (fixture->clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->alarm);
  g_assert_finalize_object (fixture->clock);
}

static gboolean
give_up (gpointer data)
{
  g_error ("The alarm did not ring");
  return G_SOURCE_REMOVE;
}

static void
wait_for_ring (Fixture *fixture)
{
  guint guard = g_timeout_add_seconds (10, give_up, NULL);

  for (int before = fixture->rung; fixture->rung == before;)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (guard);
}

/* All that is ready now, and no more. */
static void
run_ready (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
set (Fixture *fixture, gboolean wall, gint64 from_now)
{
  if (wall)
    ptl_alarm_set_wall (fixture->alarm, ptl_clock_get_wall_us (fixture->clock) + from_now, ring,
                        fixture);
  else
    ptl_alarm_set_boot (fixture->alarm, ptl_clock_get_boot_us (fixture->clock) + from_now, ring,
                        fixture);
}

static void
test_rings (Fixture *fixture, gconstpointer data)
{
  for (int wall = 0; wall < 2; wall++)
    {
      gint64 start = g_get_monotonic_time ();

      set (fixture, wall, 30000);
      wait_for_ring (fixture);
      g_assert_cmpint (g_get_monotonic_time () - start, >=, 30000);
      run_ready ();
    }
  g_assert_cmpint (fixture->rung, ==, 2);
}

static void
test_past (Fixture *fixture, gconstpointer data)
{
  set (fixture, TRUE, -HOUR);
  g_assert_cmpint (fixture->rung, ==, 0);
  wait_for_ring (fixture);
  set (fixture, FALSE, 0);
  wait_for_ring (fixture);
  ptl_alarm_set_wall (fixture->alarm, G_MININT64 / 2, ring, fixture);
  wait_for_ring (fixture);
}

/* Nothing due: nothing that would wake the process before. */
static void
test_sleeps (Fixture *fixture, gconstpointer data)
{
  GPollFD fds[32];
  int timeout = 0, priority = 0;
  int n;

  set (fixture, TRUE, HOUR);
  run_ready ();
  g_assert_true (g_main_context_acquire (g_main_context_default ()));
  g_main_context_prepare (g_main_context_default (), &priority);
  n = g_main_context_query (g_main_context_default (), G_MAXINT, &timeout, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (timeout, ==, -1);
  g_assert_cmpint (g_poll (fds, (guint) n, 0), ==, 0);
  g_main_context_check (g_main_context_default (), priority, fds, n);
  g_main_context_release (g_main_context_default ());
  g_assert_cmpint (fixture->rung, ==, 0);
}

static void
test_turned (Fixture *fixture, gconstpointer data)
{
  set (fixture, TRUE, HOUR);
  ptl_clock_turn (fixture->clock, HOUR / 2, HOUR * 2);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 0);
  ptl_clock_turn (fixture->clock, HOUR / 2, 0);
  wait_for_ring (fixture);
  set (fixture, FALSE, HOUR);
  ptl_clock_turn (fixture->clock, 48 * HOUR, 0);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 1);
  ptl_clock_turn (fixture->clock, 0, HOUR);
  wait_for_ring (fixture);
}

static void
test_turned_back (Fixture *fixture, gconstpointer data)
{
  set (fixture, TRUE, 20000);
  ptl_clock_turn (fixture->clock, -HOUR, 0);
  g_assert_cmpint (fixture->rung, ==, 0);
  set (fixture, FALSE, 20000);
  wait_for_ring (fixture);
  set (fixture, TRUE, HOUR);
  ptl_clock_turn (fixture->clock, -365 * 24 * HOUR, 0);
  ptl_clock_turn (fixture->clock, 365 * 24 * HOUR + HOUR, 0);
  wait_for_ring (fixture);
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  set (fixture, TRUE, 0);
  set (fixture, TRUE, HOUR);
  run_ready ();
  set (fixture, FALSE, HOUR);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 0);
  set (fixture, TRUE, 0);
  wait_for_ring (fixture);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 1);
}

static void
test_cleared (Fixture *fixture, gconstpointer data)
{
  ptl_alarm_clear (fixture->alarm);
  set (fixture, TRUE, 0);
  ptl_alarm_clear (fixture->alarm);
  ptl_clock_turn (fixture->clock, HOUR, HOUR);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 0);
}

static void
ring_again (gpointer data)
{
  Fixture *fixture = data;

  if (++fixture->rung < 3)
    ptl_alarm_set_boot (fixture->alarm, 0, ring_again, fixture);
}

static void
test_set_within (Fixture *fixture, gconstpointer data)
{
  ptl_alarm_set_wall (fixture->alarm, 0, ring_again, fixture);
  while (fixture->rung < 3)
    wait_for_ring (fixture);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 3);
}

static void
ring_and_drop (gpointer data)
{
  Fixture *fixture = data;

  fixture->rung++;
  g_assert_finalize_object (fixture->alarm);
  fixture->alarm = ptl_alarm_new (fixture->clock);
}

static void
test_dropped_within (Fixture *fixture, gconstpointer data)
{
  ptl_alarm_set_wall (fixture->alarm, 0, ring_and_drop, fixture);
  wait_for_ring (fixture);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 1);
}

static void
test_dropped_while_set (Fixture *fixture, gconstpointer data)
{
  set (fixture, TRUE, 0);
  g_assert_finalize_object (fixture->alarm);
  fixture->alarm = ptl_alarm_new (fixture->clock);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 0);
}

static void
test_own_context (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (PtlAlarm) alarm = NULL;

  g_main_context_push_thread_default (context);
  alarm = ptl_alarm_new (fixture->clock);
  g_main_context_pop_thread_default (context);
  ptl_alarm_set_wall (alarm, 0, ring, fixture);
  run_ready ();
  g_assert_cmpint (fixture->rung, ==, 0);
  g_main_context_iteration (context, TRUE);
  g_assert_cmpint (fixture->rung, ==, 1);
}

/* Those who use up the descriptors do not keep back what is due. */
static void
test_no_descriptor (Fixture *fixture, gconstpointer data)
{
  int next = dup (STDERR_FILENO);
  struct rlimit before, none;

  close (next);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = (struct rlimit){ (rlim_t) next, before.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  ptl_alarm_set_boot (fixture->alarm, 0, ring, fixture);
  wait_for_ring (fixture);
  ptl_alarm_set_boot (fixture->alarm, ptl_clock_get_boot_us (fixture->clock) + SECOND / 10, ring,
                      fixture);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  wait_for_ring (fixture);
  g_assert_cmpint (fixture->rung, ==, 2);
}

/* One for all that hold it, and none when they are gone. */
static void
test_watch (Fixture *fixture, gconstpointer data)
{
  PtlClockWatch *first = ptl_clock_watch_acquire (fixture->clock);
  PtlClockWatch *second = ptl_clock_watch_acquire (fixture->clock);

  g_assert_true (first == second);
  ptl_clock_watch_release (first);
  run_ready ();
  ptl_clock_watch_release (second);
}

#define ADD(name, func) g_test_add ("/alarm/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("rings", test_rings);
  ADD ("past", test_past);
  ADD ("sleeps", test_sleeps);
  ADD ("turned", test_turned);
  ADD ("turned-back", test_turned_back);
  ADD ("replaced", test_replaced);
  ADD ("cleared", test_cleared);
  ADD ("set-within", test_set_within);
  ADD ("dropped-within", test_dropped_within);
  ADD ("dropped-while-set", test_dropped_while_set);
  ADD ("own-context", test_own_context);
  ADD ("no-descriptor", test_no_descriptor);
  ADD ("watch", test_watch);
  return g_test_run ();
}
