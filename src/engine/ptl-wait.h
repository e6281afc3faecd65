/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

/**
 * PtlWait:
 *
 * How a thread waits for its next events. To sleep and to be woken takes longer than all that is
 * done for a small message, so a thread whose events come in quick succession looks again for a
 * moment before it sleeps; and one with much to do lets those go first who make its events, so that
 * more of them come at a time. One that has little to do sleeps at once and wakes for its events
 * alone.
 */
typedef struct
{
  guint n_received; /* datagrams since @counted_us */
  gint64 counted_us;
  gint64 yields_until_us;
  guint luck;       /* how often, of late, an event came so soon that sleeping did not pay */
  gboolean several; /* the last round brought several events */
} PtlWait;

/* Waits as epoll_wait(2) does. @now_us: when the last round began. */
int ptl_wait_for_events (PtlWait *self,
                         int epoll_fd,
                         struct epoll_event *events,
                         int n_most,
                         int wait_ms,
                         gint64 now_us);
/* @n datagrams came with an event. */
void ptl_wait_note_datagrams (PtlWait *self, guint n);

G_END_DECLS
