/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-socket-peers.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BUFFER_SIZE (32 * 1024)
#define TIMEOUT_S 3

struct _PtlSocketPeers
{
  guint8 ports[G_MAXUINT16 + 1]; /* PtlPeers */
};

static gboolean
ask (int fd, int family)
{
  struct
  {
    struct nlmsghdr header;
    struct inet_diag_req_v2 request;
  } message = {
    .header = {
      .nlmsg_len = sizeof message,
      .nlmsg_type = SOCK_DIAG_BY_FAMILY,
      .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
    },
    .request = {
      .sdiag_family = (guint8) family,
      .sdiag_protocol = IPPROTO_TCP,
      .idiag_states = 1u << TCP_ESTABLISHED,
    },
  };

  return send (fd, &message, sizeof message, 0) == sizeof message;
}

/* From loopback, or from the very address that it is connected to: this machine speaks to itself. */
static gboolean
is_from_here (const struct inet_diag_msg *found)
{
  gsize length = found->idiag_family == AF_INET ? 4 : 16;
  const guint8 *peer = (const guint8 *) found->id.idiag_dst;
  struct in6_addr v6;

  if (memcmp (found->id.idiag_src, found->id.idiag_dst, length) == 0)
    return TRUE;
  if (found->idiag_family == AF_INET)
    return peer[0] == 127;
  memcpy (&v6, peer, sizeof v6);
  return IN6_IS_ADDR_LOOPBACK (&v6) || (IN6_IS_ADDR_V4MAPPED (&v6) && v6.s6_addr[12] == 127);
}

static void
take (PtlSocketPeers *self, const struct inet_diag_msg *found)
{
  guint8 *peers = &self->ports[g_ntohs (found->id.idiag_sport)];

  *peers = MAX (*peers, is_from_here (found) ? PTL_PEERS_HERE : PTL_PEERS_OTHERS);
}

static void
read_answer (PtlSocketPeers *self, int fd)
{
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);

  for (;;)
    {
      ssize_t n = recv (fd, buffer, BUFFER_SIZE, 0);
      const struct nlmsghdr *header = (const struct nlmsghdr *)(gpointer) buffer;

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return;
      for (guint left = (guint) n; NLMSG_OK (header, left); header = NLMSG_NEXT (header, left))
        {
          if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR)
            return;
          if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY
              && header->nlmsg_len >= NLMSG_LENGTH (sizeof (struct inet_diag_msg)))
            take (self, NLMSG_DATA (header));
        }
    }
}

PtlSocketPeers *
ptl_socket_peers_read (void)
{
  PtlSocketPeers *self = g_new0 (PtlSocketPeers, 1);
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  struct timeval wait = { .tv_sec = TIMEOUT_S };

  if (fd < 0)
    return self;
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  if (ask (fd, AF_INET))
    read_answer (self, fd);
  if (ask (fd, AF_INET6))
    read_answer (self, fd);
  close (fd);
  return self;
}

void
ptl_socket_peers_free (PtlSocketPeers *self)
{
  g_free (self);
}

PtlPeers
ptl_socket_peers_of (const PtlSocketPeers *self, guint16 port)
{
  return (PtlPeers) self->ports[port];
}
