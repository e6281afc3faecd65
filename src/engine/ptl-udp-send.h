/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-udp-batch.h"

G_BEGIN_DECLS

/* Where datagrams go, and what came of it. */
typedef struct
{
  int fd;
  const PtlUdpKey
      *key; /* to its source, from the address that it wrote to; NULL = to whom @fd is connected */
  guint16 *segment_most; /* see ptl_udp_probe_segments(); lowered where the system refuses */
  gboolean stops;    /* at ECONNREFUSED; else the error is taken for one of an earlier datagram */
  gboolean refused;  /* (out): ECONNREFUSED came */
  guint n_datagrams; /* (out): the system has taken */
  gsize n_bytes;     /* (out) */
} PtlUdpSending;

/* How large the datagrams may be that the system splits for us (UDP_SEGMENT); 0 = it does not. */
guint16 ptl_udp_probe_segments (int fd);
/* Sends every datagram by itself, as large as it came. What the system does not take now is lost,
 * as datagrams may be. */
void ptl_udp_send (PtlUdpSending *self, const PtlUdpPiece *pieces, guint n);

G_END_DECLS
