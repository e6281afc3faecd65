/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-firewall-view.h"

G_BEGIN_DECLS

/* What a plain nftables ruleset would do, from "nft -j list ruleset" (libnftables-json(5)). A new connection from anywhere
 * to the view's ports is followed through the chains that hook input; what cannot be followed makes it UNKNOWN. A chain that
 * keeps it out is named in @view's zone, as "inet filter input". Where no chain hooks input there is no firewall, and it is
 * open. FALSE: @json is no such ruleset. */
gboolean ptl_nft_weigh (const char *json, gsize length, PtlFirewallView *view);

G_END_DECLS
