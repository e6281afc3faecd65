/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"
#include "gui/table/ptl-table.h"

G_BEGIN_DECLS

/**
 * PtlListenersView:
 *
 * What programs on this computer listen on, live, and what of it could not be seen.
 */
#define PTL_TYPE_LISTENERS_VIEW (ptl_listeners_view_get_type ())
G_DECLARE_FINAL_TYPE (PtlListenersView, ptl_listeners_view, PTL, LISTENERS_VIEW, AdwBin)

void ptl_listeners_view_set_client (PtlListenersView *self, PtlClient *client);
/* @words: as of ptl_search_words(); NULL = all. */
void ptl_listeners_view_set_words (PtlListenersView *self, const char *const *words);
void ptl_listeners_view_refresh (PtlListenersView *self);
PtlTable *ptl_listeners_view_get_table (PtlListenersView *self);

G_END_DECLS
