/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlMux:
 *
 * Connections from a relay to elsewhere, through one ssh that shares its connection (PtlSshMaster)
 * and one socket to it: a proxy of OpenSSH's PROTOCOL.mux. In the place of `ssh -D` or `ssh -W`,
 * for three reasons: no port on loopback that every user of this computer could connect through; no
 * process for each connection; and the relay's own word on why a connection did not come about,
 * which a SOCKS client of ssh never hears.
 *
 * A thread of its own carries the bytes. Reference counted; safe in any thread.
 */
typedef struct _PtlMux PtlMux;

/* So much a connection gives at most; then it stands still. A look takes less, and nobody can make
 * it be more. */
#define PTL_MUX_RECEIVED_MAX (256 * 1024)

typedef enum
{
  PTL_MUX_CONNECTED,
  PTL_MUX_REFUSED, /* by the relay; reason and words say why */
  PTL_MUX_SILENT,  /* no answer until the deadline */
  PTL_MUX_LOST,    /* the connection to the relay has ended, or was cancelled */
} PtlMuxOutcome;

/* @path: the control socket. Blocks until @deadline_us (monotonic) at most. Errors:
 * PTL_ERROR_RELAY_UNREACHABLE. */
PtlMux *ptl_mux_new (const char *path, gint64 deadline_us, GError **error);
PtlMux *ptl_mux_ref (PtlMux *self);
/* The last one ends every connection. */
void ptl_mux_unref (PtlMux *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlMux, ptl_mux_unref)

/* Blocks until the relay is connected to @host, an address, or will not be. Gives a socket that is
 * not blocking, or -1.
 * @reason: PtlSshReason, @said (transfer full): the relay's words, made safe; both where it
 * refused. */
int ptl_mux_connect (PtlMux *self,
                     const char *host,
                     guint16 port,
                     gint64 deadline_us,
                     GCancellable *cancellable,
                     PtlMuxOutcome *outcome,
                     guint32 *reason,
                     char **said);

G_END_DECLS
