/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sweep-loop.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "ptl-sweep-answer.h"
#include "ptl-sweep-slots.h"
#include "ptl-sweep-udp.h"

#define EVENTS_MAX 512
#define ROUNDS_MAX 32
#define BATCH 64 /* connects between two looks at the answers */
#define CANCELLED_TAG G_MAXUINT32
#define CANARY_US                                                                                  \
  3500000 /* three questions for the link address, a second each, and then the kernel says no */
#define STARVED_US 50000 /* until it is tried again, where this machine had nothing left */
#define STARVED_MAX_US 30000000

typedef struct
{
  PtlSweepSlots slots;
  PtlSweepLane *lanes;
  guint n_lanes, turn;
  const PtlSweepHooks *hooks;
  gint64 now_us;
  gint64 paused_until_us, starved_since_us;
} Loop;

/* --- what is known --- */

static void
settle (Loop *loop, PtlSweepLane *lane, guint16 port, PtlSeenState state)
{
  ptl_sweep_target_settle (lane->target, port, state);
  if (state == PTL_SEEN_OPEN)
    loop->hooks->found (loop->hooks->data, lane->target, port);
}

static void
end_all (Loop *loop, PtlSweepLane *lane)
{
  for (guint list = 0; list < G_N_ELEMENTS (lane->first); list++)
    while (lane->first[list] != PTL_SWEEP_NO_SLOT)
      ptl_sweep_slots_end (&loop->slots, lane->first[list], FALSE);
  if (lane->canary != PTL_SWEEP_NO_SLOT)
    ptl_sweep_slots_end (&loop->slots, lane->canary, FALSE);
}

static void
give_up (Loop *loop, PtlSweepLane *lane, GError *error)
{
  end_all (loop, lane);
  ptl_sweep_target_give_up (lane->target, error);
}

static char *
dup_address (const PtlSweepLane *lane)
{
  return g_inet_address_to_string (lane->target->address);
}

static void
note_absent (Loop *loop, PtlSweepLane *lane)
{
  g_autofree char *address = dup_address (lane);

  /* Where something did answer, it is the firewall's way of saying no. */
  if (lane->target->answered)
    return;
  give_up (loop, lane,
           ptl_error_new (PTL_ERROR_TARGET,
                          _ ("Check that the device is switched on and that the address is right."),
                          _ ("No device on this network has the address %s."), address));
}

static GError *
explain_errno (const PtlSweepLane *lane, int code)
{
  g_autofree char *address = dup_address (lane);

  switch (code)
    {
    case EACCES:
    case EPERM:
      return ptl_error_new (PTL_ERROR_PERMISSION,
                            _ ("Look at the rules for outgoing connections of this computer's "
                               "firewall."),
                            _ ("This computer does not let connections to %s out."), address);
    case ENETUNREACH:
    case EHOSTUNREACH:
    case EADDRNOTAVAIL:
      return ptl_error_new (PTL_ERROR_TARGET, _ ("Check this computer's network connection."),
                            _ ("This computer has no way to %s."), address);
    default:
      /* Translators: %1$s is an address, %2$s the system's own words for an error. */
      return ptl_error_new (PTL_ERROR_FAILED, _ ("Check this computer's network connection."),
                            _ ("Connections to %1$s cannot be made: %2$s."), address,
                            g_strerror (code));
    }
}

/* --- beginning --- */

/* This machine has too few descriptors, ports or buffers at the moment: that says nothing about the
 * port. */
static void
starve (Loop *loop, PtlSweepLane *lane, guint16 port, int code)
{
  ptl_sweep_target_put_back (lane->target, port);
  ptl_sweep_window_note_starved (&lane->target->window, lane->target->in_flight);
  if (code == EMFILE || code == ENFILE)
    ptl_sweep_slots_shrink (&loop->slots);
  loop->paused_until_us = loop->now_us + STARVED_US;
  if (loop->starved_since_us == 0)
    loop->starved_since_us = loop->now_us;
  else if (loop->now_us - loop->starved_since_us > STARVED_MAX_US)
    give_up (loop, lane, explain_errno (lane, code));
}

