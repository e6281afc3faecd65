/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-key.h"

#include <string.h>

#define HASHED_FROM G_STRUCT_OFFSET (PtlUdpKey, scope)

/* Seeded, so that a stranger cannot choose sources that all fall into one bucket. */
static guint32
compute_hash (const PtlUdpKey *self)
{
  static gsize seed;
  guint64 words[(sizeof (PtlUdpKey) - HASHED_FROM + 7) / 8] = { 0 };
  guint64 hash;

  if (g_once_init_enter (&seed))
    g_once_init_leave (&seed, ((gsize) g_random_int () << 32 | g_random_int ()) | 1);
  hash = seed;
  memcpy (words, (const guint8 *) self + HASHED_FROM, sizeof (PtlUdpKey) - HASHED_FROM);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      hash = (hash ^ words[i]) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 29;
    }
  return (guint32) (hash >> 16);
}

guint
ptl_udp_key_hash (gconstpointer self)
{
  return ((const PtlUdpKey *) self)->hash;
}

gboolean
ptl_udp_key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (PtlUdpKey)) == 0;
}

static void
set_peer (PtlUdpKey *self, const PtlSockaddr *from)
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

/* For a broadcast, ipi_spec_dst is the address to answer from. A socket on "::" tells that of IPv4
 * beside the other, which cannot be answered from then, and after it. */
static void
set_local4 (PtlUdpKey *self, const struct in_pktinfo *info)
{
  gboolean mapped = self->family == AF_INET6;

  memset (self->local, 0, sizeof self->local);
  if (mapped)
    memset (self->local + 10, 0xff, 2);
  memcpy (self->local + (mapped ? 12 : 0), &info->ipi_spec_dst, 4);
}

/* RFC 3542 section 6.1; ip(7). */
static void
set_local (PtlUdpKey *self, struct msghdr *message)
{
  for (struct cmsghdr *i = CMSG_FIRSTHDR (message); i; i = CMSG_NXTHDR (message, i))
    if (i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_PKTINFO)
      {
        struct in_pktinfo info;

        memcpy (&info, CMSG_DATA (i), sizeof info);
        set_local4 (self, &info);
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

void
ptl_udp_key_init (PtlUdpKey *self, struct msghdr *message, guint16 offset)
{
  memset (self, 0, sizeof *self);
  self->offset = offset;
  set_peer (self, message->msg_name);
  set_local (self, message);
  self->hash = compute_hash (self);
}

void
ptl_udp_key_get_peer (const PtlUdpKey *self, PtlSockaddr *to)
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

  ptl_udp_key_get_peer (self, &peer);
  ptl_sockaddr_get_address (&peer, source);
}

gsize
ptl_udp_key_set_control (const PtlUdpKey *self, PtlUdpControl *control)
{
  static const guint8 none[16];
  gboolean v4 = self->family == AF_INET;
  gsize length = v4 ? sizeof (struct in_pktinfo) : sizeof (struct in6_pktinfo);
  struct in6_pktinfo info6 = { .ipi6_ifindex = self->scope };
  struct in_pktinfo info4 = { 0 };

  if (memcmp (self->local, none, sizeof none) == 0)
    return 0;
  memset (control, 0, sizeof *control);
  control->align.cmsg_len = CMSG_LEN (length);
  control->align.cmsg_level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  control->align.cmsg_type = v4 ? IP_PKTINFO : IPV6_PKTINFO;
  memcpy (&info4.ipi_spec_dst, self->local, 4);
  memcpy (&info6.ipi6_addr, self->local, 16);
  memcpy (CMSG_DATA (&control->align), v4 ? (gpointer) &info4 : &info6, length);
  return CMSG_SPACE (length);
}
