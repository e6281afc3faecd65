/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-udp-key.h"

G_BEGIN_DECLS

#define PTL_UDP_BATCH 32

/* As the system handed it over: one datagram of @n bytes; or several of one peer (UDP_GRO), of
 * @segment bytes each, of which the last may be smaller. */
typedef struct
{
  const guint8 *data;
  guint n;
  guint segment; /* @n where it is one */
} PtlUdpPiece;

/**
 * PtlUdpBatch:
 *
 * The datagrams that one call to the system brought. A thread has one, for all sockets it reads:
 * what is in it stays until the next ptl_udp_batch_receive().
 */
typedef struct _PtlUdpBatch PtlUdpBatch;

/* 2 MiB of addresses, of which only what datagrams have filled becomes memory. */
PtlUdpBatch *ptl_udp_batch_new (void);
void ptl_udp_batch_free (PtlUdpBatch *self);
/* Does not block. Returns how many pieces it has now, -1 with errno. Fewer than PTL_UDP_BATCH: the
 * socket had no more. */
int ptl_udp_batch_receive (PtlUdpBatch *self, int fd);
PtlUdpPiece *ptl_udp_batch_get_pieces (PtlUdpBatch *self);
/* Whose piece @i is, where it came to the port at @offset. */
void ptl_udp_batch_get_key (PtlUdpBatch *self, guint i, guint16 offset, PtlUdpKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlUdpBatch, ptl_udp_batch_free)

static inline guint
ptl_udp_piece_count (const PtlUdpPiece *self)
{
  return self->n > self->segment ? (self->n + self->segment - 1) / self->segment : 1;
}

G_END_DECLS