static gboolean
is_starvation (const PtlSweepLane *lane, int code)
{
  switch (code)
    {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EAGAIN:
      return TRUE;
    case EADDRNOTAVAIL: /* every local port is used; or this machine has no address of that family
                         */
      return lane->target->window.n_answered + lane->target->window.n_silent
                 + lane->target->in_flight
             > 0;
    default:
      return FALSE;
    }
}

/* @slot was taken, and asking @port failed at once. FALSE = nothing more can be begun now. */
static gboolean
fail_to_begin (Loop *loop, PtlSweepLane *lane, guint slot, guint16 port, int code)
{
  if (slot != PTL_SWEEP_NO_SLOT)
    ptl_sweep_slots_drop (&loop->slots, slot);
  if (is_starvation (lane, code))
    {
      starve (loop, lane, port, code);
      return FALSE;
    }
  if (code != EACCES && code != EPERM)
    {
      give_up (loop, lane, explain_errno (lane, code));
      return FALSE;
    }
  if (lane->target->error == NULL)
    lane->target->error = explain_errno (lane, code);
  settle (loop, lane, port, PTL_SEEN_FAILED);
  return TRUE;
}

static void
set_port (PtlSweepTarget *target, guint16 port)
{
  ((struct sockaddr_in *) (void *) &target->to)->sin_port
      = g_htons (port); /* in the same place in both */
}

static int
send_request (PtlSweepTarget *target, int fd, guint16 port, guint try)
{
  guint8 request[PTL_SWEEP_UDP_MAX];
  gsize length = ptl_sweep_udp_write (port, try, request);
  gboolean elsewhere = ptl_sweep_udp_answers_elsewhere (port);

  if (!elsewhere && connect (fd, &target->to.any, target->to_length) < 0)
    return errno;
  if (sendto (fd, request, length, MSG_NOSIGNAL, elsewhere ? &target->to.any : NULL,
              elsewhere ? target->to_length : 0)
      < 0)
    return errno;
  return 0;
}

/* 0 = it is under way or its answer has come already. */
static int
ask (Loop *loop, PtlSweepTarget *target, guint slot, guint16 port)
{
  int fd = loop->slots.slots[slot].fd;
  int code = 0;

  set_port (target, port);
  if (target->protocol == PTL_PROTOCOL_UDP)
    code = send_request (target, fd, port, target->tries[port]);
  else if (connect (fd, &target->to.any, target->to_length) < 0)
    code = errno;
  if (code == EINPROGRESS || code == ECONNREFUSED)
    code = 0;
  if (code == 0 && !ptl_sweep_slots_watch (&loop->slots, slot))
    code = errno;
  return code;
}

static gboolean
begin (Loop *loop, PtlSweepLane *lane, guint16 port)
{
  guint slot = ptl_sweep_slots_take (&loop->slots, lane);
  int code = slot == PTL_SWEEP_NO_SLOT ? errno : ask (loop, lane->target, slot, port);

  if (code != 0)
    return fail_to_begin (loop, lane, slot, port, code);
  loop->starved_since_us = 0;
  ptl_sweep_slots_begin (&loop->slots, slot, port, lane->target->tries[port], loop->now_us);
  ptl_sweep_window_note_sent (&lane->target->window);
  return TRUE;
}

/* Answered by now: an answer to an earlier try came late. */
static gboolean
is_answered (const PtlSweepTarget *target, guint16 port)
{
  return ptl_port_set_has (&target->known, port) && target->states[port] != PTL_SEEN_FILTERED;
}

static void
begin_some (Loop *loop, PtlSweepLane *lane)
{
  PtlSweepTarget *target = lane->target;
  guint room = ptl_sweep_window_get_room (&target->window, target->in_flight, loop->now_us);

  room = MIN (room, MIN (BATCH, ptl_sweep_lane_get_room (lane)));
  while (room > 0 && ptl_sweep_target_has_next (target))
    {
      guint16 port = ptl_sweep_target_take_next (target);

      if (is_answered (target, port))
        continue;
      if (!begin (loop, lane, port))
        return;
      room--;
    }
}

/* Where nobody answers at all, one connect waits for the kernel's word on whether anybody is there.
 */
