/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-check-facts.h"
#include "router/ptl-discovery.h"
#include "router/ptl-netlink.h"

G_BEGIN_DECLS

/* What this computer and its router tell, as far as it is known by now: asks nobody. */
PtlCheckFacts *ptl_check_gather (PtlDiscovery *discovery, PtlNetlink *netlink);

G_END_DECLS
