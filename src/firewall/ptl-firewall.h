/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-firewalld.h"

G_BEGIN_DECLS

/**
 * PtlFirewall:
 *
 * This computer's firewall, whichever it is: firewalld, ufw, or plain nftables; and what containers publish past it. It
 * never asks for more rights than it has: what it may not see it says.
 */
#define PTL_TYPE_FIREWALL (ptl_firewall_get_type ())
G_DECLARE_FINAL_TYPE (PtlFirewall, ptl_firewall, PTL, FIREWALL, GObject)

PtlFirewall *ptl_firewall_new (void);
/* (transfer none) */
PtlFirewalld *ptl_firewall_get_firewalld (PtlFirewall *self);
/* Whether @audience (NULL = anyone) gets in at @where by @interface ("" = the usual one). @where's host: this computer's
 * address, NULL = any, by IPv4 and by IPv6. Never fails: what is not to be known is UNKNOWN. Takes a few seconds at most. */
void ptl_firewall_look_async (PtlFirewall *self, const PtlEndpoint *where, PtlAudience *audience, const char *interface, GAsyncReadyCallback callback, gpointer user_data);
PtlFirewallView *ptl_firewall_look_finish (PtlFirewall *self, GAsyncResult *result);
G_END_DECLS
