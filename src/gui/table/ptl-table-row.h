/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-table-spec.h"

G_BEGIN_DECLS

/**
 * PtlTableRow:
 *
 * A row of a table where there is no room for columns: an icon, two lines, and a text at the end.
 */
#define PTL_TYPE_TABLE_ROW (ptl_table_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlTableRow, ptl_table_row, PTL, TABLE_ROW, GtkWidget)

GtkWidget *ptl_table_row_new (const PtlTableSpec *spec, GtkListItem *list_item);
void ptl_table_row_bind (PtlTableRow *self);
void ptl_table_row_unbind (PtlTableRow *self);

G_END_DECLS
