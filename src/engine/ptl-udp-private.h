/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-udp.h"

G_BEGIN_DECLS

/* What tells one session from another, as bytes to hash and compare: so all of it must be set.
 * @local is the address that was written to, and replies come from it; zero where the socket has
 * one address only. */
typedef struct
{
  guint8 peer[16];
  guint8 local[16];
  guint32 scope;
  guint16 port; /* network order */
  guint16 offset;
  guint16 family;
  guint16 zero;
} PtlUdpKey;

/* Someone who sends datagrams, with a socket of its own to the target. */
struct _PtlUdpSession
{
  PtlSource source; /* to the target; fd -1 while its name is being looked up */
  PtlUdpKey key;
  PtlConnection connection;
  PtlSite *site;
  PtlListener *listener;
  PtlUdpSession *older;
  PtlUdpSession *newer;
  gint64 used_us;
  /* Until the target has answered: what to send again where the next address is tried. */
  PtlAddresses *addresses;
  guint next_address;
  GQueue *held; /* of GBytes */
  gsize n_held;
};

/* The session of @key, made where there is none. NULL where the source may not have one. */
PtlUdpSession *ptl_udp_session_get (PtlListener *listener, const PtlUdpKey *key);
void ptl_udp_session_send (PtlUdpSession *self, const guint8 *data, gsize n);
void ptl_udp_session_free (PtlUdpSession *self);
/* Sends to the source, from the address it wrote to. */
void ptl_udp_reply (PtlUdpSession *session, const guint8 *data, gsize n);
/* Keeps the order of last use. */
void ptl_udp_table_append (PtlSite *site, PtlUdpSession *session);
void ptl_udp_table_remove (PtlSite *site, PtlUdpSession *session);
void ptl_udp_table_touch (PtlUdpSession *session);
/* Keeps the forward's cap, where one session more is counted than there is in the tables. */
void ptl_udp_table_make_room (PtlSite *site);
/* Drops this thread's oldest until the forward has @n at most. */
void ptl_udp_table_drop_down_to (PtlSite *site, guint n);
void ptl_udp_key_get_source (const PtlUdpKey *self, PtlAddress *source);
/* One datagram has been passed on. */
void ptl_udp_session_count (PtlUdpSession *self, gboolean in, gsize n);

G_END_DECLS
