/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-discovery.h"

G_BEGIN_DECLS

/* Words for what the network is like, for Worker1 and for errors. */

/* "searching", "ok", "no-router", "no-gateway" */
const char *ptl_routers_get_network_state (PtlDiscovery *discovery);
/* The sentence for it, two lines at most, or "". (transfer full) */
char *ptl_routers_dup_network_message (PtlDiscovery *discovery);
/* Every router's own addresses: what must not become a target. (transfer full) */
char **ptl_routers_dup_addresses (PtlDiscovery *discovery);
/* The router of @id, or the default one for "". ROUTER_NONE, or NOT_FOUND for an id. (transfer none) */
PtlRouter *ptl_routers_find (PtlDiscovery *discovery, const char *id, GError **error);

G_END_DECLS
