/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "engine/ptl-engine.h"
#include "router/ptl-discovery.h"
#include "worker/ptl-backend.h"
#include "worker/ptl-holding.h"
#include "worker/ptl-inventory.h"

G_BEGIN_DECLS

/**
 * PtlKeeper:
 *
 * Keeps in the routers what rules hold there: renews in time, looks once a minute whether it is still there,
 * maps again what a router lost, and moves everything when the gateway or this computer's address changes.
 * It tells by the back end's signals.
 *
 * Signal `listed (PtlRouter, GPtrArray of PtlRouterEntry)`: a router's table was read, for whatever reason.
 */
#define PTL_TYPE_KEEPER (ptl_keeper_get_type ())
G_DECLARE_FINAL_TYPE (PtlKeeper, ptl_keeper, PTL, KEEPER, GObject)

/* @backend: borrowed, outlives the keeper. */
PtlKeeper *ptl_keeper_new (PtlClock *clock, PtlEngine *engine, PtlDiscovery *discovery, PtlInventory *inventory, PtlBackend *backend);
void ptl_keeper_add (PtlKeeper *self, PtlHolding *holding);
void ptl_keeper_remove (PtlKeeper *self, PtlHolding *holding);
/* Asks for it again now. */
void ptl_keeper_try_again (PtlKeeper *self, PtlHolding *holding);
/* Lets it alone until ptl_keeper_resume(): someone else works on it. */
void ptl_keeper_pause (PtlKeeper *self, PtlHolding *holding);
void ptl_keeper_resume (PtlKeeper *self, PtlHolding *holding);

/* Binds the guard of @holding towards its router: on @port where that is free, else on any. Nothing for a direct one. */
gboolean ptl_keeper_open_guard (PtlEngine *engine, PtlHolding *holding, guint16 port, GError **error);
/* On @port and no other. */
gboolean ptl_keeper_open_guard_at (PtlEngine *engine, PtlHolding *holding, guint16 port, GError **error);
/* Binds one on any port, beside that which the rule has: see ptl_engine_widen(). */
gboolean ptl_keeper_widen_guard (PtlEngine *engine, PtlHolding *holding, GError **error);

/* Reads a router's table now, for a person who asks; what rules hold there is compared with it as by the minute. Errors:
 * as ptl_router_list_async(). */
void ptl_keeper_look_async (PtlKeeper *self, PtlRouter *router, GAsyncReadyCallback callback, gpointer user_data);
/* (element-type PtlRouterEntry) */
GPtrArray *ptl_keeper_look_finish (PtlKeeper *self, GAsyncResult *result, GError **error);

G_END_DECLS
