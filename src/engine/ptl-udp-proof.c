/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-proof.h"

#include <string.h>

gboolean
ptl_udp_proof_holds (const PtlUdpProof *self, gint64 now_us)
{
  return self->proved_until_us > now_us;
}

/* One that did hold and does not any more begins anew. */
static void
begin_anew (PtlUdpProof *self)
{
  gint64 denied_until_us = self->denied_until_us;

  memset (self, 0, sizeof *self);
  self->denied_until_us = denied_until_us;
}

static void
take_turn (PtlUdpProof *self, gint64 now_us)
{
  if (self->turn_us != 0 && now_us - self->turn_us < PTL_UDP_PROOF_MOMENT_US)
    return;
  self->turn_us = now_us;
  self->turns++;
}

gboolean
ptl_udp_proof_asked (PtlUdpProof *self, guint64 n, gint64 now_us)
{
  if (self->proved_until_us != 0 && !ptl_udp_proof_holds (self, now_us))
    begin_anew (self);
  self->asked += n;
  if (self->answered && now_us >= self->denied_until_us)
    take_turn (self, now_us);
  self->answered = FALSE;
  if (self->turns < PTL_UDP_PROOF_TURNS)
    return FALSE;
  self->proved_until_us = now_us + PTL_UDP_PROOF_HOLDS_US;
  return TRUE;
}

gboolean
ptl_udp_proof_may_reply (PtlUdpProof *self, guint64 n, guint64 factor, gint64 now_us)
{
  if (!ptl_udp_proof_holds (self, now_us) && (self->replied + n > self->asked * factor))
    return FALSE;
  self->replied += n;
  self->answered = TRUE;
  return TRUE;
}

void
ptl_udp_proof_denied (PtlUdpProof *self, gint64 now_us)
{
  if (ptl_udp_proof_holds (self, now_us))
    return;
  self->turns = 0;
  self->answered = FALSE; /* not by anyone who was there */
  self->denied_until_us = now_us + PTL_UDP_PROOF_DENIED_US;
}

gboolean
ptl_udp_proof_needs_none (const PtlAddress *source)
{
  static const guint8 loopback6[16] = { [15] = 1 };

  return source->family == 4 ? source->bytes[0] == 127
                             : memcmp (source->bytes, loopback6, sizeof loopback6) == 0;
}
