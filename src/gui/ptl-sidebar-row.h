/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PtlSidebarRow:
 *
 * A page's row in the side bar. Properties: page, icon-name, title (strings), count (uint; 0 shows none).
 */
#define PTL_TYPE_SIDEBAR_ROW (ptl_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlSidebarRow, ptl_sidebar_row, PTL, SIDEBAR_ROW, GtkListBoxRow)

const char *ptl_sidebar_row_get_page (PtlSidebarRow *self);
void ptl_sidebar_row_set_count (PtlSidebarRow *self, guint count);

G_END_DECLS
