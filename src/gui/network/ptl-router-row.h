/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlRouterRow:
 *
 * A router: its name, state, protocols and addresses; it follows its item.
 */
#define PTL_TYPE_ROUTER_ROW (ptl_router_row_get_type ())
G_DECLARE_FINAL_TYPE (PtlRouterRow, ptl_router_row, PTL, ROUTER_ROW, AdwExpanderRow)

GtkWidget *ptl_router_row_new (PtlRouterItem *item);

G_END_DECLS
