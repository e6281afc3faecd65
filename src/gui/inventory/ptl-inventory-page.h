/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlInventoryPage:
 *
 * Every rule as a table, what needs attention, foreign entries and the history; the details of the one selected.
 */
#define PTL_TYPE_INVENTORY_PAGE (ptl_inventory_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlInventoryPage, ptl_inventory_page, PTL, INVENTORY_PAGE, AdwBin)

void ptl_inventory_page_set_client (PtlInventoryPage *self, PtlClient *client);

G_END_DECLS
