/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tcp-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "ptl-pace.h"

/* What one direction may move before the thread's other connections have their turn. */
#define TURN_BYTES (1024 * 1024)

typedef enum
{
  MOVED,
  WAIT,   /* for epoll */
  BROKEN, /* the side that was written to is dead */
} Move;

void
ptl_tcp_note_events (PtlTcpSide *side, guint32 events)
{
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    side->readable = TRUE;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
    side->writable = TRUE;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    side->hung = TRUE;
  if (events & (EPOLLPRI | EPOLLERR))
    side->stops = TRUE;
  /* Nobody reads from it any more, so nobody else would notice. */
  if (side->ended && (events & EPOLLERR))
    side->dead = TRUE;
}

static void
give_back_pipe (PtlEngineThread *thread, PtlTcpFlow *self)
{
  if (self->pipe)
    ptl_pipes_give_back (&thread->pipes, g_steal_pointer (&self->pipe), self->piped == 0);
  self->piped = 0;
}

void
ptl_tcp_flow_clear (PtlEngineThread *thread, PtlTcpFlow *self)
{
  g_clear_pointer (&self->held, g_free);
  self->held_at = self->held_end = 0;
  give_back_pipe (thread, self);
}

static Move
write_failed (PtlTcpSide *to)
{
  if (errno == EINTR)
    return MOVED;
  if (errno == EAGAIN)
    {
      to->writable = FALSE;
      return WAIT;
    }
  /* EPIPE, ECONNRESET, ...: what it sent before may still be read. */
  to->dead = to->hung = to->stops = to->readable = TRUE;
  return BROKEN;
}

static Move
read_failed (PtlTcpSide *from)
{
  if (errno == EINTR)
    return MOVED;
  from->readable = FALSE;
  if (errno == EAGAIN)
    return WAIT;
  from->ended = from->dead = TRUE; /* ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ... */
  return MOVED;
}

static void
delivered (PtlTcp *self, guint from, ssize_t n)
{
  self->used_us = self->site->thread->now_us;
  ptl_connection_count (&self->connection, self->site, from == PTL_CLIENT, (gsize) n);
}

static Move
flush_held (PtlTcp *self, guint from)
{
  PtlTcpFlow *flow = &self->flows[from];
  PtlTcpSide *to = &self->sides[!from];

  while (flow->held)
    {
      ssize_t n = send (to->source.fd, flow->held + flow->held_at, flow->held_end - flow->held_at,
                        MSG_NOSIGNAL);
      Move move;

      if (n < 0 && (move = write_failed (to)) != MOVED)
        return move;
      if (n <= 0)
        continue;
      delivered (self, from, n);
      flow->held_at += (guint32) n;
      if (flow->held_at == flow->held_end)
        g_clear_pointer (&flow->held, g_free);
    }
  return MOVED;
}

