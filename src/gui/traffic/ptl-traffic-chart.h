/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ptl-chart-scale.h"

G_BEGIN_DECLS

/**
 * PtlTrafficChart:
 *
 * Throughput in and out, and connections below it, over time. Below the picture it says in words what the pointer or
 * the arrow keys point at, or else what all of it comes to; the same for screen readers.
 */
#define PTL_TYPE_TRAFFIC_CHART (ptl_traffic_chart_get_type ())
G_DECLARE_FINAL_TYPE (PtlTrafficChart, ptl_traffic_chart, PTL, TRAFFIC_CHART, GtkWidget)

/* @data: (transfer full), may be NULL while it is not known. */
void ptl_traffic_chart_set_data (PtlTrafficChart *self, PtlChartData *data);

G_END_DECLS
