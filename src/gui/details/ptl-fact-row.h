/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "ptl-facts.h"

G_BEGIN_DECLS

/**
 * PtlFactRow:
 *
 * One fact in a list, with a button that copies it where it has one.
 */
#define PTL_TYPE_FACT_ROW (ptl_fact_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlFactRow, ptl_fact_row, PTL, FACT_ROW, GtkListBoxRow)

GtkWidget *ptl_fact_row_new (void);
void ptl_fact_row_set_fact (PtlFactRow *self, const PtlFact *fact);
/* Makes @facts, of PtlFact, the rows of @list; rows that are there already stay, and with them the focus. */
void ptl_fact_rows_show (GtkListBox *list, GPtrArray *facts);

G_END_DECLS
