/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-netlink.h"

G_BEGIN_DECLS

/* A gateway that may take mappings, as the routing table shows it. */
typedef struct
{
  char *id;        /* [a-z0-9]: by its hardware address where known, else the same as @alias */
  char *alias;     /* [a-z0-9]: by address and interface, known at any time */
  char *address;
  char *interface;
  char *local;     /* this computer's address towards it */
} PtlGateway;

void ptl_gateway_free (PtlGateway *self);

/* The gateways of the IPv4 default routes, the best (lowest metric) first. VPN and container
 * bridges are left out. (element-type PtlGateway) */
GPtrArray *ptl_gateway_choose (const PtlNetTables *tables);
/* Why there is none: no route, a VPN alone, IPv6 alone. PTL_ERROR_ROUTER_NONE. */
GError *ptl_gateway_explain (const PtlNetTables *tables);
/* "vpn" or "bridge" where @link is one that is shown and not chosen, else NULL. */
const char *ptl_gateway_why_not (const PtlNetLink *link);

G_END_DECLS
