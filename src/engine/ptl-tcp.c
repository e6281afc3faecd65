/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tcp-private.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ptl-pace.h"
#include "ptl-tcp-header.h"
#include "ptl-tcp-socket.h"

#define RETRY_US (20 * 1000)
#define RETRY_MOST_US (500 * 1000)
#define ENDING_POLL_US (20 * 1000)
#define ENDING_US (10 * G_USEC_PER_SEC)
/* So long at most is waited for what a name server says anew. */
#define NAME_WAIT_US (2 * G_USEC_PER_SEC)
/* From then on a connection is one that lasts. */
#define LASTING_US (10 * G_USEC_PER_SEC)
/* Of a thread. Under load, a client on this machine has sent by then what it sends at once. */
#define ROUNDS_TO_HURRY 8

static const guint32 EDGES = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;

static void
link_to_site (PtlTcp *self, PtlSite *site)
{
  self->site = site;
  self->next = site->connections;
  if (self->next)
    self->next->previous = self;
  site->connections = self;
}

static void
unlink_from_site (PtlTcp *self)
{
  if (self->previous)
    self->previous->next = self->next;
  else
    self->site->connections = self->next;
  if (self->next)
    self->next->previous = self->previous;
}

void
ptl_tcp_free (PtlTcp *self, gboolean reset)
{
  PtlEngineThread *thread = self->site->thread;

  for (guint i = 0; i < 2; i++)
    {
      if (reset && self->sides[i].source.fd >= 0)
        ptl_tcp_socket_reset_on_close (self->sides[i].source.fd);
      ptl_engine_thread_drop (thread, &self->sides[i].source);
      ptl_tcp_flow_clear (thread, &self->flows[i]);
    }
  ptl_timers_cancel (&thread->timers, &self->timer);
  ptl_pace_clear (self);
  g_clear_pointer (&self->addresses, ptl_addresses_unref);
  ptl_choice_clear (&self->connection.choice);
  g_clear_pointer (&self->header, g_free);
  if (self->state == PTL_TCP_GREETING)
    self->site->n_greeting--;
  unlink_from_site (self);
  ptl_engine_thread_bury (thread, self);
  ptl_connection_end (&self->connection, self->site);
}

/* Connecting */

static void on_target (PtlEngineThread *thread, PtlSource *source, guint32 events);
static void find_target (PtlTcp *self);

static gint64
get_idle_end (const PtlTcp *self)
{
  return self->used_us + self->site->config->tcp_idle_timeout_us;
}

static gint64
get_total_end (const PtlTcp *self)
{
  gint64 total_us = self->site->config->total_timeout_us;

  return total_us != 0 ? self->connection.began_us + total_us : G_MAXINT64;
}

static void
watch_time (PtlTcp *self)
{
  gint64 end = MIN (get_idle_end (self), get_total_end (self));

  ptl_timers_arm (&self->site->thread->timers, &self->timer, MIN (end, self->look_us));
}

/* The client's first bytes take the end of the target's handshake along, and most clients send them
 * at once: so they have some rounds to come. */
static void
await_first_bytes (PtlTcp *self)
{
  self->rounds_to_hurry = ROUNDS_TO_HURRY;
  ptl_engine_thread_put_off (self->site->thread, &self->sides[PTL_CLIENT].source);
}

/* A target that speaks first is not kept waiting for them. */
static void
hurry_in_time (PtlTcp *self)
{
  self->rounds_to_hurry--;
  if (self->connection.bytes_in > 0)
    self->rounds_to_hurry = 0;
  else if (self->rounds_to_hurry == 0)
    ptl_tcp_socket_hurry (self->sides[PTL_TARGET].source.fd);
  else
    ptl_engine_thread_put_off (self->site->thread, &self->sides[PTL_CLIENT].source);
}