static void
begin_canary (Loop *loop, PtlSweepLane *lane, guint16 port)
{
  guint slot;

  if (lane->had_canary || lane->target->answered || lane->target->protocol != PTL_PROTOCOL_TCP)
    return;
  lane->had_canary = TRUE;
  slot = ptl_sweep_slots_take (&loop->slots, lane);
  if (slot == PTL_SWEEP_NO_SLOT)
    return;
  if (ask (loop, lane->target, slot, port) != 0)
    {
      ptl_sweep_slots_drop (&loop->slots, slot);
      return;
    }
  loop->slots.slots[slot].port = port;
  loop->slots.slots[slot].sent_us = loop->now_us;
  lane->canary = slot;
}

/* --- answers --- */

/* An answer that came late belongs to its own try: none was lost. */
static void
note_answer (Loop *loop, PtlSweepLane *lane, const PtlSweepSlot *slot, PtlSeenState state)
{
  PtlSweepTarget *target = lane->target;
  gint64 rtt_us = loop->now_us - slot->sent_us;

  target->answered = TRUE;
  if (is_answered (target, slot->port))
    return;
  if (target->protocol != PTL_PROTOCOL_TCP || state == PTL_SEEN_FILTERED)
    ptl_sweep_window_note_word (&target->window, rtt_us);
  else
    ptl_sweep_window_note_answer (&target->window, slot->list == PTL_SWEEP_LATE ? 0 : slot->try,
                                  rtt_us, loop->now_us);
  settle (loop, lane, slot->port, state);
}

static PtlSweepAnswer
read_answer (PtlSweepTarget *target,
             const PtlSweepSlot *slot,
             PtlSeenState *state,
             gboolean *reusable)
{
  set_port (target, slot->port);
  *reusable = FALSE;
  if (target->protocol == PTL_PROTOCOL_TCP)
    return ptl_sweep_read_tcp (slot->fd, &target->to.any, target->to_length, state, reusable);
  return ptl_sweep_read_udp (slot->fd, &target->to.any,
                             ptl_sweep_udp_answers_elsewhere (slot->port), state);
}

static void
take_event (Loop *loop, guint index)
{
  PtlSweepSlot *slot = &loop->slots.slots[index];
  PtlSweepLane *lane = slot->lane;
  gboolean canary, reusable;
  PtlSweepAnswer answer;
  PtlSeenState state;

  if (lane == NULL) /* of a probe that is over: the socket is idle, or closed */
    return;
  canary = lane->canary == index;
  answer = read_answer (lane->target, slot, &state, &reusable);
  if (answer == PTL_SWEEP_NOTHING)
    return;
  if (answer == PTL_SWEEP_ABSENT && !lane->target->answered)
    {
      note_absent (loop, lane);
      return;
    }
  if (answer == PTL_SWEEP_SELF && !canary && slot->list != PTL_SWEEP_LATE)
    ptl_sweep_target_put_back (lane->target, slot->port);
  else if (answer != PTL_SWEEP_SELF && !canary)
    note_answer (loop, lane, slot, state);
  ptl_sweep_slots_end (&loop->slots, index, reusable);
}

/* A connect that is broken off leaves its socket to the next one. */
static void
end_silent (Loop *loop, PtlSweepLane *lane, guint index)
{
  gboolean tcp = lane->target->protocol == PTL_PROTOCOL_TCP;

  ptl_sweep_slots_end (&loop->slots, index,
                       tcp && ptl_sweep_disconnect (loop->slots.slots[index].fd));
}

/* Where the answer came this very moment, it is no silence; nor where an error was noted that makes
 * no event. */
static gboolean
is_silent (Loop *loop, PtlSweepLane *lane, guint index)
{
  PtlSweepSlot *slot = &loop->slots.slots[index];
  PtlSeenState state;

  take_event (loop, index);
  if (slot->lane == NULL)
    return FALSE;
  if (lane->target->protocol != PTL_PROTOCOL_TCP
      || ptl_sweep_read_late (slot->fd, &state) != PTL_SWEEP_ANSWERED)
    return TRUE;
  note_answer (loop, lane, slot, state);
  end_silent (loop, lane, index);
  return FALSE;
}

