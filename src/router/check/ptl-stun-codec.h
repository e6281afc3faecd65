/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The Binding method of STUN on the wire (RFC 8489). Pure: no sockets, no allocation. */

#define PTL_STUN_ID_SIZE 12
#define PTL_STUN_REQUEST_SIZE 20
/* What is longer is no answer to a request as short as ours. */
#define PTL_STUN_MAX_SIZE 1280

typedef enum
{
  PTL_STUN_FOREIGN, /* no answer to this request, or one that must be dropped: waiting goes on */
  PTL_STUN_MAPPED,
  PTL_STUN_REFUSED, /* an error response */
} PtlStunKind;

/* The address that the server saw, in network order; in an error response its code (300 to 699). */
typedef struct
{
  guint8 family; /* 4 or 6 */
  guint8 address[16];
  guint16 port;
  guint error_code;
} PtlStunAnswer;

/* A Binding request without attributes (section 5). @id: random, new for each request and server. */
void ptl_stun_encode (const guint8 id[PTL_STUN_ID_SIZE], guint8 buffer[PTL_STUN_REQUEST_SIZE]);
/* Cookie, id, type and length are checked. XOR-MAPPED-ADDRESS (section 14.2) counts, and where there is none
 * MAPPED-ADDRESS (14.1), each the first time that it occurs. A success response with a comprehension-required attribute
 * that is not known is dropped (6.3.3). @answer is filled unless the answer is FOREIGN. */
PtlStunKind ptl_stun_decode (const guint8 *data, gsize length, const guint8 id[PTL_STUN_ID_SIZE], PtlStunAnswer *answer);

G_END_DECLS