static void
established (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;

  self->state = PTL_TCP_RELAYING;
  ptl_connection_connected (&self->connection, self->site);
  ptl_connection_set_target (&self->connection, &self->addresses->items[self->next_address],
                             self->connection.choice.target->port + self->offset);
  self->sides[PTL_TARGET].writable = TRUE;
  g_clear_pointer (&self->addresses, ptl_addresses_unref);
  ptl_choice_took (&self->connection.choice, self->site);
  self->used_us = thread->now_us;
  self->look_us
      = self->connection.began_us + MIN (LASTING_US, self->site->config->vanish_timeout_us / 4);
  watch_time (self);
  ptl_pace_apply (self);
  if (!self->sides[PTL_CLIENT].readable)
    await_first_bytes (self);
  ptl_tcp_send_header (self);
  ptl_tcp_relay (thread, self);
}

/* An attempt may take its share of the time that its target has left, so that one black hole does
 * not use up all. */
static void
arm_attempt (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;
  gint64 left = MAX (0, self->target_end_us - thread->now_us);

  ptl_timers_arm (&thread->timers, &self->timer,
                  thread->now_us + left / (self->addresses->n - self->next_address));
}

static gboolean
is_shortage (int error)
{
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* The longer it waits the less often, for many may be waiting. */
static void
retry_soon (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;
  gint64 waited_us = thread->now_us - self->connection.began_us;

  ptl_engine_thread_drop (thread, &self->sides[PTL_TARGET].source);
  self->state = PTL_TCP_RETRYING;
  ptl_timers_arm (&thread->timers, &self->timer,
                  thread->now_us + CLAMP (waited_us / 8, RETRY_US, RETRY_MOST_US));
}

/* Returns 0, EINPROGRESS, or why it cannot be. */
static int
begin_connecting (PtlTcp *self, const PtlSockaddr *address)
{
  PtlEngineThread *thread = self->site->thread;
  PtlSource *target = &self->sides[PTL_TARGET].source;
  int error = 0;

  target->fd = ptl_engine_thread_open_socket (thread, address->any.sa_family);
  if (target->fd < 0)
    return errno;
  if (address->any.sa_family == AF_UNIX)
    self->sides[PTL_TARGET].stops = TRUE;
  else
    ptl_tcp_socket_prepare (target->fd, address);
  if (connect (target->fd, &address->any, ptl_sockaddr_get_length (address)) < 0)
    error = errno == EINTR ? EINPROGRESS : errno;
  target->ready = on_target;
  if ((error == 0 || error == EINPROGRESS) && !ptl_engine_thread_watch (thread, target, EDGES))
    error = errno;
  return error;
}

/* Returns 0 where it goes on, else why this address does not work. */
static int
attempt (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;
  PtlSockaddr address = self->addresses->items[self->next_address];
  int error;

  ptl_sockaddr_set_port (&address, self->connection.choice.target->port + self->offset);
  error = begin_connecting (self, &address);
  if (error == 0 || error == EINPROGRESS)
    {
      self->state = PTL_TCP_CONNECTING;
      arm_attempt (self);
      if (error == 0)
        established (self);
      return 0;
    }
  if (is_shortage (error)
      || (error == EAGAIN && address.any.sa_family == AF_UNIX
          && self->connection.choice.n_left == 1))
    {
      retry_soon (self);
      return 0;
    }
  ptl_engine_thread_drop (thread, &self->sides[PTL_TARGET].source);
  return error;
}

static void
target_failed (PtlTcp *self, int error)
{
  g_clear_pointer (&self->addresses, ptl_addresses_unref);
  ptl_choice_failed (&self->connection.choice, self->site, error);
  find_target (self);
}

/* From the address at hand on; @error: of the one before. The connection may be gone afterwards. */
static void
attempt_rest (PtlTcp *self, int error)
{
  for (; self->next_address < self->addresses->n; self->next_address++)
    if ((error = attempt (self)) == 0)
      return;
  target_failed (self, error);
}

static void
drop_attempt (PtlTcp *self)
{
  ptl_engine_thread_drop (self->site->thread, &self->sides[PTL_TARGET].source);
  self->sides[PTL_TARGET] = (PtlTcpSide){ .source.fd = -1 };
}

static void
attempt_failed (PtlTcp *self, int error)
{
  drop_attempt (self);
  self->next_address++;
  attempt_rest (self, error);
}

static void
connect_to (PtlTcp *self, PtlAddresses *addresses)
{
  self->addresses = addresses;
  self->next_address = 0;
  attempt_rest (self, 0);
}

static void
give_up (PtlTcp *self)
{
  ptl_site_count_refused (self->site, PTL_REFUSED_TARGET);
  ptl_tcp_free (self, TRUE);
}

/* The first target, or the next: each may take its share of the time. */
static void
find_target (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;
  gint64 left = self->deadline_us - thread->now_us;
  PtlAddresses *addresses;

  if (left <= 0 || !ptl_choice_next (&self->connection.choice, self->site, &self->from))
    {
      give_up (self);
      return;
    }
  self->target_end_us = thread->now_us + left / self->connection.choice.n_left;
  addresses = ptl_site_get_addresses (self->site, self->connection.choice.target);
  if (addresses)
    {
      connect_to (self, addresses);
      return;
    }
  self->state = PTL_TCP_RESOLVING;
  ptl_timers_arm (&thread->timers, &self->timer,
                  MIN (self->target_end_us, thread->now_us + NAME_WAIT_US));
}

/* A name server that does not answer does not keep anyone from where the name led before. */
static void
waited_for_name (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;
  g_autoptr (PtlAddresses) before = ptl_name_peek (self->connection.choice.target->name);

  if (before->n > 0)
    connect_to (self, g_steal_pointer (&before));
  else if (thread->now_us < self->target_end_us)
    ptl_timers_arm (&thread->timers, &self->timer, self->target_end_us);
  else
    target_failed (self, 0);
}

void
ptl_tcp_named (PtlSite *site, const PtlName *name)
{
  PtlTcp *next;

  for (PtlTcp *self = site->connections; self; self = next)
    {
      next = self->next;
      if (self->state == PTL_TCP_RESOLVING && self->connection.choice.target->name == name)
        connect_to (self, ptl_name_peek (self->connection.choice.target->name));
    }
}

/* Ending */

void
ptl_tcp_begin_ending (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;

  self->state = PTL_TCP_ENDING;
  self->deadline_us = thread->now_us + ENDING_US;
  ptl_timers_arm (&thread->timers, &self->timer, thread->now_us);
}

/* A reset throws away what is not received yet, so it waits for that, for some seconds. */
static void
end_when_received (PtlTcp *self)
{
  PtlEngineThread *thread = self->site->thread;
  guint living = self->sides[PTL_CLIENT].dead ? PTL_TARGET : PTL_CLIENT;
  int unreceived = 0;

  if (ioctl (self->sides[living].source.fd, TIOCOUTQ, &unreceived) < 0 || unreceived == 0
      || thread->now_us >= self->deadline_us)
    ptl_tcp_free (self, TRUE);
  else
    ptl_timers_arm (&thread->timers, &self->timer, thread->now_us + ENDING_POLL_US);
}

/* In steps that all connections have in common: so the thread wakes once for many of them. */
static gint64
get_next_look (const PtlTcp *self)
{
  gint64 vanish_us = self->site->config->vanish_timeout_us;
  gint64 step_us = MAX (1, vanish_us / 16);

  return ((self->site->thread->now_us + vanish_us / 2) / step_us + 1) * step_us;
}

/* The sockets are guarded against peers that vanish, not against those that are there and have
 * paused: so who takes nothing is looked at before its time is over. Most connections have ended
 * before the first look. */
static void
look_at_peers (PtlTcp *self)
{
  for (guint i = 0; i < 2; i++)
    {
      PtlTcpSide *side = &self->sides[i];
      gboolean stalls
          = ptl_tcp_socket_stalls (side->source.fd, self->site->config->vanish_timeout_us);

      if (!self->guarded || stalls != side->stalls)
        ptl_tcp_socket_guard (side->source.fd, self->site->config->vanish_timeout_us, stalls);
      side->stalls = stalls;
    }
  self->guarded = TRUE;
  self->look_us = get_next_look (self);
}

static gboolean
holds_bytes (const PtlTcp *self)
{
  return self->flows[PTL_CLIENT].held || self->flows[PTL_TARGET].held
         || self->flows[PTL_CLIENT].piped > 0 || self->flows[PTL_TARGET].piped > 0;
}

/* What is cut before all of it has come through is not to look complete: so its end is a reset. */
static void
check_time (PtlTcp *self)
{
  gint64 now_us = self->site->thread->now_us;

  if (now_us >= self->look_us)
    look_at_peers (self);

  if (now_us >= get_total_end (self))
    ptl_tcp_free (self, TRUE);
  else if (now_us >= get_idle_end (self))
    ptl_tcp_free (self, holds_bytes (self));
  else
    watch_time (self);
}

/* Events */

static void
on_timer (PtlEngineThread *thread, PtlTimer *timer)
{
  PtlTcp *self = (PtlTcp *) (gpointer) ((guint8 *) timer - G_STRUCT_OFFSET (PtlTcp, timer));

  switch ((PtlTcpState) self->state)
    {
    case PTL_TCP_GREETING:
      ptl_tcp_refuse_header (self);
      break;
    case PTL_TCP_RESOLVING:
      waited_for_name (self);
      break;
    case PTL_TCP_CONNECTING:
      attempt_failed (self, ETIMEDOUT);
      break;
    case PTL_TCP_RETRYING:
      if (thread->now_us >= self->deadline_us)
        give_up (self);
      else
        attempt_rest (self, 0);
      break;
    case PTL_TCP_RELAYING:
      check_time (self);
      break;
    case PTL_TCP_ENDING:
      end_when_received (self);
      break;
    }
}

/* What the dying connection's living side still sends is not read: the reset answers it. */
static void
relay_or_end (PtlEngineThread *thread, PtlTcp *self, guint which, guint32 events)
{
  if (self->state == PTL_TCP_RELAYING)
    ptl_tcp_relay (thread, self);
  else if (self->state == PTL_TCP_ENDING && !self->sides[which].dead && (events & EPOLLERR))
    ptl_tcp_free (self, TRUE);
}

static void
on_client (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  PtlTcp *self = (PtlTcp *) (gpointer) source;

  if (self->state != PTL_TCP_ENDING)
    ptl_tcp_note_events (&self->sides[PTL_CLIENT], events);
  if (G_UNLIKELY (self->rounds_to_hurry > 0 && events == 0) && self->state == PTL_TCP_RELAYING)
    hurry_in_time (self);
  if (self->state < PTL_TCP_RELAYING && (events & (EPOLLERR | EPOLLHUP)))
    ptl_tcp_free (self, TRUE);
  else if (self->state == PTL_TCP_GREETING)
    ptl_tcp_read_header (self);
  else
    relay_or_end (thread, self, PTL_CLIENT, events);
}

static int
get_error (int fd)
{
  int error = 0;
  socklen_t length = sizeof error;

  return getsockopt (fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

static void
on_target (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  PtlTcp *self
      = (PtlTcp *) (gpointer) ((guint8 *) source - G_STRUCT_OFFSET (PtlTcp, sides[PTL_TARGET]));
  int error;

  if (self->state == PTL_TCP_CONNECTING)
    {
      error = events & (EPOLLERR | EPOLLHUP) ? get_error (source->fd) : 0;
      if (error != 0)
        attempt_failed (self, error);
      else if (events & EPOLLOUT)
        {
          ptl_tcp_note_events (&self->sides[PTL_TARGET], events);
          established (self);
        }
      return;
    }
  if (self->state != PTL_TCP_ENDING)
    ptl_tcp_note_events (&self->sides[PTL_TARGET], events);
  relay_or_end (thread, self, PTL_TARGET, events);
}

void
ptl_tcp_begin (PtlTcp *self, PtlSourceEntry *entry)
{
  self->state = PTL_TCP_RESOLVING;
  self->deadline_us = self->site->thread->now_us + self->site->config->connect_timeout_us;
  ptl_connection_begin (&self->connection, self->site, PTL_PROTOCOL_TCP, entry);
  find_target (self);
}

void
ptl_tcp_accept (PtlListener *listener,
                int fd,
                const PtlAddress *from,
                guint16 from_port,
                PtlSourceEntry *entry)
{
  PtlEngineThread *thread = listener->site->thread;
  PtlTcp *self = g_new0 (PtlTcp, 1);

  self->sides[PTL_CLIENT].source = (PtlSource){ .ready = on_client, .fd = fd };
  self->sides[PTL_TARGET].source.fd = -1;
  self->timer.fire = on_timer;
  self->offset = listener->offset;
  self->from = *from;
  self->from_port = from_port;
  self->used_us = thread->now_us;
  self->state = PTL_TCP_RESOLVING;
  self->deadline_us = thread->now_us + listener->site->config->connect_timeout_us;
  link_to_site (self, listener->site);
  if (entry)
    ptl_connection_begin (&self->connection, self->site, PTL_PROTOCOL_TCP, entry);
  if (!ptl_engine_thread_watch (thread, &self->sides[PTL_CLIENT].source, EDGES))
    ptl_tcp_free (self, TRUE);
  else if (entry)
    find_target (self);
  else
    ptl_tcp_await_header (self);
}

/* Orders */

/* Its target may be one that the rule does not have any more. */
static void
choose_anew (PtlTcp *self)
{
  drop_attempt (self);
  g_clear_pointer (&self->addresses, ptl_addresses_unref);
  find_target (self);
}

static void
config_changed (PtlTcp *self)
{
  if (self->state == PTL_TCP_GREETING)
    return; /* who it is will be judged when that is known */
  if (!ptl_engine_config_allows (self->site->config, &self->from))
    ptl_tcp_free (self, TRUE);
  else if (self->state == PTL_TCP_RELAYING)
    {
      watch_time (self);
      ptl_pace_apply (self);
    }
  else if (self->state < PTL_TCP_RELAYING && self->connection.choice.target
           && !ptl_choice_stays (&self->connection.choice, self->site))
    choose_anew (self);
}

static void
each (PtlSite *site, void (*func) (PtlTcp *))
{
  PtlTcp *next;

  for (PtlTcp *self = site->connections; self; self = next)
    {
      next = self->next;
      func (self);
    }
}

void
ptl_tcp_config_changed (PtlSite *site)
{
  each (site, config_changed);
}

static PtlTcp *
from_connection (const PtlConnection *connection)
{
  return (PtlTcp *) (gpointer) ((guint8 *) connection - G_STRUCT_OFFSET (PtlTcp, connection));
}

void
ptl_tcp_get_ends (const PtlConnection *connection, PtlConnectionEnds *ends)
{
  const PtlTcp *self = from_connection (connection);

  ends->source = self->from;
  ends->port = self->from_port;
  ends->used_us = self->used_us;
}

void
ptl_tcp_cut (PtlConnection *connection)
{
  ptl_tcp_free (from_connection (connection), TRUE);
}

static void
cut (PtlTcp *self)
{
  ptl_tcp_free (self, TRUE);
}

void
ptl_tcp_cut_all (PtlSite *site)
{
  each (site, cut);
}
