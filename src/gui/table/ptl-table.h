/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-table-spec.h"

G_BEGIN_DECLS

/**
 * PtlTable:
 *
 * A list of things as a table where there is room, and as rows of two lines where there is not; the model, the
 * selection and the context menu are the same.
 *
 * Properties: menu-model (GMenuModel: the context menu; its actions act on the selection), placeholder
 * (GtkWidget: shown while the model is empty), label (string: its name for screen readers), narrow (boolean, notify).
 * Signals: `activate (GObject *item)`: double click, Enter, or a tap where it is narrow; `selection-changed`;
 * `edge-reached`: scrolled to the end.
 */
#define PTL_TYPE_TABLE (ptl_table_get_type ())
G_DECLARE_FINAL_TYPE (PtlTable, ptl_table, PTL, TABLE, GtkWidget)

/* Once, before the model. @spec stays with the caller and outlives the table. */
void ptl_table_set_spec (PtlTable *self, const PtlTableSpec *spec, gboolean sortable);
void ptl_table_set_model (PtlTable *self, GListModel *model);
GtkSelectionModel *ptl_table_get_selection (PtlTable *self);
/* The items selected, (transfer full), of GObject. */
GPtrArray *ptl_table_dup_selected (PtlTable *self);
guint ptl_table_get_n_selected (PtlTable *self);
void ptl_table_unselect_all (PtlTable *self);
/* Before much comes and goes, as with each key of a search: the first rows are shown in the next frame, the others a
 * little later. With rows selected, all stay. */
void ptl_table_start_over (PtlTable *self);
/* Items changed in a way that may move them. */
void ptl_table_resort (PtlTable *self);
gboolean ptl_table_is_narrow (PtlTable *self);
/* Columns and order: the actions have the prefix "table", which the table knows; insert them where the menu is. */
GActionGroup *ptl_table_get_actions (PtlTable *self);
GMenuModel *ptl_table_get_view_menu (PtlTable *self);

G_END_DECLS
