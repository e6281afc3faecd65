/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "engine-support.h"
#include "engine/ptl-engine-thread.h"
#include "engine/ptl-wait.h"

#define N_EVENTS 8

typedef struct
{
  PtlWait wait;
  int epoll_fd;
  int fds[2];
  struct epoll_event events[N_EVENTS];
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  for (guint i = 0; i < 2; i++)
    {
      struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u32 = i };

      self->fds[i] = eventfd (0, EFD_CLOEXEC);
      g_assert_cmpint (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->fds[i], &event), ==, 0);
    }
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  close (self->epoll_fd);
  for (guint i = 0; i < 2; i++)
    close (self->fds[i]);
}

static void
bring (Fixture *self, guint which)
{
  guint64 one = 1;

  g_assert_cmpint (write (self->fds[which], &one, sizeof one), ==, sizeof one);
}

static int
wait_ms (Fixture *self, int ms)
{
  return ptl_wait_for_events (&self->wait, self->epoll_fd, self->events, N_EVENTS, ms,
                              ptl_engine_read_clock_us ());
}

static gint64
read_cpu_us (void)
{
  struct timespec used;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);
  return (gint64) used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

static void
test_brings_events (Fixture *self, gconstpointer data)
{
  bring (self, 1);
  g_assert_cmpint (wait_ms (self, -1), ==, 1);
  g_assert_cmpuint (self->events[0].data.u32, ==, 1);
  g_assert_false (self->wait.several);
  bring (self, 0);
  bring (self, 1);
  g_assert_cmpint (wait_ms (self, -1), ==, 2);
  g_assert_true (self->wait.several);
}

/* What comes at once pays to be looked for, up to a bound. */
static void
test_learns_to_look (Fixture *self, gconstpointer data)
{
  guint most = 0;

  for (guint i = 0; i < 100; i++)
    {
      bring (self, 0);
      g_assert_cmpint (wait_ms (self, -1), ==, 1);
      most = MAX (most, self->wait.luck);
    }
  g_assert_cmpuint (most, >, 0);
  g_assert_cmpuint (most, <=, 8);
}

/* Silence is slept through: after a few looks that found nothing, waiting takes no time of the processor. */
static void
test_sleeps_when_quiet (Fixture *self, gconstpointer data)
{
  gint64 used_us;
  guint n = 0;

  self->wait.luck = 8;
  while (self->wait.luck > 0 && n++ < 100)
    g_assert_cmpint (wait_ms (self, 1), ==, 0);
  g_assert_cmpuint (n, ==, 8);
  used_us = read_cpu_us ();
  g_assert_cmpint (wait_ms (self, 200), ==, 0);
  g_assert_cmpint (read_cpu_us () - used_us, <, 20 * 1000);
  g_assert_cmpuint (self->wait.luck, ==, 0);
}

/* A round that has more to do anyway does not look. */
static void
test_does_not_wait_when_told (Fixture *self, gconstpointer data)
{
  self->wait.luck = 5;
  g_assert_cmpint (wait_ms (self, 0), ==, 0);
  g_assert_cmpuint (self->wait.luck, ==, 5);
}

static void
test_counts_datagrams (Fixture *self, gconstpointer data)
{
  gint64 now_us = ptl_engine_read_clock_us ();

  self->wait.counted_us = now_us - 1000;
  ptl_wait_note_datagrams (&self->wait, 1000);
  ptl_wait_for_events (&self->wait, self->epoll_fd, self->events, N_EVENTS, 0, now_us);
  g_assert_cmpint (self->wait.yields_until_us, >, now_us);
  g_assert_cmpuint (self->wait.n_received, ==, 0);
}

#define ADD(name, func) g_test_add ("/wait/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("brings-events", test_brings_events);
  ADD ("learns-to-look", test_learns_to_look);
  ADD ("sleeps-when-quiet", test_sleeps_when_quiet);
  ADD ("does-not-wait-when-told", test_does_not_wait_when_told);
  ADD ("counts-datagrams", test_counts_datagrams);
  return g_test_run ();
}
