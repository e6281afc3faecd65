/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-private.h"

#include <errno.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include "ptl-udp-pace.h"

/* So many calls for one socket, then the others have their turn: epoll names it again. */
#define N_CALLS 4
#define LISTENER_BUFFER (4 * 1024 * 1024)

static void
set_int (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

/* What comes while a thread is busy waits there: as much as the system lets one have. */
static void
set_buffers (int fd)
{
  const int size = LISTENER_BUFFER;

  if (setsockopt (fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
    set_int (fd, SOL_SOCKET, SO_RCVBUF, size);
  set_int (fd, SOL_SOCKET, SO_SNDBUF, size);
}

void
ptl_udp_set_options (int fd, int family, gboolean any_address)
{
  set_buffers (fd);
  set_int (fd, SOL_UDP, UDP_GRO, 1);
  set_int (fd, IPPROTO_IP, IP_RECVERR, 1); /* on "::" for IPv4 */
  if (family == AF_INET6)
    set_int (fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
  if (!any_address)
    return;
  set_int (fd, IPPROTO_IP, IP_PKTINFO, 1);
  if (family == AF_INET6)
    set_int (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

PtlUdpBatch *
ptl_udp_get_batch (PtlEngineThread *thread)
{
  if (!thread->udp_batch)
    thread->udp_batch = ptl_udp_batch_new ();
  return thread->udp_batch;
}

/* What one call brought to a listener. */
typedef struct
{
  const PtlUdpPiece *pieces;
  PtlUdpKey keys[PTL_UDP_BATCH];
  guint8 rest[PTL_UDP_BATCH]; /* places of those that are not handed on yet */
  guint n_rest;
} Incoming;

/* Takes out what comes from the same source as the first, in its order. */
static guint
take_same (Incoming *self, PtlUdpPiece *same)
{
  const PtlUdpKey *first = &self->keys[self->rest[0]];
  guint n_same = 0, kept = 0;

  for (guint i = 0; i < self->n_rest; i++)
    if (ptl_udp_key_equal (&self->keys[self->rest[i]], first))
      same[n_same++] = self->pieces[self->rest[i]];
    else
      self->rest[kept++] = self->rest[i];
  self->n_rest = kept;
  return n_same;
}

static void
hand_on (PtlListener *listener, PtlUdpBatch *batch, guint n)
{
  Incoming incoming;

  incoming.pieces = ptl_udp_batch_get_pieces (batch);
  incoming.n_rest = n;
  for (guint i = 0; i < n; i++)
    {
      incoming.rest[i] = (guint8) i;
      ptl_udp_batch_get_key (batch, i, listener->offset, &incoming.keys[i]);
    }
  while (incoming.n_rest > 0)
    {
      PtlUdpPiece same[PTL_UDP_BATCH];
      const PtlUdpKey *key = &incoming.keys[incoming.rest[0]];
      guint n_same = take_same (&incoming, same);
      PtlUdpSession *session = ptl_udp_session_get (listener, key);

      if (session)
        ptl_udp_session_send (session, same, n_same);
      else
        ptl_udp_room_hold (listener->site, key, same, n_same);
    }
}

void
ptl_udp_on_datagrams (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  PtlListener *self = (PtlListener *) source;
  PtlUdpBatch *batch = ptl_udp_get_batch (thread);

  if (events & EPOLLERR)
    ptl_udp_bound_read_errors (self);
  for (guint i = 0; i < N_CALLS; i++)
    {
      int n = ptl_udp_batch_receive (batch, source->fd);

      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0)
        continue; /* a pending error, which the call has cleared */
      ptl_wait_note_datagrams (&thread->wait, (guint) n);
      hand_on (self, batch, (guint) n);
      if (n < PTL_UDP_BATCH)
        return;
    }
}

void
ptl_udp_reply (PtlUdpSession *session, PtlUdpPiece *pieces, guint n)
{
  PtlUdpSending sending = {
    .fd = session->listener->source.fd,
    .key = &session->key,
    .segment_most = &session->listener->segment_most,
  };
  PtlUdpPiece passed[PTL_UDP_BATCH];

  n = ptl_udp_bound_replies (session, pieces, n);
  if (G_UNLIKELY (ptl_engine_config_has_rates (session->site->config)))
    {
      n = ptl_udp_let_pass (session, FALSE, pieces, n, passed);
      pieces = passed;
    }
  ptl_udp_send (&sending, pieces, n);
  ptl_udp_session_count (session, FALSE, &sending);
}
