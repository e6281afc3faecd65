/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-connection.h"
#include "ptl-tcp.h"

G_BEGIN_DECLS

/**
 * PtlPace:
 *
 * Keeps a TCP connection to the bytes per second that its forward allows, for it alone and for all
 * connections together, each direction. What may be read is asked for in advance, some milliseconds'
 * worth at a time. Where that is not there yet it is booked, and the connection sleeps until its turn:
 * so the rate is smooth, nobody polls, and nobody starves, because turns come in the order in which
 * they were booked, whichever thread asks.
 *
 * A connection has one only while there are rates to keep (struct _PtlPace).
 */

/* Gives it one, takes it away, or lets new rates apply to what waits. */
void ptl_pace_apply (PtlTcp *tcp);
void ptl_pace_clear (PtlTcp *tcp);
/* How many bytes of flow @from may be read now. 0: the connection is relayed again when there are
 * some. */
gsize ptl_pace_ask (PtlTcp *tcp, guint from);
/* What was asked for and not used. */
void ptl_pace_give_back (PtlTcp *tcp, guint from, gsize n);

/* New rates begin anew. */
void ptl_pace_reset (PtlConnection *connection);
/* Whether a datagram of @n bytes may pass; counts it as refused where not. It is of @connection's, and
 * has its size: so it passes whole, and those that follow wait for longer. */
gboolean
ptl_pace_let_pass (PtlConnection *connection, PtlSite *site, gboolean in, gsize n);

G_END_DECLS
