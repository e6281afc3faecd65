/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-held.h"

#define PIECES_MOST 16
#define BYTES_MOST (128 * 1024)

struct _PtlUdpHeld
{
  PtlUdpPiece pieces[PIECES_MOST];
  guint n;
  gsize n_bytes;
};

PtlUdpHeld *
ptl_udp_held_new (void)
{
  return g_new0 (PtlUdpHeld, 1);
}

void
ptl_udp_held_free (PtlUdpHeld *self)
{
  if (!self)
    return;
  for (guint i = 0; i < self->n; i++)
    g_free ((gpointer) self->pieces[i].data);
  g_free (self);
}

void
ptl_udp_held_add (PtlUdpHeld *self, const PtlUdpPiece *piece)
{
  if (self->n == PIECES_MOST || self->n_bytes + piece->n > BYTES_MOST)
    return;
  self->pieces[self->n] = *piece;
  self->pieces[self->n++].data = g_memdup2 (piece->data, piece->n);
  self->n_bytes += piece->n;
}

const PtlUdpPiece *
ptl_udp_held_get_pieces (const PtlUdpHeld *self, guint *n)
{
  *n = self->n;
  return self->pieces;
}
