/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-admission.h"
#include "ptl-udp-private.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/socket.h>

/* The bound on replies (see ptl-udp-proof.h) for the sessions of a thread. What is known of a
 * source is shared by all threads; a session that is proved looks there once a minute. */

static guint64
get_factor (const PtlUdpSession *self)
{
  return self->site->config->options->values[PTL_OPTION_UDP_REPLIES];
}

static gboolean
is_trusted (const PtlUdpSession *self)
{
  return self->trusted_until_us > self->site->thread->now_us || get_factor (self) == 0;
}

static PtlUdpProof *
enter (PtlUdpSession *self)
{
  ptl_sources_reenter (self->site->tally->admission->sources, self->connection.entry);
  return &self->connection.entry->proof;
}

static void
leave (PtlUdpSession *self)
{
  ptl_sources_leave (self->site->tally->admission->sources, self->connection.entry,
                     self->site->thread->now_us);
}

/* Errors that are read in a row, then the others have their turn. */
#define N_ERRORS 32

void
ptl_udp_bound_begin (PtlUdpSession *self)
{
  PtlAddress source;

  ptl_udp_key_get_source (&self->key, &source);
  if (ptl_udp_proof_needs_none (&source))
    self->trusted_until_us = G_MAXINT64;
}

void
ptl_udp_bound_asked (PtlUdpSession *self, const PtlUdpPiece *pieces, guint n)
{
  gint64 now_us = self->site->thread->now_us;
  guint64 n_bytes = 0;

  if (is_trusted (self))
    return;
  for (guint i = 0; i < n; i++)
    n_bytes += pieces[i].n;
  if (ptl_udp_proof_asked (enter (self), n_bytes, now_us))
    self->trusted_until_us = now_us + PTL_UDP_PROOF_TRUSTED_US;
  leave (self);
}

/* As many of the first datagrams in it as may be sent. */
static PtlUdpPiece
cut (const PtlUdpPiece *piece, PtlUdpProof *proof, guint64 factor, gint64 now_us)
{
  PtlUdpPiece part = { piece->data, 0, 0 };

  for (guint i = 0; i < ptl_udp_piece_count (piece); i++)
    {
      guint size = MIN (piece->segment, piece->n - part.n);

      if (!ptl_udp_proof_may_reply (proof, size, factor, now_us))
        break;
      part.n += size;
      part.segment = MIN (part.n, piece->segment);
    }
  return part;
}

static void
refuse (PtlUdpSession *self, guint n)
{
  PtlAddress source;

  ptl_udp_key_get_source (&self->key, &source);
  for (guint i = 0; i < n; i++)
    ptl_admission_refuse (self->site, &source, PTL_REFUSED_REPLIES);
}

guint
ptl_udp_bound_replies (PtlUdpSession *self, PtlUdpPiece *pieces, guint n)
{
  guint n_left = 0, n_refused = 0;
  PtlUdpProof *proof;

  if (is_trusted (self))
    return n;
  proof = enter (self);
  for (guint i = 0; i < n; i++)
    {
      PtlUdpPiece part = cut (&pieces[i], proof, get_factor (self), self->site->thread->now_us);

      n_refused += ptl_udp_piece_count (&pieces[i]);
      if (part.n == 0 && pieces[i].n > 0)
        continue;
      n_refused -= ptl_udp_piece_count (&part);
      pieces[n_left++] = part;
    }
  leave (self);
  refuse (self, n_refused);
  return n_left;
}

/* Port unreachable: RFC 792, RFC 4443 section 3.1. Other errors say nothing of who is there. */
static gboolean
denies (struct msghdr *message)
{
  for (struct cmsghdr *i = CMSG_FIRSTHDR (message); i; i = CMSG_NXTHDR (message, i))
    if ((i->cmsg_level == IPPROTO_IP && i->cmsg_type == IP_RECVERR)
        || (i->cmsg_level == IPPROTO_IPV6 && i->cmsg_type == IPV6_RECVERR))
      {
        struct sock_extended_err error;

        memcpy (&error, CMSG_DATA (i), sizeof error);
        return error.ee_errno == ECONNREFUSED
               && (error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6);
      }
  return FALSE;
}

static void
deny (PtlSite *site, const PtlSockaddr *peer)
{
  PtlSources *sources = site->tally->admission->sources;
  PtlSourceEntry *entry;
  PtlAddress source;

  ptl_sockaddr_get_address (peer, &source);
  entry = ptl_sources_enter (sources, &source);
  ptl_udp_proof_denied (&entry->proof, site->thread->now_us);
  ptl_sources_leave (sources, entry, site->thread->now_us);
}

void
ptl_udp_bound_read_errors (PtlListener *listener)
{
  for (guint i = 0; i < N_ERRORS; i++)
    {
      union
      {
        struct cmsghdr align;
        char bytes[256];
      } control;
      PtlSockaddr peer = { 0 };
      struct msghdr message = {
        .msg_name = &peer,
        .msg_namelen = sizeof peer,
        .msg_control = &control,
        .msg_controllen = sizeof control,
      };

      if (recvmsg (listener->source.fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return;
      if (denies (&message) && message.msg_namelen > 0)
        deny (listener->site, &peer);
    }
}
