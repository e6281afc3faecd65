/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-check-facts.h"
#include "router/ptl-netlink.h"

G_BEGIN_DECLS

/* How this computer gets out: connected, way_interface, way_address, vpn and local_ipv6 of @facts. The kernel is asked
 * which address it would take for one on the internet, so that rules and routes of any VPN count (half the address space
 * each, a table of its own); nothing is sent. */
void ptl_way_out_find (const PtlNetTables *tables, PtlCheckFacts *facts);
/* The same for addresses that are found out already ("" = no way). Pure. */
void ptl_way_out_fill (const PtlNetTables *tables, const char *ipv4, const char *ipv6, PtlCheckFacts *facts);

G_END_DECLS
