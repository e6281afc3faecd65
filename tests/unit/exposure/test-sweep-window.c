/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/sweep/ptl-sweep-window.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define MS G_GINT64_CONSTANT (1000)
#define START (1000 * SECOND)

static PtlSweepWindow
make (guint max_in_flight, guint max_rate)
{
  const PtlSweepPace pace
      = { .max_in_flight = max_in_flight, .max_rate = max_rate, .timeout_ms = 1000 };
  PtlSweepWindow window;

  ptl_sweep_window_init (&window, &pace, START);
  return window;
}

static void
answer (PtlSweepWindow *window, guint n, guint try, gint64 rtt_us, gint64 now_us)
{
  while (n-- > 0)
    ptl_sweep_window_note_answer (window, try, rtt_us, now_us);
}

static void
test_grows_with_answers (void)
{
  PtlSweepWindow window = make (4096, 0);
  guint first = ptl_sweep_window_get_room (&window, 0, START);

  answer (&window, 100, 0, 10 * MS, START + MS);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, first + 100);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, first + 99, START), ==, 1);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, first + 1000, START), ==, 0);
  answer (&window, 10000, 0, 10 * MS, START + MS);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, 4096);
}

static void
test_grows_in_silence (void)
{
  PtlSweepWindow window = make (4096, 0);
  guint first = ptl_sweep_window_get_room (&window, 0, START);

  for (guint i = 0; i < 100; i++)
    ptl_sweep_window_note_silence (&window, START);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, first + 50);
  /* Not where most answer: there silence may be loss. */
  window = make (4096, 0);
  answer (&window, 500, 0, MS, START);
  first = ptl_sweep_window_get_room (&window, 0, START);
  for (guint i = 0; i < 100; i++)
    ptl_sweep_window_note_silence (&window, START);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, first);
}

/* Loss is proven by an answer to another try. */
static void
test_shrinks_on_loss (void)
{
  PtlSweepWindow window = make (1024, 0);

  answer (&window, 2000, 0, MS, START);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, 1024);
  answer (&window, 50, 0, MS, START + 200 * MS);
  answer (&window, 50, 1, MS, START + 250 * MS);
  answer (&window, 1, 0, MS, START + 400 * MS);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), <, 800);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), >, 512);
}

/* One in a hundred is lost on a radio link: that is no reason to crawl. */
static void
test_bears_little_loss (void)
{
  PtlSweepWindow window = make (1024, 0);
  gint64 now = START;

  for (guint round = 0; round < 50; round++)
    {
      answer (&window, 990, 0, MS, now);
      answer (&window, 10, 1, MS, now);
      now += 200 * MS;
    }
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, now), ==, 1024);
  g_assert_cmpuint (window.n_tries, ==, 3);
}

/* Round trips that grow with what is under way: a queue, which more connects make longer. */
static void
test_shrinks_on_a_queue (void)
{
  PtlSweepWindow window = make (4096, 0);
  gint64 now = START;
  guint before;

  answer (&window, 3000, 0, 40 * MS, now);
  before = ptl_sweep_window_get_room (&window, 0, now);
  for (guint round = 0; round < 10; round++)
    {
      now += 300 * MS;
      answer (&window, 200, 0, 250 * MS, now);
    }
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, now), <, before / 2);
  /* It is over: the window grows again. */
  before = ptl_sweep_window_get_room (&window, 0, now);
  for (guint round = 0; round < 20; round++)
    {
      now += 300 * MS;
      answer (&window, 2000, 0, 41 * MS, now);
    }
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, now), >, before);
}

static void
test_never_stops (void)
{
  PtlSweepWindow window = make (1024, 0);
  gint64 now = START;

  for (guint round = 0; round < 200; round++)
    {
      answer (&window, 20, 1, MS, now);
      now += 200 * MS;
    }
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, now), >=, 4);
  ptl_sweep_window_note_starved (&window, 0);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, now), ==, 4);
  g_assert_cmpuint (window.n_tries, ==, PTL_SWEEP_TRIES_MAX);
}

/* Errors by ICMP are rationed where they are made: that they come late is no loss of ours. */
static void
test_words_prove_nothing (void)
{
  PtlSweepWindow window = make (1024, 0);
  guint first = ptl_sweep_window_get_room (&window, 0, START);

  for (guint i = 0; i < 1000; i++)
    ptl_sweep_window_note_word (&window, MS);
  g_assert_cmpuint (window.n_tries, ==, 2);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), >, first);
}

static void
test_timeouts (void)
{
  PtlSweepWindow window = make (1024, 0);

  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 0), ==, 250 * MS);
  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 1), ==, 500 * MS);
  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 4), ==, SECOND);
  answer (&window, 1, 0, 300 * MS, START);
  /* RFC 6298: R + 4 * R / 2. */
  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 0), ==, 900 * MS);
  answer (&window, 100, 0, 300 * MS, START);
  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 0), <, 310 * MS);
  answer (&window, 200, 0, 50, START);
  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 0), ==, 100 * MS);
  answer (&window, 200, 0, 20 * SECOND, START);
  g_assert_cmpint (ptl_sweep_window_get_timeout_us (&window, 0), ==, SECOND);
}

static void
test_rate (void)
{
  PtlSweepWindow window = make (1024, 500);
  gint64 now = START;
  guint sent = 0;

  /* Ten seconds of a caller who looks every millisecond, and sends what it may. */
  for (guint i = 0; i < 10000; i++, now += MS)
    for (guint room = ptl_sweep_window_get_room (&window, 0, now); room > 0; room--, sent++)
      ptl_sweep_window_note_sent (&window);
  g_assert_cmpuint (sent, >=, 4990);
  g_assert_cmpuint (sent, <=, 5010);
  /* One who sleeps for a minute has saved up a moment's worth. */
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, now + 60 * SECOND), <=, 10);
}

static void
test_rate_says_when (void)
{
  PtlSweepWindow window = make (1024, 10);
  gint64 next;

  while (ptl_sweep_window_get_room (&window, 0, START) > 0)
    ptl_sweep_window_note_sent (&window);
  next = ptl_sweep_window_get_next_us (&window, START);
  g_assert_cmpint (next, >, START);
  g_assert_cmpint (next, <=, START + 101 * MS);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, next), ==, 1);
}

static void
test_small_bounds (void)
{
  PtlSweepWindow window = make (1, 0);

  answer (&window, 100, 0, MS, START);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, 1);
  ptl_sweep_window_note_starved (&window, 0);
  g_assert_cmpuint (ptl_sweep_window_get_room (&window, 0, START), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/sweep-window/grows-with-answers", test_grows_with_answers);
  g_test_add_func ("/exposure/sweep-window/grows-in-silence", test_grows_in_silence);
  g_test_add_func ("/exposure/sweep-window/shrinks-on-loss", test_shrinks_on_loss);
  g_test_add_func ("/exposure/sweep-window/bears-little-loss", test_bears_little_loss);
  g_test_add_func ("/exposure/sweep-window/shrinks-on-a-queue", test_shrinks_on_a_queue);
  g_test_add_func ("/exposure/sweep-window/never-stops", test_never_stops);
  g_test_add_func ("/exposure/sweep-window/words-prove-nothing", test_words_prove_nothing);
  g_test_add_func ("/exposure/sweep-window/timeouts", test_timeouts);
  g_test_add_func ("/exposure/sweep-window/rate", test_rate);
  g_test_add_func ("/exposure/sweep-window/rate-says-when", test_rate_says_when);
  g_test_add_func ("/exposure/sweep-window/small-bounds", test_small_bounds);
  return g_test_run ();
}