static Move
flush_pipe (PtlTcp *self, guint from)
{
  PtlTcpFlow *flow = &self->flows[from];
  PtlTcpSide *to = &self->sides[!from];

  while (flow->piped > 0)
    {
      ssize_t n = splice (flow->pipe->read_fd, NULL, to->source.fd, NULL, flow->piped,
                          SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      Move move;

      if (n < 0 && (move = write_failed (to)) != MOVED)
        return move;
      if (n <= 0)
        continue;
      delivered (self, from, n);
      flow->piped -= (gsize) n;
    }
  return MOVED;
}

static Move
flush (PtlTcp *self, guint from)
{
  PtlTcpSide *to = &self->sides[!from];

  if (!self->flows[from].held && self->flows[from].piped == 0)
    return MOVED;
  if (!to->writable)
    return WAIT;
  return self->flows[from].held ? flush_held (self, from) : flush_pipe (self, from);
}

void
ptl_tcp_flow_hold (PtlTcpFlow *self, const guint8 *bytes, gsize n)
{
  self->held = g_memdup2 (bytes, n);
  self->held_at = 0;
  self->held_end = (guint32) n;
}

/* Less than the buffer holds came: that was all, so the call that would say so is spared. */
static void
note_short_read (PtlTcpSide *side)
{
  if (side->stops)
    return;
  if (side->hung)
    side->ended = TRUE;
  else
    side->readable = FALSE;
}

/* The end, which is passed on next, goes with the last bytes and not after them. */
static int
get_send_flags (const PtlTcpSide *from)
{
  return from->ended ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL;
}

/* Reads through the thread's buffer and passes on at once what the other side takes. */
static Move
copy (PtlEngineThread *thread, PtlTcp *self, guint from, gsize most, gsize *moved)
{
  PtlTcpFlow *flow = &self->flows[from];
  PtlTcpSide *side = &self->sides[from], *to = &self->sides[!from];
  gsize size = MIN (most, PTL_ENGINE_BUFFER_SIZE);
  ssize_t n = recv (side->source.fd, thread->buffer, size, 0);
  ssize_t sent;

  if (n < 0)
    return read_failed (side);
  if (n == 0)
    {
      side->ended = TRUE;
      return MOVED;
    }
  *moved += (gsize) n;
  if ((gsize) n < size)
    note_short_read (side);
  flow->bulk = n == PTL_ENGINE_BUFFER_SIZE && !flow->no_splice;
  do
    sent = send (to->source.fd, thread->buffer, (gsize) n, get_send_flags (side));
  while (sent < 0 && errno == EINTR);
  if (sent < 0)
    {
      if (write_failed (to) == BROKEN)
        return BROKEN;
      sent = 0;
    }
  if (sent > 0)
    delivered (self, from, sent);
  if (sent < n)
    ptl_tcp_flow_hold (flow, thread->buffer + sent, (gsize) (n - sent));
  return MOVED;
}

static Move
fill_pipe (PtlEngineThread *thread, PtlTcp *self, guint from, gsize most, gsize *moved)
{
  PtlTcpFlow *flow = &self->flows[from];
  PtlTcpSide *side = &self->sides[from];
  ssize_t n;

  if (!flow->pipe)
    flow->pipe = ptl_pipes_take (&thread->pipes, thread->now_us);
  if (!flow->pipe)
    return copy (thread, self, from, most, moved);
  n = splice (side->source.fd, NULL, flow->pipe->write_fd, NULL, MIN (most, flow->pipe->size),
              SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (n > 0)
    {
      flow->piped = (gsize) n;
      *moved += (gsize) n;
      return MOVED;
    }
  if (n == 0)
    side->ended = TRUE;
  else if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)
    {
      flow->bulk = FALSE;
      flow->no_splice = TRUE;
    }
  else
    return read_failed (side);
  return MOVED;
}

/* The other side is dead: what comes for it goes nowhere. */
static void
discard (PtlEngineThread *thread, PtlTcp *self, guint from)
{
  PtlTcpSide *side = &self->sides[from];
  gsize total = 0;

  ptl_tcp_flow_clear (thread, &self->flows[from]);
  while (side->readable && !side->ended && total < TURN_BYTES)
    {
      ssize_t n = recv (side->source.fd, thread->buffer, PTL_ENGINE_BUFFER_SIZE, 0);

      if (n > 0)
        total += (gsize) n;
      else if (n == 0)
        side->ended = TRUE;
      else
        read_failed (side);
    }
  if (side->ended)
    self->flows[from].done = TRUE;
  else if (side->readable)
    ptl_engine_thread_put_off (thread, &self->sides[PTL_CLIENT].source);
}

static void
pass_on_end (PtlTcp *self, guint from)
{
  /* After a reset the other side is to be reset too, not ended as if all had been well. Where both
   * ends have come, closing says so. */
  if (!self->sides[from].dead && !self->sides[!from].dead && !self->flows[!from].done)
    shutdown (self->sides[!from].source.fd, SHUT_WR);
  self->flows[from].done = TRUE;
}

/* At most @most bytes. */
static Move
move (PtlEngineThread *thread, PtlTcp *self, guint from, gsize most, gsize *moved)
{
  return self->flows[from].bulk ? fill_pipe (thread, self, from, most, moved)
                                : copy (thread, self, from, most, moved);
}

static Move
move_at_pace (PtlEngineThread *thread, PtlTcp *self, guint from, gsize *moved)
{
  gsize most = ptl_pace_ask (self, from), before = *moved;
  Move result;

  if (most == 0)
    return WAIT;
  result = move (thread, self, from, most, moved);
  ptl_pace_give_back (self, from, most - (*moved - before));
  return result;
}

static Move
step (PtlEngineThread *thread, PtlTcp *self, guint from, gsize *moved)
{
  PtlTcpSide *side = &self->sides[from];
  Move flushed = flush (self, from);

  if (flushed != MOVED)
    return flushed;
  if (side->ended)
    {
      pass_on_end (self, from);
      return WAIT;
    }
  if (!side->readable)
    return WAIT;
  if (*moved >= TURN_BYTES)
    {
      ptl_engine_thread_put_off (thread, &self->sides[PTL_CLIENT].source);
      return WAIT;
    }
  return G_UNLIKELY (self->pace) ? move_at_pace (thread, self, from, moved)
                                 : move (thread, self, from, G_MAXSIZE, moved);
}

static void
run_flow (PtlEngineThread *thread, PtlTcp *self, guint from)
{
  PtlTcpFlow *flow = &self->flows[from];
  gsize moved = 0;
  Move result = MOVED;

  while (result == MOVED && !flow->done && !self->sides[!from].dead)
    result = step (thread, self, from, &moved);
  if (flow->piped == 0)
    give_back_pipe (thread, flow);
  if (moved > 0 && moved < PTL_ENGINE_BUFFER_SIZE)
    flow->bulk = FALSE;
  if (self->sides[!from].dead && !flow->done)
    discard (thread, self, from);
}

void
ptl_tcp_relay (PtlEngineThread *thread, PtlTcp *self)
{
  PtlTcpSide *client = &self->sides[PTL_CLIENT], *target = &self->sides[PTL_TARGET];

  run_flow (thread, self, PTL_CLIENT);
  run_flow (thread, self, PTL_TARGET);
  /* The second may have found out what the first has to act upon. */
  if ((client->dead || target->dead) && !self->flows[PTL_CLIENT].done)
    run_flow (thread, self, PTL_CLIENT);

  if (client->dead && target->dead)
    ptl_tcp_free (self, TRUE);
  else if ((client->dead && self->flows[PTL_CLIENT].done)
           || (target->dead && self->flows[PTL_TARGET].done))
    ptl_tcp_begin_ending (self);
  else if (self->flows[PTL_CLIENT].done && self->flows[PTL_TARGET].done)
    ptl_tcp_free (self, FALSE);
}
