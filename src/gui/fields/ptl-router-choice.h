/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * PtlRouterChoice:
 *
 * Which router a mapping is to be in: the default one, or one that is chosen.
 */
#define PTL_TYPE_ROUTER_CHOICE (ptl_router_choice_get_type ())
G_DECLARE_FINAL_TYPE (PtlRouterChoice, ptl_router_choice, PTL, ROUTER_CHOICE, AdwComboRow)

/* @routers: of PtlRouterItem, as they are now. @chosen: the id of one, or "" for the default one. */
void ptl_router_choice_set_routers (PtlRouterChoice *self, GListModel *routers, const char *chosen);
/* The id of the chosen one, "" = the default one. */
const char *ptl_router_choice_get_id (PtlRouterChoice *self);
/* This computer's address towards it; "" = the default router, or not known. */
const char *ptl_router_choice_get_local_address (PtlRouterChoice *self);
/* Whether there is anything to choose. */
gboolean ptl_router_choice_is_needed (PtlRouterChoice *self);

G_END_DECLS