static void
take_silence (Loop *loop, PtlSweepLane *lane, guint index)
{
  guint16 port = loop->slots.slots[index].port;

  if (is_answered (lane->target, port))
    {
      end_silent (loop, lane, index);
      return;
    }
  if (!is_silent (loop, lane, index))
    return;
  ptl_sweep_target_take_silence (lane->target, port, loop->now_us);
  if (!ptl_sweep_slots_make_late (&loop->slots, index))
    end_silent (loop, lane, index);
  begin_canary (loop, lane, port);
}

/* Gives when the next one is to be looked at. */
static gint64
expire (Loop *loop, PtlSweepLane *lane)
{
  gint64 next_us = G_MAXINT64;

  for (guint try = 0; try < PTL_SWEEP_TRIES_MAX; try++)
    {
      gint64 wait_us = ptl_sweep_window_get_timeout_us (&lane->target->window, try);

      while (lane->first[try] != PTL_SWEEP_NO_SLOT
             && loop->slots.slots[lane->first[try]].sent_us + wait_us <= loop->now_us)
        take_silence (loop, lane, lane->first[try]);
      if (lane->first[try] != PTL_SWEEP_NO_SLOT)
        next_us = MIN (next_us, loop->slots.slots[lane->first[try]].sent_us + wait_us);
    }
  while (lane->n_late > 0
         && loop->slots.slots[lane->first[PTL_SWEEP_LATE]].sent_us
                    + lane->target->window.max_timeout_us
                <= loop->now_us)
    end_silent (loop, lane, lane->first[PTL_SWEEP_LATE]);
  if (lane->canary == PTL_SWEEP_NO_SLOT)
    return next_us;
  if (lane->target->answered || loop->slots.slots[lane->canary].sent_us + CANARY_US <= loop->now_us)
    ptl_sweep_slots_end (&loop->slots, lane->canary, FALSE);
  else
    next_us = MIN (next_us, loop->slots.slots[lane->canary].sent_us + CANARY_US);
  return next_us;
}

/* --- the thread's round --- */

/* Whether nothing is left to do there. */
static gboolean
is_over (const PtlSweepLane *lane)
{
  return lane->canary == PTL_SWEEP_NO_SLOT && ptl_sweep_target_is_done (lane->target)
         && !ptl_sweep_target_reconsider (lane->target);
}

static gint64
when_to_begin (Loop *loop, PtlSweepLane *lane)
{
  PtlSweepTarget *target = lane->target;

  if (!ptl_sweep_target_has_next (target) || target->in_flight >= (guint) target->window.window
      || ptl_sweep_lane_get_room (lane) == 0)
    return G_MAXINT64;
  return MAX (ptl_sweep_window_get_next_us (&target->window, loop->now_us), loop->paused_until_us);
}

/* The sockets are shared out among those that have something left to do. */
static void
share_out (Loop *loop)
{
  guint n = 0;

  for (guint i = 0; i < loop->n_lanes; i++)
    n += !ptl_sweep_target_is_done (loop->lanes[i].target);
  for (guint i = 0; i < loop->n_lanes; i++)
    loop->lanes[i].share
        = MAX (MIN (loop->lanes[i].target->pace.max_in_flight, loop->slots.budget / MAX (n, 1)), 1);
}

/* Begins what may begin at every lane, in turn; gives when to look again, 0 = all is done. */
static gint64
work (Loop *loop)
{
  gint64 next_us = G_MAXINT64;
  gboolean over = TRUE;

  loop->turn++;
  share_out (loop);
  for (guint i = 0; i < loop->n_lanes; i++)
    {
      PtlSweepLane *lane = &loop->lanes[(i + loop->turn) % loop->n_lanes];

      next_us = MIN (next_us, expire (loop, lane));
      if (loop->now_us >= loop->paused_until_us)
        begin_some (loop, lane);
      next_us = MIN (next_us, when_to_begin (loop, lane));
      over = over && is_over (lane);
    }
  return over ? 0 : next_us;
}

