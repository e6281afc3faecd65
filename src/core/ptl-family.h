/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-lease.h"

G_BEGIN_DECLS

/* By which kinds of address a mapping lets people in. IPv4 needs a mapping in the router's NAT, IPv6 a
 * pinhole in its firewall: one may work where the other does not. */
typedef enum
{
  PTL_FAMILY_AUTO, /* IPv4 decides; IPv6 besides, where there is a global address and the router speaks it */
  PTL_FAMILY_IPV4,
  PTL_FAMILY_IPV6,
  PTL_FAMILY_BOTH, /* both or neither */
} PtlFamily;

const char *ptl_family_to_string (PtlFamily family); /* "auto", "ipv4", "ipv6", "both" */
gboolean ptl_family_from_string (const char *text, PtlFamily *family, GError **error);

/* Whether @lease is what a router granted for IPv6 (a pinhole), or was asked for. */
gboolean ptl_lease_is_pinhole (const PtlLease *lease);
/* The address and ports that someone outside uses by IPv6, from the pinholes among @leases; NULL = none was
 * granted. */
PtlEndpoint *ptl_leases_dup_pinhole_endpoint (const GPtrArray *leases);
/* Whether an IPv4 mapping was granted among @leases. */
gboolean ptl_leases_have_ipv4 (const GPtrArray *leases);

G_END_DECLS
