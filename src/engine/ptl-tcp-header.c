/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tcp-header.h"

#include <errno.h>
#include <sys/socket.h>

#include "ptl-admission.h"
#include "ptl-tcp-private.h"

/* Those who owe a header are under no limit yet: so this bounds them, in each thread. */
#define AWAITED_MOST 1024u

/* From who connects */

gboolean
ptl_tcp_owes_header (const PtlSite *site, const PtlAddress *source)
{
  const PtlAudience *proxies = site->config->options->proxy_from;

  return G_UNLIKELY (proxies != NULL)
         && ptl_audience_contains (proxies, source->family, source->bytes);
}

void
ptl_tcp_await_header (PtlTcp *self)
{
  self->state = PTL_TCP_GREETING;
  if (self->site->n_greeting++ < AWAITED_MOST)
    ptl_timers_arm (&self->site->thread->timers, &self->timer, self->deadline_us);
  else
    ptl_tcp_refuse_header (self);
}

void
ptl_tcp_refuse_header (PtlTcp *self)
{
  ptl_admission_refuse (self->site, &self->from, PTL_REFUSED_PROXY);
  ptl_tcp_free (self, TRUE);
}

/* What it names is who connects, in all that follows; LOCAL and the like leave the proxy itself. */
static void
take_header (PtlTcp *self, const PtlProxyHeader *header)
{
  PtlSourceEntry *entry;

  if (header->has_addresses)
    {
      self->from = header->source;
      self->from_port = header->source_port;
      self->header = g_memdup2 (header, sizeof *header);
    }
  entry = ptl_admission_begin (self->site, &self->from);
  if (!entry)
    {
      ptl_tcp_free (self, TRUE);
      return;
    }
  self->site->n_greeting--;
  ptl_tcp_begin (self, entry);
}

/* Looks without taking, so that what follows the header stays in the socket for the relay. */
void
ptl_tcp_read_header (PtlTcp *self)
{
  PtlTcpSide *client = &self->sides[PTL_CLIENT];
  guint8 *buffer = self->site->thread->buffer;
  PtlProxyHeader header;
  gsize length;
  ssize_t n = recv (client->source.fd, buffer, PTL_PROXY_HEADER_MOST, MSG_PEEK);
  PtlProxyResult result = n > 0    ? ptl_proxy_parse (buffer, (gsize) n, &header, &length)
                          : n == 0 ? PTL_PROXY_BAD
                                   : PTL_PROXY_MORE;

  if (n < 0 && errno != EAGAIN && errno != EINTR)
    ptl_tcp_free (self, TRUE);
  else if (result == PTL_PROXY_BAD || (result == PTL_PROXY_MORE && client->hung))
    ptl_tcp_refuse_header (self);
  else if (result == PTL_PROXY_DONE && recv (client->source.fd, buffer, length, 0) > 0)
    take_header (self, &header);
}

/* To the target */

/* Of a client that no proxy spoke for. */
static void
describe_client (const PtlTcp *self, PtlProxyHeader *header)
{
  PtlSockaddr local;
  socklen_t length = sizeof local;

  *header = (PtlProxyHeader){ .source = self->from, .source_port = self->from_port };
  if (getsockname (self->sides[PTL_CLIENT].source.fd, &local.any, &length) < 0)
    return;
  header->has_addresses = TRUE;
  ptl_sockaddr_get_address (&local, &header->destination);
  header->destination_port = ptl_sockaddr_get_port (&local);
}

void
ptl_tcp_send_header (PtlTcp *self)
{
  PtlProxy version = (PtlProxy) self->site->config->options->values[PTL_OPTION_PROXY];
  guint8 bytes[PTL_PROXY_WRITTEN_MOST];
  PtlProxyHeader header;
  ssize_t sent;
  gsize n;

  if (G_LIKELY (version == PTL_PROXY_NONE))
    return;
  if (self->header)
    header = *self->header;
  else
    describe_client (self, &header);
  g_clear_pointer (&self->header, g_free);
  n = ptl_proxy_write (version, &header, bytes);
  sent = send (self->sides[PTL_TARGET].source.fd, bytes, n, MSG_NOSIGNAL);
  if (sent < 0)
    sent = 0; /* the relay finds out why */
  if ((gsize) sent < n)
    ptl_tcp_flow_hold (&self->flows[PTL_CLIENT], bytes + sent, n - (gsize) sent);
}
