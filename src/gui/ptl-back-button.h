/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PtlBackButton:
 *
 * Goes back to the side bar; it is there only while the leaflet around it is folded.
 */
#define PTL_TYPE_BACK_BUTTON (ptl_back_button_get_type ())
G_DECLARE_FINAL_TYPE (PtlBackButton, ptl_back_button, PTL, BACK_BUTTON, GtkWidget)

G_END_DECLS
