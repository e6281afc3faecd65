/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-private.h"

#include <errno.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include "ptl-admission.h"
#include "ptl-descriptors.h"
#include "ptl-pace.h"
#include "ptl-udp-pace.h"

/* So many calls for one socket, then the others have their turn: epoll names it again. */
#define N_CALLS 4
#define SOCKET_BUFFER (1024 * 1024)

/* A session */

void
ptl_udp_session_count (PtlUdpSession *self, gboolean in, const PtlUdpSending *sent)
{
  if (sent->n_datagrams == 0)
    return;
  /* Who sees the bytes sees their datagrams too. */
  ptl_site_count_packets (self->site, in, sent->n_datagrams);
  ptl_choice_count_packets (&self->connection.choice, in, sent->n_datagrams);
  ptl_connection_count (&self->connection, self->site, in, sent->n_bytes);
}

static void
forget_held (PtlUdpSession *self)
{
  g_clear_pointer (&self->held, ptl_udp_held_free);
  g_clear_pointer (&self->addresses, ptl_addresses_unref);
}

void
ptl_udp_session_free_but_place (PtlUdpSession *self)
{
  PtlSite *site = self->site;

  ptl_engine_thread_drop (site->thread, &self->source);
  forget_held (self);
  ptl_choice_clear (&self->connection.choice);
  g_hash_table_remove (site->udp.by_key, &self->key);
  ptl_udp_table_remove (site, self);
  ptl_engine_thread_bury (site->thread, self);
  ptl_connection_end (&self->connection, site);
}

void
ptl_udp_session_free (PtlUdpSession *self)
{
  g_autoptr (PtlTally) tally = ptl_tally_ref (self->site->tally);

  ptl_udp_session_free_but_place (self);
  ptl_udp_room_give_back (tally);
}

