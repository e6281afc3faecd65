/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is answered to who asks for the metrics. (transfer full) */
typedef char *(*PtlMetricsFunc) (gpointer data);

/**
 * PtlMetricsServer:
 *
 * A port of 127.0.0.1 on which programs of this computer may ask for /metrics, by HTTP/1.1 and nothing else. One
 * request per connection, eight connections at a time, each of 8 KiB and five seconds at the most: a ninth waits
 * to be accepted.
 */
#define PTL_TYPE_METRICS_SERVER (ptl_metrics_server_get_type ())
G_DECLARE_FINAL_TYPE (PtlMetricsServer, ptl_metrics_server, PTL, METRICS_SERVER, GObject)

/* @func is called in the main context that made it. Errors: PORT_TAKEN, PERMISSION, FAILED. */
PtlMetricsServer *ptl_metrics_server_new (guint16 port, PtlMetricsFunc func, gpointer data, GError **error);
guint16 ptl_metrics_server_get_port (PtlMetricsServer *self);
/* Answers nobody any more; connections are cut. */
void ptl_metrics_server_stop (PtlMetricsServer *self);

G_END_DECLS
