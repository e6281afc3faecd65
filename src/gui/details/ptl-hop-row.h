/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ptl-way.h"

G_BEGIN_DECLS

/**
 * PtlHopRow:
 *
 * One station of a way.
 */
#define PTL_TYPE_HOP_ROW (ptl_hop_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlHopRow, ptl_hop_row, PTL, HOP_ROW, GtkWidget)

GtkWidget *ptl_hop_row_new (void);
/* @last: no line leads on from here. */
void ptl_hop_row_set_hop (PtlHopRow *self, const PtlHop *hop, gboolean last);

G_END_DECLS
