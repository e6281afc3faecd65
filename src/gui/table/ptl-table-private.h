/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-table-cell.h"
#include "ptl-table-row.h"
#include "ptl-table.h"

G_BEGIN_DECLS

/* Calls @callback (@data) on the item's signal `changed`; 0 where it has none. */
gulong ptl_table_follow (gpointer item, GCallback callback, gpointer data);
/* Gives the row that @cell is in its name for screen readers. */
void ptl_table_describe_row (GtkWidget *cell, const PtlTableSpec *spec, gpointer item);
GtkListItem *ptl_table_cell_get_list_item (PtlTableCell *self);
GtkListItem *ptl_table_row_get_list_item (PtlTableRow *self);

/* ptl-table-menu.c: the context menu, by pointer, finger and keyboard. */
void ptl_table_menu_attach (PtlTable *self);
/* ptl-table-columns.c: which columns are shown and which one is sorted by; both remembered. */
typedef struct _PtlTableColumns PtlTableColumns;
PtlTableColumns *ptl_table_columns_new (const PtlTableSpec *spec, GtkColumnView *view, gboolean sortable);
void ptl_table_columns_free (PtlTableColumns *self);
GActionGroup *ptl_table_columns_get_actions (PtlTableColumns *self);
GMenuModel *ptl_table_columns_get_menu (PtlTableColumns *self);

G_END_DECLS
