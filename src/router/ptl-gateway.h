/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-netlink.h"
#include "ptl-router-place.h"

G_BEGIN_DECLS

/* A gateway that may take mappings, as the routing table shows it. */
typedef struct
{
  char *id;        /* [a-z0-9]: by its hardware address where known, else the same as @alias */
  char *alias;     /* [a-z0-9]: by address and interface, known at any time */
  char *address;
  char *interface;
  char *local;     /* this computer's address towards it */
  gboolean named;  /* by the person */
  char *url;       /* of its description where the person gave that, else NULL */
  /* of an IPv6 one: the IPv4 gateway of the same interface and our address towards it, or NULL */
  char *peer;
  char *peer_local;
} PtlGateway;

void ptl_gateway_free (PtlGateway *self);

/* The gateways of the IPv4 default routes, the best (lowest metric) first. VPN and container
 * bridges are left out. (element-type PtlGateway) */
GPtrArray *ptl_gateway_choose (const PtlNetTables *tables);
/* Adds those that the person named and that are in a network of this computer, or has them reached
 * by the interface that the person chose: VPN and container bridges too. (element-type
 * PtlRouterPlace) */
void ptl_gateway_add_places (GPtrArray *gateways, const PtlNetTables *tables, GPtrArray *places);
/* The same of the IPv6 default routes: @address is link-local with "%interface" mostly, @local the stable global
 * address of the interface. An interface that has none is left out. */
GPtrArray *ptl_gateway_choose_ipv6 (const PtlNetTables *tables);
/* Why there is none: no route, or no address that can be reached from the internet. PTL_ERROR_ROUTER_NONE. */
GError *ptl_gateway_explain_ipv6 (const PtlNetTables *tables);
/* The global IPv6 address of the neighbour that has @address (IPv4); NULL where it is not known. (transfer full) */
char *ptl_gateway_find_ipv6_of (const PtlNetTables *tables, const char *address);
/* Why there is none: no route, a VPN alone, IPv6 alone. PTL_ERROR_ROUTER_NONE. */
GError *ptl_gateway_explain (const PtlNetTables *tables);
/* "vpn" or "bridge" where @link is one that is shown and not chosen, else NULL. */
const char *ptl_gateway_why_not (const PtlNetLink *link);

G_END_DECLS
