/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-discovery.h"
#include "router/ptl-netlink.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_ADDRESS_FAMILY_IPV4,
  PTL_ADDRESS_FAMILY_IPV6,
  PTL_N_ADDRESS_FAMILIES
} PtlAddressFamily;

/**
 * PtlAddressSource:
 *
 * Where this home is to be found from the internet: the address on the other side of the default
 * router, and for IPv6 the stable one of this computer. Where others cannot connect to it
 * (carrier-grade NAT, a second router) there is no address, and the reason is told.
 *
 * What somebody outside has seen (a witness: STUN, a web page) is taken where the router does not
 * tell its address; what the router tells goes first.
 *
 * Signal `changed`: an address or a reason is another.
 */
#define PTL_TYPE_ADDRESS_SOURCE (ptl_address_source_get_type ())
G_DECLARE_FINAL_TYPE (PtlAddressSource, ptl_address_source, PTL, ADDRESS_SOURCE, GObject)

PtlAddressSource *ptl_address_source_new (PtlClock *clock, PtlDiscovery *discovery);
/* While somebody follows the address the router is asked for it every few minutes. */
void ptl_address_source_set_followed (PtlAddressSource *self, gboolean followed);
/* Asks the router now. */
void ptl_address_source_refresh (PtlAddressSource *self);
/* NULL where there is none; then ptl_address_source_get_error() says why. */
const char *ptl_address_source_get (PtlAddressSource *self, PtlAddressFamily family);
const GError *ptl_address_source_get_error (PtlAddressSource *self, PtlAddressFamily family);
/* @address: NULL = nothing was seen, or it is not true any more. */
void ptl_address_source_set_witness (PtlAddressSource *self,
                                     PtlAddressFamily family,
                                     const char *address);

/* The address of this computer that others should use by IPv6, from what the kernel says: global,
 * on the link of the best default route, and neither temporary nor about to go. @prefer: the one in
 * use so far, which is kept where it will do. (transfer full) (nullable). Pure. */
char *ptl_address_source_choose_ipv6 (const PtlNetTables *tables, const char *prefer);

G_END_DECLS
