/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-discovery.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* The routers that the person named: kept in the store, and told to discovery. */

void ptl_named_routers_load (PtlStore *store, PtlDiscovery *discovery);
/* Adds it, or changes how it is reached. The answer is its id (transfer full). Errors: INVALID where it is in no
 * network of this computer, or there are too many; STORE. Event "add-router". */
char *ptl_named_routers_add (PtlStore *store, PtlDiscovery *discovery, const PtlRouterPlace *place, const char *who, GError **error);
/* @router: its id or address. Errors: NOT_FOUND; STATE while a living rule holds something in it; STORE. Event
 * "remove-router". */
gboolean ptl_named_routers_remove (PtlStore *store, PtlDiscovery *discovery, PtlInventory *inventory, const char *router, const char *who, GError **error);

G_END_DECLS
