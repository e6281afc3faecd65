/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define N_DATAGRAMS 64
#define SOCKET_BUFFER (1024 * 1024)

typedef union
{
  struct cmsghdr align;
  char bytes[CMSG_SPACE (sizeof (struct in6_pktinfo))];
} Control;

static void
set_int (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

void
ptl_udp_set_options (int fd, int family, gboolean any_address)
{
  set_int (fd, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER);
  set_int (fd, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER);
  if (!any_address)
    return;
  if (family == AF_INET)
    set_int (fd, IPPROTO_IP, IP_PKTINFO, 1);
  else
    set_int (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

static void
key_set_peer (PtlUdpKey *self, const PtlSockaddr *from)
{
  self->family = from->any.sa_family;
  if (self->family == AF_INET)
    {
      memcpy (self->peer, &from->in.sin_addr, 4);
      self->port = from->in.sin_port;
      return;
    }
  memcpy (self->peer, &from->in6.sin6_addr, 16);
  self->port = from->in6.sin6_port;
  self->scope = from->in6.sin6_scope_id;
}

static void
key_get_peer (const PtlUdpKey *self, PtlSockaddr *to)
{
  memset (to, 0, sizeof *to);
  to->any.sa_family = self->family;
  if (self->family == AF_INET)
    {
      memcpy (&to->in.sin_addr, self->peer, 4);
      to->in.sin_port = self->port;
      return;
    }
  memcpy (&to->in6.sin6_addr, self->peer, 16);
  to->in6.sin6_port = self->port;
  to->in6.sin6_scope_id = self->scope;
}

void
ptl_udp_key_get_source (const PtlUdpKey *self, PtlAddress *source)
{
  PtlSockaddr peer;

  key_get_peer (self, &peer);
  ptl_sockaddr_get_address (&peer, source);
}

/* RFC 3542 section 6.1; ip(7). For a broadcast, ipi_spec_dst is the address to answer from. */
static void
key_set_local (PtlUdpKey *self, struct msghdr *message)
{
  for (struct cmsghdr *i = CMSG_FIRSTHDR (message); i; i = CMSG_NXTHDR (message, i))
    if (i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_PKTINFO)
      {
        struct in_pktinfo info;

        memcpy (&info, CMSG_DATA (i), sizeof info);
        memcpy (self->local, &info.ipi_spec_dst, 4);
      }
    else if (i->cmsg_level == IPPROTO_IPV6 && i->cmsg_type == IPV6_PKTINFO)
      {
        struct in6_pktinfo info;

        memcpy (&info, CMSG_DATA (i), sizeof info);
        /* One cannot answer from a group's address: then the system chooses. */
        if (!IN6_IS_ADDR_MULTICAST (&info.ipi6_addr))
          memcpy (self->local, &info.ipi6_addr, 16);
      }
}

static ssize_t
receive (PtlEngineThread *thread, PtlListener *self, PtlUdpKey *key)
{
  PtlSockaddr from;
  Control control;
  struct iovec data = { thread->buffer, PTL_ENGINE_BUFFER_SIZE };
  struct msghdr message = {
    .msg_name = &from,
    .msg_namelen = sizeof from,
    .msg_iov = &data,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  ssize_t n = recvmsg (self->source.fd, &message, MSG_DONTWAIT);

  if (n < 0)
    return n;
  memset (key, 0, sizeof *key);
  key->offset = self->offset;
  key_set_peer (key, &from);
  key_set_local (key, &message);
  return n;
}

void
ptl_udp_on_datagrams (PtlEngineThread *thread, PtlSource *source, guint32 events)
{
  PtlListener *self = (PtlListener *) source;

  for (guint i = 0; i < N_DATAGRAMS; i++)
    {
      PtlUdpKey key;
      ssize_t n = receive (thread, self, &key);
      PtlUdpSession *session;

      if (n < 0 && errno == EAGAIN)
        return;
      if (n < 0)
        continue; /* a pending error, which the call has cleared */
      session = ptl_udp_session_get (self, &key);
      if (session)
        ptl_udp_session_send (session, thread->buffer, (gsize) n);
    }
}

static void
set_control (struct msghdr *message, Control *control, const PtlUdpKey *key)
{
  struct cmsghdr *header;
  gboolean v4 = key->family == AF_INET;
  gsize length = v4 ? sizeof (struct in_pktinfo) : sizeof (struct in6_pktinfo);

  memset (control, 0, sizeof *control);
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE (length);
  header = CMSG_FIRSTHDR (message);
  header->cmsg_len = CMSG_LEN (length);
  header->cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  header->cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
  if (v4)
    {
      struct in_pktinfo info = { 0 };

      memcpy (&info.ipi_spec_dst, key->local, 4);
      memcpy (CMSG_DATA (header), &info, sizeof info);
    }
  else
    {
      struct in6_pktinfo info = { .ipi6_ifindex = key->scope };

      memcpy (&info.ipi6_addr, key->local, 16);
      memcpy (CMSG_DATA (header), &info, sizeof info);
    }
}

void
ptl_udp_reply (PtlUdpSession *session, const guint8 *bytes, gsize n)
{
  const PtlUdpKey *key = &session->key;
  static const guint8 none[16];
  PtlSockaddr to;
  Control control;
  struct iovec data = { (guint8 *) bytes, n };
  struct msghdr message = { .msg_name = &to, .msg_iov = &data, .msg_iovlen = 1 };

  key_get_peer (key, &to);
  message.msg_namelen = ptl_sockaddr_get_length (&to);
  if (memcmp (key->local, none, sizeof none) != 0)
    set_control (&message, &control, key);
  /* What cannot be sent now is lost, as datagrams may be. */
  if (sendmsg (session->listener->source.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
    ptl_udp_session_count (session, FALSE, n);
}
