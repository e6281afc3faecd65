/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlRouterDialog:
 *
 * Asks where a router is that is not found by itself, or by which interface a router is reached.
 */
#define PTL_TYPE_ROUTER_DIALOG (ptl_router_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PtlRouterDialog, ptl_router_dialog, PTL, ROUTER_DIALOG, AdwWindow)

/* @item: the router to change, or NULL for a new one. */
void ptl_router_dialog_present (GtkWindow *parent, PtlClient *client, PtlRouterItem *item);

G_END_DECLS
