/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PtlTimeRow:
 *
 * A row that shows a date and time and lets the person choose another. Property: time (int64, Unix seconds, notify).
 */
#define PTL_TYPE_TIME_ROW (ptl_time_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlTimeRow, ptl_time_row, PTL, TIME_ROW, AdwActionRow)

gint64 ptl_time_row_get_time (PtlTimeRow *self);
void ptl_time_row_set_time (PtlTimeRow *self, gint64 time);

G_END_DECLS
