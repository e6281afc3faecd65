/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-traffic.h"

G_BEGIN_DECLS

/**
 * PtlTargetRow:
 *
 * One target of a rule: whether it is up, and its share.
 */
#define PTL_TYPE_TARGET_ROW (ptl_target_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlTargetRow, ptl_target_row, PTL, TARGET_ROW, GtkListBoxRow)

GtkWidget *ptl_target_row_new (void);
void ptl_target_row_set_target (PtlTargetRow *self, const PtlTrafficTarget *target, const PtlTrafficStats *stats);

G_END_DECLS
