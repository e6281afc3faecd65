/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PtlWrapLayout:
 *
 * Lays out the first child, and the second at its end where there is room, else below it.
 */
#define PTL_TYPE_WRAP_LAYOUT (ptl_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (PtlWrapLayout, ptl_wrap_layout, PTL, WRAP_LAYOUT, GtkLayoutManager)

G_END_DECLS
