/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ptl-chart-scale.h"

G_BEGIN_DECLS

#define PTL_CHART_NO_POINT G_MAXUINT

/* Paints @data in @widget's colours and font, from its left upper corner; @at: the point that is pointed at. */
void ptl_chart_paint (GtkWidget *widget, GtkSnapshot *snapshot, const PtlChartData *data, int width, int height, guint at);
/* The point at @x of a picture of @width, or PTL_CHART_NO_POINT. */
guint ptl_chart_find_point (GtkWidget *widget, const PtlChartData *data, int width, double x);

G_END_DECLS
