/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a router's WAN address tells about the network that we are in. */
typedef enum
{
  PTL_ADDRESS_PUBLIC,
  PTL_ADDRESS_NONE,       /* not told, or 0.0.0.0: the router is not connected */
  PTL_ADDRESS_PRIVATE,    /* RFC 1918: a second router before this one */
  PTL_ADDRESS_SHARED,     /* 100.64.0.0/10: carrier-grade NAT (RFC 6598) */
  PTL_ADDRESS_DSLITE,     /* 192.0.0.0/24: DS-Lite or 464XLAT (RFC 6333, 7335) */
  PTL_ADDRESS_LOOPBACK,
  PTL_ADDRESS_LINK_LOCAL,
  PTL_ADDRESS_SPECIAL,    /* multicast, documentation, reserved ... */
} PtlAddressClass;

/* @address: text; NULL, "" and what is no address are NONE. */
PtlAddressClass ptl_address_class_of (const char *address);
/* NULL for a public address; else PTL_ERROR_ROUTER_OFFLINE saying what is in the way and what to
 * do. */
GError *ptl_address_class_to_error (PtlAddressClass kind, const char *router, const char *address);

G_END_DECLS
