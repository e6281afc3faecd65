/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PtlEpoch:
 *
 * The last "seconds since epoch" that a server told, and when we heard it on the boot clock. A
 * server whose epoch does not go on as time does has lost its mappings.
 */
typedef struct
{
  gboolean known;
  guint32 server;    /* seconds */
  gint64 client_us;  /* boot time */
} PtlEpoch;

/* Both remember what was told, and return FALSE where the server lost its state. The first one
 * heard is always TRUE. RFC 6887, section 8.5. */
gboolean ptl_epoch_hear_pcp (PtlEpoch *self, guint32 server, gint64 boot_us);
/* RFC 6886, section 3.6: 7/8 of the time that went by, less two seconds. */
gboolean ptl_epoch_hear_natpmp (PtlEpoch *self, guint32 server, gint64 boot_us);

G_END_DECLS
