/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlSidebar:
 *
 * The list of pages: one stop of the Tab key, in which the arrow keys choose.
 *
 * Properties: page (string, notify: the name of the one chosen). Signal: `activated`: the person wants to go there.
 */
#define PTL_TYPE_SIDEBAR (ptl_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (PtlSidebar, ptl_sidebar, PTL, SIDEBAR, GtkWidget)

const char *ptl_sidebar_get_page (PtlSidebar *self);
/* FALSE, and nothing done, where there is no such page. */
gboolean ptl_sidebar_set_page (PtlSidebar *self, const char *page);
/* Beside the page's name; 0 shows none. */
void ptl_sidebar_set_count (PtlSidebar *self, const char *page, guint count);

G_END_DECLS
