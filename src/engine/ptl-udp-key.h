/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/**
 * PtlUdpKey:
 *
 * What tells one session from another, as bytes to compare: so all of it must be set. @local is the
 * address that was written to, and replies come from it; zero where the socket has one address
 * only.
 */
typedef struct
{
  guint32 hash; /* of the rest */
  guint32 scope;
  guint8 peer[16];
  guint8 local[16];
  guint16 port; /* network order */
  guint16 offset;
  guint16 family;
  guint16 zero;
} PtlUdpKey;

/* Room for what comes with a datagram and what goes with it: the address that was written to, and
 * the size of the parts. */
typedef union
{
  struct cmsghdr align;
  char bytes[CMSG_SPACE (sizeof (struct in6_pktinfo)) + CMSG_SPACE (sizeof (struct in_pktinfo))
             + CMSG_SPACE (sizeof (int))];
} PtlUdpControl;

/* Of a datagram as recvmsg() gave it, for the port at @offset. */
void ptl_udp_key_init (PtlUdpKey *self, struct msghdr *message, guint16 offset);
void ptl_udp_key_get_peer (const PtlUdpKey *self, PtlSockaddr *to);
void ptl_udp_key_get_source (const PtlUdpKey *self, PtlAddress *source);
/* So that a reply comes from the address that was written to. Returns how many bytes of @control it
 * needs; 0 where there is nothing to say. */
gsize ptl_udp_key_set_control (const PtlUdpKey *self, PtlUdpControl *control);
/* For a GHashTable. */
guint ptl_udp_key_hash (gconstpointer self);
gboolean ptl_udp_key_equal (gconstpointer a, gconstpointer b);

G_END_DECLS
