/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * PtlBanner:
 *
 * A bar across the page that says what is wrong and what to do, with a button where there is something to do.
 *
 * Properties: revealed (boolean), icon-name, button-label, action-name (strings).
 */
#define PTL_TYPE_BANNER (ptl_banner_get_type ())
G_DECLARE_FINAL_TYPE (PtlBanner, ptl_banner, PTL, BANNER, GtkWidget)

/* Plain text; @message: one line, or two with what to do in the second. NULL or "" hides the banner. */
void ptl_banner_set_message (PtlBanner *self, const char *message);

G_END_DECLS
