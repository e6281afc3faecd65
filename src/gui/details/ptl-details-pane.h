/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlDetailsPane:
 *
 * Everything about one rule: its state with reason and advice; on a page each its way, the facts and its events, its
 * traffic, and who is connected; and what can be done with it, by the actions "inventory.*" of the page around it.
 *
 * Properties: extend-menu (GMenuModel); page (string: "overview", "traffic" or "peers").
 */
#define PTL_TYPE_DETAILS_PANE (ptl_details_pane_get_type ())
G_DECLARE_FINAL_TYPE (PtlDetailsPane, ptl_details_pane, PTL, DETAILS_PANE, AdwBin)

void ptl_details_pane_set_client (PtlDetailsPane *self, PtlClient *client);
void ptl_details_pane_set_item (PtlDetailsPane *self, PtlRuleItem *item);
PtlRuleItem *ptl_details_pane_get_item (PtlDetailsPane *self);

G_END_DECLS
