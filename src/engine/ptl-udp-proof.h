/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/* A request after a reply, so many times, each at a moment of its own. */
#define PTL_UDP_PROOF_TURNS 4
#define PTL_UDP_PROOF_MOMENT_US (50 * 1000)
/* How long it holds after the last datagram: ten minutes, and one for which a session does not look
 * again. */
#define PTL_UDP_PROOF_HOLDS_US (11 * 60 * G_USEC_PER_SEC)
#define PTL_UDP_PROOF_TRUSTED_US (60 * G_USEC_PER_SEC)
/* How long a source is not believed after its host has said that nobody there listens. */
#define PTL_UDP_PROOF_DENIED_US (10 * G_USEC_PER_SEC)

/**
 * PtlUdpProof:
 *
 * Whether those who send from an address are there, and hear the replies. All zero = nothing is
 * known.
 *
 * Whoever forges the source of datagrams has the replies sent to a victim, and where a reply is
 * larger than the request, we multiply what the forger can send. So until an address has proved
 * itself its replies are bounded by a factor of its requests, in bytes of datagrams as in RFC 9000
 * section 8.1, whatever the ports: what is beyond is dropped. It has proved itself when it went on
 * with the talk often enough: a request after a reply, at distinct moments.
 *
 * What this keeps off: a burst of forged requests, however large, and sweeps over many victims'
 * addresses bring them no more than the factor allows. A victim whose host says by ICMP that nobody
 * listens there is never taken for someone who talks. What it does not: one who goes on forging the
 * address of a host that keeps silent looks like one who talks, and only the protocol itself, with
 * a token that must come back, could tell them apart. Nor does it help against those who own the
 * addresses that they send from. Addresses within one IPv6 /64 count as one.
 *
 * What is wanted of those who are there: to ask again where a first reply was too large, as clients
 * do.
 */
typedef struct
{
  guint64 asked;   /* bytes */
  guint64 replied; /* bytes */
  gint64 turn_us;  /* when the last turn was counted */
  gint64 proved_until_us;
  gint64 denied_until_us;
  guint8 turns;
  gboolean answered; /* since the last request */
} PtlUdpProof;

/* All times are of CLOCK_BOOTTIME. */
gboolean ptl_udp_proof_holds (const PtlUdpProof *self, gint64 now_us);
/* @n bytes came from the source. TRUE: it has proved itself. */
gboolean ptl_udp_proof_asked (PtlUdpProof *self, guint64 n, gint64 now_us);
/* Whether a reply of @n bytes may be sent; then it is counted. */
gboolean ptl_udp_proof_may_reply (PtlUdpProof *self, guint64 n, guint64 factor, gint64 now_us);
/* The source's host said that nobody listens there. Makes no difference to one that has proved
 * itself: it is the end of one of its programs, and others may share its address. */
void ptl_udp_proof_denied (PtlUdpProof *self, gint64 now_us);
/* Cannot be forged from outside: the system drops what comes from elsewhere with such a source. */
gboolean ptl_udp_proof_needs_none (const PtlAddress *source);

G_END_DECLS
