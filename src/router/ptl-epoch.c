/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-epoch.h"

static gint64
client_delta (const PtlEpoch *self, gint64 boot_us)
{
  gint64 delta = (boot_us - self->client_us) / G_USEC_PER_SEC;

  return MAX (delta, 0);
}

static void
remember (PtlEpoch *self, guint32 server, gint64 boot_us)
{
  self->known = TRUE;
  self->server = server;
  self->client_us = boot_us;
}

/* 64-bit and signed, so that nothing of the RFC's arithmetic can wrap. */
static gboolean
is_valid_pcp (gint64 previous, gint64 current, gint64 client)
{
  gint64 server = current - previous;

  /* One second back is a reordered packet. */
  if (current < previous - 1)
    return FALSE;
  if (client + 2 < server - server / 16)
    return FALSE;
  return server + 2 >= client - client / 16;
}

gboolean
ptl_epoch_hear_pcp (PtlEpoch *self, guint32 server, gint64 boot_us)
{
  gboolean valid =
    !self->known || is_valid_pcp (self->server, server, client_delta (self, boot_us));

  remember (self, server, boot_us);
  return valid;
}

gboolean
ptl_epoch_hear_natpmp (PtlEpoch *self, guint32 server, gint64 boot_us)
{
  gboolean valid = TRUE;

  if (self->known)
    {
      gint64 expected = (gint64) self->server + client_delta (self, boot_us) * 7 / 8;

      valid = (gint64) server >= expected - 2;
    }
  remember (self, server, boot_us);
  return valid;
}