static void
set_int (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

static int
open_connected (PtlUdpSession *self, const PtlSockaddr *target)
{
  PtlSockaddr address = *target;
  int fd = ptl_descriptors_open_socket (address.any.sa_family, SOCK_DGRAM);

  /* At the descriptor limit the oldest makes room for the new one. */
  if (fd < 0 && (errno == EMFILE || errno == ENFILE) && self->site->udp.oldest != self)
    {
      ptl_udp_session_free (self->site->udp.oldest);
      fd = ptl_descriptors_open_socket (address.any.sa_family, SOCK_DGRAM);
    }
  if (fd < 0)
    return -1;
  set_int (fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
  set_int (fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
  set_int (fd, SOL_UDP, UDP_GRO, 1);
  self->segment_most = ptl_udp_probe_segments (fd);
  ptl_sockaddr_set_port (&address, self->connection.choice.target->port + self->key.offset);
  ptl_connection_set_target (&self->connection, &address, ptl_sockaddr_get_port (&address));
  if (connect (fd, &address.any, ptl_sockaddr_get_length (&address)) == 0)
    return fd;
  close (fd);
  return -1;
}

static void on_replies (PtlEngineThread *thread, PtlSource *source, guint32 events);

/* From the address at hand on. */
static gboolean
open_next (PtlUdpSession *self)
{
  PtlEngineThread *thread = self->site->thread;

  for (; self->next_address < self->addresses->n; self->next_address++)
    {
      ptl_engine_thread_drop (thread, &self->source);
      self->source.fd = open_connected (self, &self->addresses->items[self->next_address]);
      self->source.ready = on_replies;
      if (self->source.fd >= 0 && ptl_engine_thread_watch (thread, &self->source, EPOLLIN))
        return TRUE;
    }
  return FALSE;
}

/* The first target that can be sent to, or whose name is being looked up. FALSE: there is none. */
static gboolean
find_target (PtlUdpSession *self)
{
  PtlAddress from;

  ptl_udp_key_get_source (&self->key, &from);
  while (ptl_choice_next (&self->connection.choice, self->site, &from))
    {
      ptl_engine_thread_drop (self->site->thread, &self->source);
      g_clear_pointer (&self->addresses, ptl_addresses_unref);
      self->next_address = 0;
      self->addresses = ptl_site_get_addresses (self->site, self->connection.choice.target);
      if (!self->addresses || open_next (self))
        return TRUE;
      ptl_choice_failed (&self->connection.choice, self->site, 0);
    }
  ptl_site_count_refused (self->site, PTL_REFUSED_TARGET);
  return FALSE;
}

static void
hold (PtlUdpSession *self, const PtlUdpPiece *pieces, guint n)
{
  if (!self->held)
    self->held = ptl_udp_held_new ();
  for (guint i = 0; i < n; i++)
    ptl_udp_held_add (self->held, &pieces[i]);
}

static gboolean
may_try_next (const PtlUdpSession *self)
{
  return self->addresses
         && (self->next_address + 1 < self->addresses->n || self->connection.choice.n_left > 1);
}

/* FALSE: the target refuses, and another address or target is left to try. */
static gboolean
send_now (PtlUdpSession *self, const PtlUdpPiece *pieces, guint n)
{
  PtlUdpSending sending = {
    .fd = self->source.fd,
    .segment_most = &self->segment_most,
    .stops = may_try_next (self),
  };

  ptl_udp_send (&sending, pieces, n);
  ptl_udp_session_count (self, TRUE, &sending);
  return !(sending.refused && sending.stops);
}

static void
send_held (PtlUdpSession *self)
{
  const PtlUdpPiece *pieces;
  guint n;

  if (!self->held)
    return;
  pieces = ptl_udp_held_get_pieces (self->held, &n);
  send_now (self, pieces, n);
}

static gboolean
move_on (PtlUdpSession *self)
{
  self->next_address++;
  if (open_next (self))
    return TRUE;
  ptl_choice_failed (&self->connection.choice, self->site, ECONNREFUSED);
  return find_target (self);
}

static void
send_what_waited (PtlUdpSession *self)
{
  if (self->source.fd < 0)
    return;
  send_held (self);
  if (!may_try_next (self))
    forget_held (self);
}

/* Nobody listens there. Once the target has answered, or where there is no other, its program may
 * be starting again: so the session stays. The session may be gone afterwards. */
static void
refused (PtlUdpSession *self)
{
  if (self->connection.choice.taken)
    return;
  if (!may_try_next (self))
    ptl_choice_failed (&self->connection.choice, self->site, ECONNREFUSED);
  else if (move_on (self))
    send_what_waited (self);
  else
    ptl_udp_session_free (self);
}

static void
answered (PtlUdpSession *self)
{
  if (!self->connection.choice.taken)
    ptl_choice_took (&self->connection.choice, self->site);
  forget_held (self);
}

/* Looked at when something moves: an idle one ends by itself. */
static gboolean
is_over (const PtlUdpSession *self)
{
  gint64 total_us = self->site->config->total_timeout_us;

  return G_UNLIKELY (total_us != 0)
         && self->site->thread->now_us - self->connection.began_us >= total_us;
}

static void
on_replies (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  PtlUdpSession *self = (PtlUdpSession *) (gpointer) source;
  PtlUdpBatch *batch = ptl_udp_get_batch (thread);

  if (is_over (self))
    {
      ptl_udp_session_free (self);
      return;
    }
  for (guint i = 0; i < N_CALLS && source->fd >= 0; i++)
    {
      int n = ptl_udp_batch_receive (batch, source->fd);

      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0 && errno == ECONNREFUSED)
        refused (self);
      if (n < 0)
        continue;
      ptl_wait_note_datagrams (&thread->wait, (guint) n);
      answered (self);
      ptl_udp_table_touch (self);
      ptl_udp_reply (self, ptl_udp_batch_get_pieces (batch), (guint) n);
      if (n < PTL_UDP_BATCH)
        return;
    }
}

static PtlUdpSession *
session_new (PtlListener *listener, const PtlUdpKey *key, PtlSourceEntry *entry)
{
  PtlSite *site = listener->site;
  PtlEngineThread *thread = site->thread;
  PtlUdpSession *self = g_new0 (PtlUdpSession, 1);

  self->source.fd = -1;
  self->key = *key;
  self->site = site;
  self->listener = listener;
  self->used_us = thread->now_us;
  ptl_udp_bound_begin (self);
  ptl_udp_table_append (site, self);
  g_hash_table_add (site->udp.by_key, &self->key);
  ptl_connection_begin (&self->connection, site, PTL_PROTOCOL_UDP, entry);
  if (!site->udp.timer.place)
    ptl_timers_arm (&thread->timers, &site->udp.timer,
                    thread->now_us + site->config->udp_idle_timeout_us);
  if (find_target (self))
    return self;
  ptl_udp_session_free (self);
  return NULL;
}

static PtlUdpSession *
find (PtlSite *site, const PtlUdpKey *key)
{
  gpointer found = g_hash_table_lookup (site->udp.by_key, key);

  return found ? (PtlUdpSession *) (gpointer) ((guint8 *) found
                                               - G_STRUCT_OFFSET (PtlUdpSession, key))
               : NULL;
}

PtlUdpSession *
ptl_udp_session_get (PtlListener *listener, const PtlUdpKey *key)
{
  PtlSite *site = listener->site;
  PtlUdpSession *self = find (site, key);
  PtlSourceEntry *entry;
  PtlAddress source;

  if (self && !is_over (self))
    return self;
  if (self) /* the next one may begin at once, where it is let in */
    ptl_udp_session_free (self);
  if (site->closing || ptl_udp_room_is_waiting (site, key))
    return NULL;
  ptl_udp_key_get_source (key, &source);
  entry = ptl_admission_reserve (site, &source);
  return entry && ptl_udp_room_take (listener, key, entry)
             ? ptl_udp_session_begin (listener, key, entry)
             : NULL;
}

PtlUdpSession *
ptl_udp_session_begin (PtlListener *listener, const PtlUdpKey *key, PtlSourceEntry *entry)
{
  PtlAddress source;

  ptl_udp_key_get_source (key, &source);
  if (ptl_admission_fulfil (listener->site, entry, &source))
    return session_new (listener, key, entry);
  ptl_udp_room_give_back (listener->site->tally);
  return NULL;
}

void
ptl_udp_session_send (PtlUdpSession *self, const PtlUdpPiece *pieces, guint n)
{
  PtlUdpPiece passed[PTL_UDP_BATCH];

  ptl_udp_table_touch (self);
  ptl_udp_bound_asked (self, pieces, n);
  if (G_UNLIKELY (ptl_engine_config_has_rates (self->site->config)))
    {
      n = ptl_udp_let_pass (self, TRUE, pieces, n, passed);
      pieces = passed;
    }
  if (self->source.fd < 0 || may_try_next (self))
    hold (self, pieces, n);
  if (self->source.fd >= 0 && !send_now (self, pieces, n))
    refused (self);
}

/* Orders */

static void
each (PtlSite *site, void (*func) (PtlUdpSession *, gpointer), gpointer data)
{
  PtlUdpSession *next;

  for (PtlUdpSession *self = site->udp.oldest; self; self = next)
    {
      next = self->newer;
      func (self, data);
    }
}

/* FALSE: no target is left. */
static gboolean
open_named (PtlUdpSession *self, PtlName *name)
{
  self->addresses = ptl_name_peek (name);
  self->next_address = 0;
  if (open_next (self))
    return TRUE;
  ptl_choice_failed (&self->connection.choice, self->site, 0);
  return find_target (self);
}

static void
named (PtlUdpSession *self, gpointer name)
{
  if (self->source.fd >= 0 || self->addresses || self->connection.choice.target->name != name)
    return;
  if (open_named (self, name))
    send_what_waited (self);
  else
    ptl_udp_session_free (self);
}

void
ptl_udp_named (PtlSite *site, const PtlName *name)
{
  each (site, named, (gpointer) name);
}

static void
config_changed (PtlUdpSession *self, gpointer unused)
{
  PtlAddress source;

  ptl_udp_key_get_source (&self->key, &source);
  /* Those that still wait for the name of the target before, or for its first answer, have nothing
   * to keep: they come again, and for some that never fall silent that is the only way to the new
   * one. */
  if (self->source.fd < 0 || !ptl_engine_config_allows (self->site->config, &source)
      || !(self->connection.choice.taken
           || ptl_choice_stays (&self->connection.choice, self->site)))
    ptl_udp_session_free (self);
  else
    ptl_pace_reset (&self->connection);
}

void
ptl_udp_config_changed (PtlSite *site)
{
  each (site, config_changed, NULL);
  ptl_udp_room_shrink (site);
  if (site->udp.oldest)
    ptl_timers_arm (&site->thread->timers, &site->udp.timer,
                    site->udp.oldest->used_us + site->config->udp_idle_timeout_us);
}

static PtlUdpSession *
from_connection (const PtlConnection *connection)
{
  return (PtlUdpSession *) (gpointer) ((guint8 *) connection
                                       - G_STRUCT_OFFSET (PtlUdpSession, connection));
}

void
ptl_udp_get_ends (const PtlConnection *connection, PtlConnectionEnds *ends)
{
  const PtlUdpSession *self = from_connection (connection);

  ptl_udp_key_get_source (&self->key, &ends->source);
  ends->port = g_ntohs (self->key.port);
  ends->used_us = self->used_us;
}

void
ptl_udp_cut (PtlConnection *connection)
{
  ptl_udp_session_free (from_connection (connection));
}

static void
cut (PtlUdpSession *self, gpointer unused)
{
  ptl_udp_session_free (self);
}

void
ptl_udp_cut_all (PtlSite *site)
{
  each (site, cut, NULL);
}
