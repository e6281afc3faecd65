/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "worker/ptl-metrics-text.h"

G_BEGIN_DECLS

/**
 * PtlMetrics:
 *
 * Whether programs of this computer may read the metrics, and on which port: kept in the store, off until somebody
 * says otherwise. It keeps no worker running that has nothing else to do.
 *
 * Signal `changed`: the port is another one.
 */
#define PTL_TYPE_METRICS (ptl_metrics_get_type ())
G_DECLARE_FINAL_TYPE (PtlMetrics, ptl_metrics, PTL, METRICS, GObject)

PtlMetrics *ptl_metrics_new (PtlClock *clock, const PtlMetricsSource *source);
/* Takes up what the store says; a port that is taken is tried again every minute. */
void ptl_metrics_start (PtlMetrics *self);
/* @port: 0 = off. It is kept and logged, or nothing is changed. Errors: INVALID, PORT_TAKEN, PERMISSION, STORE_*. */
gboolean ptl_metrics_set_port (PtlMetrics *self, guint port, const char *who, GError **error);
/* The port that is answered on; 0 = none. */
guint ptl_metrics_get_port (PtlMetrics *self);

G_END_DECLS