static int
to_wait_ms (const Loop *loop, gint64 next_us)
{
  if (next_us <= loop->now_us)
    return 0;
  return (int) MIN ((next_us - loop->now_us + 999) / 1000, 1000);
}

/* All that there are: what has come by now is not silence. */
static void
take_events (Loop *loop, struct epoll_event *events, int n)
{
  for (guint i = 0; i < ROUNDS_MAX && n > 0; i++)
    {
      loop->now_us = g_get_monotonic_time ();
      for (int k = 0; k < n; k++)
        if (events[k].data.u32 != CANCELLED_TAG)
          take_event (loop, events[k].data.u32);
      n = n == EVENTS_MAX ? epoll_wait (loop->slots.epoll_fd, events, EVENTS_MAX, 0) : 0;
    }
}

static void
run (Loop *loop, GMutex *lock, GCancellable *cancellable)
{
  struct epoll_event events[EVENTS_MAX];

  g_mutex_lock (lock);
  while (!g_cancellable_is_cancelled (cancellable))
    {
      gint64 next_us;
      int n;

      loop->now_us = g_get_monotonic_time ();
      next_us = work (loop);
      loop->hooks->tick (loop->hooks->data);
      if (next_us == 0)
        break;
      g_mutex_unlock (lock);
      n = epoll_wait (loop->slots.epoll_fd, events, EVENTS_MAX, to_wait_ms (loop, next_us));
      g_mutex_lock (lock);
      take_events (loop, events, n);
    }
  for (guint i = 0; i < loop->n_lanes; i++)
    end_all (loop, &loop->lanes[i]);
  g_mutex_unlock (lock);
}

static guint
prepare (Loop *loop, GPtrArray *targets)
{
  guint wanted = 0;

  loop->n_lanes = targets->len;
  loop->lanes = g_new0 (PtlSweepLane, targets->len);
  for (guint i = 0; i < targets->len; i++)
    {
      PtlSweepLane *lane = &loop->lanes[i];

      ptl_sweep_lane_init (lane, g_ptr_array_index (targets, i));
      ptl_sweep_target_start (lane->target, g_get_monotonic_time ());
      wanted += MIN (lane->target->pace.max_in_flight, lane->target->n_wanted) + 1;
    }
  return MIN (wanted, PTL_SWEEP_IN_FLIGHT_MAX + 16);
}

static void
finish (Loop *loop, GMutex *lock)
{
  g_mutex_lock (lock);
  for (guint i = 0; i < loop->n_lanes; i++)
    ptl_sweep_target_stop (loop->lanes[i].target);
  g_mutex_unlock (lock);
  ptl_sweep_slots_clear (&loop->slots);
  g_free (loop->lanes);
}

gboolean
ptl_sweep_loop_run (GPtrArray *targets,
                    GMutex *lock,
                    const PtlSweepHooks *hooks,
                    GCancellable *cancellable,
                    GError **error)
{
  struct epoll_event cancelled = { .events = EPOLLIN, .data.u32 = CANCELLED_TAG };
  int cancel_fd = g_cancellable_get_fd (cancellable);
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  Loop loop = { .hooks = hooks };
  guint wanted;

  if (epoll_fd < 0
      || (cancel_fd >= 0 && epoll_ctl (epoll_fd, EPOLL_CTL_ADD, cancel_fd, &cancelled) < 0))
    {
      /* Translators: %s is the system's own words for an error. */
      ptl_error_set (error, PTL_ERROR_FAILED,
                     _ ("Close some programs or connections and try again."),
                     _ ("The sweep cannot begin: %s."), g_strerror (errno));
      if (epoll_fd >= 0)
        close (epoll_fd);
      if (cancel_fd >= 0)
        g_cancellable_release_fd (cancellable);
      return FALSE;
    }
  g_mutex_lock (lock);
  wanted = prepare (&loop, targets);
  g_mutex_unlock (lock);
  ptl_sweep_slots_init (&loop.slots, epoll_fd, wanted);
  run (&loop, lock, cancellable);
  finish (&loop, lock);
  close (epoll_fd);
  if (cancel_fd >= 0)
    g_cancellable_release_fd (cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}
