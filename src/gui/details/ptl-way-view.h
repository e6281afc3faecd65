/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PtlWayView:
 *
 * The way of a rule as a picture: one station below the other, joined by a line, each with its icon, name,
 * address, state and reason.
 */
#define PTL_TYPE_WAY_VIEW (ptl_way_view_get_type ())
G_DECLARE_FINAL_TYPE (PtlWayView, ptl_way_view, PTL, WAY_VIEW, GtkWidget)

/* @hops: of PtlHop, as from ptl_way_describe(). */
void ptl_way_view_set_hops (PtlWayView *self, GPtrArray *hops);

/* What the picture shows, for who does not see it; the way of a rule unless said. */
void ptl_way_view_set_label (PtlWayView *self, const char *label);

G_END_DECLS
