/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-table-spec.h"

G_BEGIN_DECLS

/**
 * PtlTableCell:
 *
 * One cell of a table. It follows its item's signal `changed`, where it has one, and counts down where its column does.
 */
#define PTL_TYPE_TABLE_CELL (ptl_table_cell_get_type ())
G_DECLARE_FINAL_TYPE (PtlTableCell, ptl_table_cell, PTL, TABLE_CELL, GtkWidget)

GtkWidget *ptl_table_cell_new (const PtlTableSpec *spec, const PtlColumn *column, GtkListItem *list_item);
void ptl_table_cell_bind (PtlTableCell *self);
void ptl_table_cell_unbind (PtlTableCell *self);

G_END_DECLS
