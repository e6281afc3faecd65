/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _PtlEngineThread PtlEngineThread;
typedef struct _PtlTimer PtlTimer;

/* A deadline, embedded in what it belongs to. Zeroed = not armed; set @fire before arming. */
struct _PtlTimer
{
  gint64 due_us; /* CLOCK_BOOTTIME */
  void (*fire) (PtlEngineThread *thread, PtlTimer *self);
  guint place; /* in the heap, from 1; 0 = not armed */
};

/**
 * PtlTimers:
 *
 * The deadlines of one thread, as a binary heap: an idle thread sleeps until the first of them, and
 * for ever where there is none. Who extends a deadline often lets it fire and arms it anew.
 */
typedef struct
{
  PtlTimer **heap;
  guint n;
  guint size;
} PtlTimers;

void ptl_timers_clear (PtlTimers *self);
/* Moves it where it is armed already. */
void ptl_timers_arm (PtlTimers *self, PtlTimer *timer, gint64 due_us);
void ptl_timers_cancel (PtlTimers *self, PtlTimer *timer);
/* Milliseconds to wait as epoll_wait() takes them, rounded up; -1 = no timer. */
int ptl_timers_get_wait_ms (const PtlTimers *self, gint64 now_us);
/* Takes out the first that is due, else NULL. */
PtlTimer *ptl_timers_pop_due (PtlTimers *self, gint64 now_us);

G_END_DECLS
