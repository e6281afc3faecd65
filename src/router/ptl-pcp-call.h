/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-mapper.h"
#include "ptl-udp-call.h"

G_BEGIN_DECLS

/* One question and its answer at the port that PCP and NAT-PMP share, and what both make of a grant. */

/* How long a request that nobody waits for is sent: the giving back of what was not wanted. */
#define PTL_PCP_CALL_PATIENCE_FORGET 1500

/* Asks the gateway of @mapper. @exchange: (transfer full), from g_new(): handed to @accept with each datagram, which
 * puts there what it says. */
void ptl_pcp_call_async (PtlMapper *mapper,
                         const guint8 *request,
                         gsize length,
                         guint patience,
                         PtlUdpAcceptFunc accept,
                         gpointer exchange,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* The exchange, which lives as long as @result does; NULL with an error of ours. */
gpointer ptl_pcp_call_finish (GAsyncResult *result, GError **error);

/* What is wrong with a grant of @port for @lifetime; NULL = nothing. (transfer full) */
GError *ptl_pcp_call_check_grant (PtlMapper *mapper, const PtlMapping *asked, guint16 port, guint32 lifetime);

G_END_DECLS
