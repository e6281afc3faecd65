/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How long a person who waits is kept waiting for one protocol, in milliseconds. */
#define PTL_UDP_CALL_PATIENCE 6500

/* Whether @data is the answer. What is not is ignored, and waiting goes on. */
typedef gboolean (*PtlUdpAcceptFunc) (const guint8 *data, gsize length, gpointer user_data);

/* Sends @request to @port of @peer until an answer comes. The socket is bound to @local (NULL =
 * any) and connected, so that the kernel drops what comes from elsewhere. Sent again after 250,
 * 500, 750 and then each 1000 ms, +-10 %: far more eager than RFC 6887's 3 s, because a person
 * waits and the peer is one hop away. Errors: G_IO_ERROR_CONNECTION_REFUSED (ICMP, at once),
 * TIMED_OUT after @patience ms, CANCELLED, others. */
void ptl_udp_call_async (const char *local,
                         const char *peer,
                         guint16 port,
                         const guint8 *request,
                         gsize length,
                         guint patience,
                         PtlUdpAcceptFunc accept,
                         gpointer accept_data,
                         GDestroyNotify accept_free,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
GBytes *ptl_udp_call_finish (GAsyncResult *result, GError **error);

G_END_DECLS
