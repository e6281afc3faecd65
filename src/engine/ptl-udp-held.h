/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-udp-batch.h"

G_BEGIN_DECLS

/**
 * PtlUdpHeld:
 *
 * Datagrams that wait for a way to the target. A few only: what is more is lost, as datagrams may
 * be.
 */
typedef struct _PtlUdpHeld PtlUdpHeld;

PtlUdpHeld *ptl_udp_held_new (void);
void ptl_udp_held_free (PtlUdpHeld *self);
/* Copies it. */
void ptl_udp_held_add (PtlUdpHeld *self, const PtlUdpPiece *piece);
/* In the order in which they came; @n: (out). */
const PtlUdpPiece *ptl_udp_held_get_pieces (const PtlUdpHeld *self, guint *n);

G_END_DECLS
