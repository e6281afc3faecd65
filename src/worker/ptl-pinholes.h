/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/ptl-engine.h"
#include "router/ptl-discovery.h"
#include "worker/ptl-backend.h"
#include "worker/ptl-holding.h"
#include "worker/ptl-keeper.h"

G_BEGIN_DECLS

/**
 * PtlPinholes:
 *
 * What mapping rules hold by IPv6: pinholes in the router's firewall, with a guard of this computer's stable global
 * address where the rule is guarded. Beside an IPv4 mapping a pinhole never stands in the way: what is wrong with it is
 * told of the IPv4 holding (PtlHolding.problem), and it is tried again. A rule that is to be reached by IPv6 alone has a
 * holding of its own, which is kept by the same keeper.
 *
 * Pinholes always have an end, two hours away at most: one that a killed worker did not write down yet closes by itself.
 */
#define PTL_TYPE_PINHOLES (ptl_pinholes_get_type ())
G_DECLARE_FINAL_TYPE (PtlPinholes, ptl_pinholes, PTL, PINHOLES, GObject)

/* @backend: the back end whose signals tell of it; borrowed, outlives it. @ipv4: where IPv4 holdings have their routers. */
PtlPinholes *ptl_pinholes_new (PtlClock *clock, PtlEngine *engine, PtlDiscovery *ipv4, PtlDiscovery *ipv6, PtlInventory *inventory, PtlBackend *backend);
/* (transfer none) */
PtlDiscovery *ptl_pinholes_get_discovery (PtlPinholes *self);
PtlKeeper *ptl_pinholes_get_keeper (PtlPinholes *self);
/* (transfer none) (nullable): the router of @backend (an id, "" = the default one), on its IPv6 side. */
PtlRouter *ptl_pinholes_find_router (PtlPinholes *self, const char *backend);
/* Sets where a direct @holding by IPv6 leads to. TARGET where that device's IPv6 address is not known. */
gboolean ptl_pinholes_aim (PtlPinholes *self, PtlHolding *holding, GError **error);

/* Whether a pinhole belongs beside the IPv4 mapping of @rule. */
gboolean ptl_pinholes_are_wanted (const PtlRule *rule);
/* From now on there is one beside @main, which was granted, as soon and as long as that can be. */
void ptl_pinholes_add (PtlPinholes *self, PtlHolding *main);
/* The same, and waits for it: when it fails @main is left alone. */
void ptl_pinholes_open_async (PtlPinholes *self, PtlHolding *main, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_pinholes_open_finish (PtlPinholes *self, GAsyncResult *result, GError **error);
/* It is renewed no more. The engine's part is the caller's to close. */
void ptl_pinholes_remove (PtlPinholes *self, PtlHolding *main);
/* Takes back what is held beside @main, which was removed. The answer is what is left (of PtlLease); never NULL, with
 * @error set when it is not empty. */
void ptl_pinholes_close_async (PtlPinholes *self, PtlHolding *main, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_pinholes_close_finish (PtlPinholes *self, GAsyncResult *result, GError **error);
/* @to, which takes the place of @from, has what was held beside that. */
void ptl_pinholes_hand_over (PtlPinholes *self, PtlHolding *from, PtlHolding *to);

G_END_DECLS
