/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exposure/ptl-socket-peers.h"
#include "exposure/report/ptl-report-facts.h"
#include "firewall/ptl-containers.h"
#include "router/ptl-discovery.h"
#include "router/ptl-netlink.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-relays.h"

G_BEGIN_DECLS

/* By which of its addresses this machine is looked at as a neighbour would; "" = it has none. */
typedef struct
{
  char *ipv4;
  char *ipv6;
  char *interface; /* of the former, else of the latter */
} PtlExposureHome;
void ptl_exposure_home_free (PtlExposureHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlExposureHome, ptl_exposure_home_free)

/* Fills in the facts' addresses from what the kernel says. Those of the default route's link go
 * first; VPN and container bridges last. Pure. (transfer full) */
PtlExposureHome *ptl_exposure_gather_addresses (PtlReportFacts *facts, const PtlNetTables *tables);

/* Adds the sockets among @listeners (element-type PtlListener). @peers: who uses them now. */
void ptl_exposure_gather_sockets (PtlReportFacts *facts, GPtrArray *listeners, const PtlSocketPeers *peers);

/* Adds a guard, still to be asked for, for each port that one of @containers (element-type PtlContainer) publishes to
 * others: the kernel leads some of them on without a socket. */
void ptl_exposure_gather_published (PtlReportFacts *facts, GPtrArray *containers);

/* Adds what the living rules declare, and what routers and relays granted them. */
void ptl_exposure_gather_rules (PtlReportFacts *facts,
                                PtlInventory *inventory,
                                PtlDiscovery *discovery,
                                PtlRelays *relays);

/* Adds what the table of @router shows. @entries: aa{sv}, as ListEntries has it. */
void ptl_exposure_gather_entries (PtlReportFacts *facts, PtlRouter *router, GVariant *entries);

/* Adds the looks, not yet taken, of where a neighbour would look: every socket that is not of loopback, and what routers
 * lead to at home. */
void ptl_exposure_gather_looks (PtlReportFacts *facts, const PtlExposureHome *home);

/* The first UDP port that the kernel gives to who asks for none. */
guint16 ptl_exposure_read_passing (void);

G_END_DECLS
