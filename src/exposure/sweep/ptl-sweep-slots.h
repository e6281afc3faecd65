/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sweep-target.h"

G_BEGIN_DECLS

#define PTL_SWEEP_NO_SLOT G_MAXUINT

#define PTL_SWEEP_LATE PTL_SWEEP_TRIES_MAX /* the list of those that nobody waits for any more */

/* The probes of one target that are under way, in the order in which they began, a list for each
 * try: those of one list are waited for equally long. When that is over they are tried again, but
 * listened to for as long as there are sockets enough: an answer that comes late is an answer, and
 * tells how long to wait. */
typedef struct
{
  PtlSweepTarget *target;
  guint first[PTL_SWEEP_TRIES_MAX + 1], last[PTL_SWEEP_TRIES_MAX + 1];
  guint n_late;
  guint share;  /* as many sockets as it may have now */
  guint canary; /* a slot that waits longer than others, until it is known whether anything is there
                 */
  gboolean had_canary;
} PtlSweepLane;

void ptl_sweep_lane_init (PtlSweepLane *self, PtlSweepTarget *target);
/* How many more probes may have a socket. Those that are late give way. */
guint ptl_sweep_lane_get_room (const PtlSweepLane *self);

/* A socket, and the probe that it is used for. */
typedef struct
{
  int fd;
  PtlSweepLane *lane; /* NULL = idle */
  guint16 port;
  guint8 try, list;
  gboolean watched;
  gint64 sent_us;
  guint previous, next;
} PtlSweepSlot;

/**
 * PtlSweepSlots:
 *
 * The sockets of a sweep. Those whose connect was refused are used again, with their place in the
 * epoll set: that halves what a closed port costs.
 */
typedef struct
{
  int epoll_fd;
  PtlSweepSlot *slots;
  guint n_slots, n_made;
  guint n_open;  /* sockets */
  guint budget;  /* as many of them as there may be */
  guint unused;  /* a list of slots without a socket that were used before */
  guint idle[2]; /* lists of those with an idle TCP socket: IPv4, IPv6 */
} PtlSweepSlots;

/* @wanted: sockets. There will be fewer where this process may not have so many more. */
void ptl_sweep_slots_init (PtlSweepSlots *self, int epoll_fd, guint wanted);
void ptl_sweep_slots_clear (PtlSweepSlots *self);

/* A slot with a socket for @lane's target, which need not be in the epoll set yet
 * (ptl_sweep_slots_watch()). PTL_SWEEP_NO_SLOT with errno where there is none. */
guint ptl_sweep_slots_take (PtlSweepSlots *self, PtlSweepLane *lane);
gboolean ptl_sweep_slots_watch (PtlSweepSlots *self, guint slot);
/* Its probe is under way: it is appended to the list of its try. */
void
ptl_sweep_slots_begin (PtlSweepSlots *self, guint slot, guint16 port, guint try, gint64 now_us);
/* Its time is over, and it is listened to all the same, if there are sockets enough; else FALSE. */
gboolean ptl_sweep_slots_make_late (PtlSweepSlots *self, guint slot);
/* Its probe is over. @reusable: the socket is kept; else closed, by a reset where it was connected,
 * so that nothing stays in TIME_WAIT. */
void ptl_sweep_slots_end (PtlSweepSlots *self, guint slot, gboolean reusable);
/* A slot that was taken and never begun. */
void ptl_sweep_slots_drop (PtlSweepSlots *self, guint slot);
/* The system has no more descriptors: the budget is what is used, and less. */
void ptl_sweep_slots_shrink (PtlSweepSlots *self);

G_END_DECLS
