/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-udp-held.h"
#include "ptl-udp-send.h"
#include "ptl-udp.h"

G_BEGIN_DECLS

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
  gint64 trusted_until_us; /* see ptl-udp-bound.c */
  /* Until the target has answered: what to send again where the next address is tried. */
  PtlAddresses *addresses; /* of the target */
  guint next_address;
  PtlUdpHeld *held;
  guint16 segment_most; /* see ptl_udp_probe_segments() */
};

/* What a source costs, besides the kernel's socket. */
G_STATIC_ASSERT (sizeof (PtlUdpSession) <= 320);

/* The session of @key, made where there is none. NULL where the source may not have one. */
PtlUdpSession *ptl_udp_session_get (PtlListener *listener, const PtlUdpKey *key);
void ptl_udp_session_send (PtlUdpSession *self, const PtlUdpPiece *pieces, guint n);
void ptl_udp_session_free (PtlUdpSession *self);
/* Its place is the caller's then, and never free for another to snatch. */
void ptl_udp_session_free_but_place (PtlUdpSession *self);
/* Sends to the source, from the address it wrote to, what it may have of @pieces. */
void ptl_udp_reply (PtlUdpSession *session, PtlUdpPiece *pieces, guint n);
/* The thread's, made where there is none. */
PtlUdpBatch *ptl_udp_get_batch (PtlEngineThread *thread);
/* Keeps the order of last use. */
void ptl_udp_table_append (PtlSite *site, PtlUdpSession *session);
void ptl_udp_table_remove (PtlSite *site, PtlUdpSession *session);
void ptl_udp_table_touch (PtlUdpSession *session);
/* Takes one of the places that the forward has for sessions, by dropping its oldest session where
 * all are taken. FALSE: there is none, or another thread was asked to drop its oldest, and the
 * session begins when it has; then
 * @entry is taken over. */
gboolean ptl_udp_room_take (PtlListener *listener, const PtlUdpKey *key, PtlSourceEntry *entry);
/* Of all sites of a forward in the thread: of those too that are being drained since it moved.
 * NULL: there is none. */
PtlUdpSession *ptl_udp_room_find_oldest (PtlEngineThread *thread, const PtlTally *tally);
gboolean ptl_udp_room_is_waiting (PtlSite *site, const PtlUdpKey *key);
void ptl_udp_room_give_back (PtlTally *tally);
/* What comes from a source whose session waits for a place. */
void ptl_udp_room_hold (PtlSite *site, const PtlUdpKey *key, const PtlUdpPiece *pieces, guint n);
/* Drops the oldest ones where there are more than an edit allows. */
void ptl_udp_room_shrink (PtlSite *site);
/* The session of @key, with a place that was taken already; gives it back where there can be no
 * session. */
PtlUdpSession *
ptl_udp_session_begin (PtlListener *listener, const PtlUdpKey *key, PtlSourceEntry *entry);
/* The bound on replies to a source that has not proved itself. */
void ptl_udp_bound_begin (PtlUdpSession *self);
void ptl_udp_bound_asked (PtlUdpSession *self, const PtlUdpPiece *pieces, guint n);
/* Takes out of @pieces what may not be sent; returns how many there are left. */
guint ptl_udp_bound_replies (PtlUdpSession *self, PtlUdpPiece *pieces, guint n);
/* What the hosts of sources said by ICMP. */
void ptl_udp_bound_read_errors (PtlListener *listener);
/* What has been passed on. */
void ptl_udp_session_count (PtlUdpSession *self, gboolean in, const PtlUdpSending *sent);

G_END_DECLS
