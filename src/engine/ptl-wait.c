/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-wait.h"

#include <sched.h>

#include "ptl-engine-thread.h"

#define YIELD_WINDOW_US 1000
#define N_YIELD_PER_MS 64
/* About as long as it takes to be woken on an idle processor of a virtual machine. */
#define LOOK_US 100
#define LUCK_MOST 8

void
ptl_wait_note_datagrams (PtlWait *self, guint n)
{
  self->n_received += n;
}

/* Under a load of so many datagrams in a millisecond, or with several connections ready at a time,
 * those who send and receive on this machine go first where they wait for the same processor: then
 * a round brings more, for less time of the processor each. A thread with less to do is not to give
 * way, for it would wait for whoever else is there. */
static void
give_way (PtlWait *self, gint64 now_us)
{
  gint64 passed_us = now_us - self->counted_us;

  if (passed_us >= YIELD_WINDOW_US)
    {
      if (self->n_received * G_GINT64_CONSTANT (1000) >= N_YIELD_PER_MS * passed_us)
        self->yields_until_us = now_us + 2 * YIELD_WINDOW_US;
      self->n_received = 0;
      self->counted_us = now_us;
    }
  if (G_UNLIKELY (self->several || self->yields_until_us > now_us))
    sched_yield ();
}

/* Whoever else waits for the processor has it meanwhile. */
static int
look (PtlWait *self, int epoll_fd, struct epoll_event *events, int n_most)
{
  gint64 end_us = ptl_engine_read_clock_us () + LOOK_US;
  int n = epoll_wait (epoll_fd, events, n_most, 0);

  while (n == 0 && ptl_engine_read_clock_us () < end_us)
    {
      sched_yield ();
      n = epoll_wait (epoll_fd, events, n_most, 0);
    }
  if (n == 0)
    self->luck--;
  else
    self->luck = MIN (self->luck + 1, LUCK_MOST);
  return n;
}

static int
wait_asleep (PtlWait *self, int epoll_fd, struct epoll_event *events, int n_most, int wait_ms)
{
  gint64 began_us = ptl_engine_read_clock_us ();
  int n = epoll_wait (epoll_fd, events, n_most, wait_ms);

  if (n > 0 && ptl_engine_read_clock_us () - began_us < LOOK_US)
    self->luck = MIN (self->luck + 1, LUCK_MOST);
  return n;
}

int
ptl_wait_for_events (PtlWait *self,
                     int epoll_fd,
                     struct epoll_event *events,
                     int n_most,
                     int wait_ms,
                     gint64 now_us)
{
  int n = 0;

  give_way (self, now_us);
  if (self->luck > 0 && wait_ms != 0)
    n = look (self, epoll_fd, events, n_most);
  if (n == 0)
    n = wait_asleep (self, epoll_fd, events, n_most, wait_ms);
  self->several = n > 1;
  return n;
}
