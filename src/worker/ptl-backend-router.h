/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "engine/ptl-engine.h"
#include "router/ptl-discovery.h"
#include "worker/ptl-backend.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-keeper.h"

G_BEGIN_DECLS

/**
 * PtlBackendRouter:
 *
 * Mappings. A guarded one has two parts, the router's entries and the engine's socket that they lead to; a direct one
 * has the entries alone (design.md, Guarded and direct mappings).
 *
 * The guard is bound to this computer's address towards the router, not to every address: nothing else
 * is opened by it.
 */
#define PTL_TYPE_BACKEND_ROUTER (ptl_backend_router_get_type ())
G_DECLARE_FINAL_TYPE (PtlBackendRouter, ptl_backend_router, PTL, BACKEND_ROUTER, GObject)

/* @ipv6: the routers of the IPv6 default routes, for pinholes. @inventory: where the present end of a rule is looked up. */
PtlBackend *ptl_backend_router_new (PtlClock *clock, PtlEngine *engine, PtlDiscovery *discovery, PtlDiscovery *ipv6, PtlInventory *inventory);
/* What stood in the way of a rule may be gone: one that is degraded asks again now. */
void ptl_backend_router_try_again (PtlBackendRouter *self, const char *rule_id);
/* (transfer none) */
PtlKeeper *ptl_backend_router_get_keeper (PtlBackendRouter *self);
/* The rule that asked @router for @entry, whether it has the answer already or not: its id, or NULL. */
const char *ptl_backend_router_find_holder (PtlBackendRouter *self, PtlRouter *router, const PtlRouterEntry *entry);

G_END_DECLS
