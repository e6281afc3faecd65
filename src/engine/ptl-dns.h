/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sockaddr.h"

G_BEGIN_DECLS

#define PTL_DNS_ADDRESSES_MOST 64

/* What a name server says of a name: where it leads, and for how long that stands. */
typedef struct
{
  guint n;
  PtlSockaddr items[PTL_DNS_ADDRESSES_MOST];
  guint32 ttl; /* seconds; the least of all that led there */
} PtlDnsAnswer;

/* Reads @bytes, an answer to a question for the A (@family AF_INET) or AAAA (AF_INET6) records of one name, and adds
 * what it says to @answer, whose `ttl` is G_MAXUINT32 at first. Aliases are followed (RFC 1034 section 3.6.2); what the
 * question did not ask for is left out. FALSE: it is no such answer. */
gboolean ptl_dns_read (PtlDnsAnswer *answer, int family, const guint8 *bytes, gsize n);

G_END_DECLS
