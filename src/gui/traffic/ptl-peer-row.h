/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-traffic.h"

G_BEGIN_DECLS

/**
 * PtlPeerRow:
 *
 * Who connects: one living connection, or one source with all of its connections. Its menu has the actions "peers.*" of
 * the page around it.
 */
#define PTL_TYPE_PEER_ROW (ptl_peer_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlPeerRow, ptl_peer_row, PTL, PEER_ROW, GtkListBoxRow)

GtkWidget *ptl_peer_row_new (void);
/* @now: Unix seconds. A connection that has no address (as one of a socket) cannot be blocked. */
void ptl_peer_row_set_connection (PtlPeerRow *self, const PtlTrafficConnection *connection, gint64 now);
/* @blocked: it is denied by name, so that it can be let in again. */
void ptl_peer_row_set_source (PtlPeerRow *self, const PtlTrafficSource *source, gboolean blocked, gint64 now);
/* Of a connection, else 0. */
guint64 ptl_peer_row_get_id (PtlPeerRow *self);

G_END_DECLS
