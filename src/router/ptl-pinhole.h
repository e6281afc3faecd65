/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-gateway.h"
#include "ptl-mapper.h"

G_BEGIN_DECLS

/**
 * PtlPinhole:
 *
 * Pinholes for IPv6 in a router's firewall by UPnP (WANIPv6FirewallControl:1 of IGD:2), through the helper
 * portolan-igd. It is found by the router's IPv4 side (the gateway's peer), and asked over IPv6.
 */
#define PTL_TYPE_PINHOLE (ptl_pinhole_get_type ())
G_DECLARE_FINAL_TYPE (PtlPinhole, ptl_pinhole, PTL, PINHOLE, PtlMapper)

PtlMapper *ptl_pinhole_new (PtlClock *clock, const char *helper, const PtlGateway *gateway);
/* The router's IPv4 side is another, or NULL: there is none. */
void ptl_pinhole_set_peer (PtlPinhole *self, const char *peer, const char *peer_local);

G_END_DECLS
