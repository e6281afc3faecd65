/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-timers.h"

/* Children of place i are 2i and 2i + 1; heap[0] is not used. */

void
ptl_timers_clear (PtlTimers *self)
{
  g_clear_pointer (&self->heap, g_free);
  self->n = self->size = 0;
}

static void
put (PtlTimers *self, guint place, PtlTimer *timer)
{
  self->heap[place] = timer;
  timer->place = place;
}

static void
sift_up (PtlTimers *self, guint place, PtlTimer *timer)
{
  while (place > 1 && self->heap[place / 2]->due_us > timer->due_us)
    {
      put (self, place, self->heap[place / 2]);
      place /= 2;
    }
  put (self, place, timer);
}

static void
sift_down (PtlTimers *self, guint place, PtlTimer *timer)
{
  guint child;

  while ((child = 2 * place) <= self->n)
    {
      if (child < self->n && self->heap[child + 1]->due_us < self->heap[child]->due_us)
        child++;
      if (self->heap[child]->due_us >= timer->due_us)
        break;
      put (self, place, self->heap[child]);
      place = child;
    }
  put (self, place, timer);
}

static void
place_anew (PtlTimers *self, guint place, PtlTimer *timer)
{
  if (place > 1 && self->heap[place / 2]->due_us > timer->due_us)
    sift_up (self, place, timer);
  else
    sift_down (self, place, timer);
}

void
ptl_timers_arm (PtlTimers *self, PtlTimer *timer, gint64 due_us)
{
  timer->due_us = due_us;
  if (timer->place)
    {
      place_anew (self, timer->place, timer);
      return;
    }
  if (self->n + 1 >= self->size)
    {
      self->size = MAX (64, self->size * 2);
      self->heap = g_renew (PtlTimer *, self->heap, self->size);
    }
  sift_up (self, ++self->n, timer);
}

void
ptl_timers_cancel (PtlTimers *self, PtlTimer *timer)
{
  guint place = timer->place;
  PtlTimer *last;

  if (!place)
    return;
  timer->place = 0;
  last = self->heap[self->n--];
  if (last != timer)
    place_anew (self, place, last);
}

int
ptl_timers_get_wait_ms (const PtlTimers *self, gint64 now_us)
{
  gint64 wait_us;

  if (self->n == 0)
    return -1;
  wait_us = self->heap[1]->due_us - now_us;
  return wait_us <= 0 ? 0 : (int) MIN ((wait_us + 999) / 1000, G_MAXINT);
}

PtlTimer *
ptl_timers_pop_due (PtlTimers *self, gint64 now_us)
{
  PtlTimer *first;

  if (self->n == 0 || self->heap[1]->due_us > now_us)
    return NULL;
  first = self->heap[1];
  ptl_timers_cancel (self, first);
  return first;
}
