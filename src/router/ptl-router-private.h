/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-gateway.h"
#include "ptl-mapper.h"

G_BEGIN_DECLS

/* What discovery and the operations see of a router. */

#define PTL_ROUTER_N_MAPPERS 3

PtlRouter *ptl_router_new (PtlClock *clock, const char *igd_helper, const PtlGateway *gateway);
/* The same router, reached in another way: its interface or our address changed, or its id is known
 * better. */
void ptl_router_set_gateway (PtlRouter *self, const PtlGateway *gateway);
/* Whether @gateway is this router: by id, or by address and interface while its hardware address is
 * unknown. */
gboolean ptl_router_is_at (PtlRouter *self, const PtlGateway *gateway);
gboolean ptl_router_has_id (PtlRouter *self, const char *id);

/* In the order of preference. */
PtlMapper *ptl_router_get_mapper (PtlRouter *self, guint index);
PtlMapper *ptl_router_find_mapper (PtlRouter *self, PtlRouterProtocol protocol);
void ptl_router_lost_state (PtlRouter *self);

/* Asks those that @mask names (a bit per index), and is over when each has answered or given up. */
void ptl_router_ask_async (PtlRouter *self,
                           guint mask,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
void ptl_router_ask_finish (PtlRouter *self, GAsyncResult *result);
#define PTL_ROUTER_ASK_ALL 7u

/* ptl-router-state.c: what it is, by what its mappers tell */
gboolean ptl_mapper_works (PtlMapper *mapper);
/* FALSE where one of the protocols that work says that the router has no internet. */
gboolean ptl_router_is_connected (PtlRouter *self);
gboolean ptl_router_works (PtlRouter *self);
/* "" = none of them tells */
const char *ptl_router_find_external_address (PtlRouter *self);
/* The error of a router that takes no mappings: what the one that refuses says, else silent or
 * none. */
GError *ptl_router_dup_failure (PtlRouter *self);
PtlRouterState ptl_router_compute_state (PtlRouter *self, GError **error);

G_END_DECLS
