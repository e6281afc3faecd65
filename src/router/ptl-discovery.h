/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-net-interface.h"
#include "ptl-router-place.h"
#include "ptl-router.h"

G_BEGIN_DECLS

/**
 * PtlDiscovery:
 *
 * Finds the gateways from the routing table (netlink), follows changes of routes and addresses, and
 * holds one PtlRouter for each that it finds. VPN and container bridges are not chosen.
 *
 * Implements GListModel of PtlRouter, the default one first. Signals: GListModel's, `network-changed`
 * (interfaces, addresses or routes are perhaps others); property `searching`.
 */
#define PTL_TYPE_DISCOVERY (ptl_discovery_get_type ())
G_DECLARE_FINAL_TYPE (PtlDiscovery, ptl_discovery, PTL, DISCOVERY, GObject)

/* @igd_helper: path of portolan-igd. Nothing is sent before a search or an add. */
PtlDiscovery *ptl_discovery_new (PtlClock *clock, const char *igd_helper);
/* The same of the IPv6 default routes, for pinholes. */
PtlDiscovery *ptl_discovery_new_ipv6 (PtlClock *clock, const char *igd_helper);
/* The global IPv6 address of the host at home that has @address (IPv4), by its hardware address; NULL where the
 * kernel does not know it. (transfer full) */
char *ptl_discovery_dup_ipv6_of (PtlDiscovery *self, const char *address);
/* (transfer none) (nullable): the router of the default route. Reads the routing table at once
 * where it was not read yet. */
PtlRouter *ptl_discovery_get_default (PtlDiscovery *self);
/* Why there is no default router (no network, a VPN alone, IPv6 alone): PTL_ERROR_ROUTER_NONE. NULL
 * where there is one. */
GError *ptl_discovery_dup_problem (PtlDiscovery *self);
/* (transfer none) (nullable): also by an id that the router had before its hardware address was
 * known */
PtlRouter *ptl_discovery_get_router (PtlDiscovery *self, const char *id);
/* Those that the person named, beside or in place of what the routing table shows. (element-type
 * PtlRouterPlace), copied */
void ptl_discovery_set_places (PtlDiscovery *self, GPtrArray *places);
/* The network interfaces that are up. (transfer full) (element-type PtlNetInterface) */
GPtrArray *ptl_discovery_list_interfaces (PtlDiscovery *self);
/* Asks every router by every protocol; over when each has answered or given up. */
void ptl_discovery_search_async (PtlDiscovery *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean ptl_discovery_search_finish (PtlDiscovery *self, GAsyncResult *result, GError **error);
gboolean ptl_discovery_is_searching (PtlDiscovery *self);

G_END_DECLS
