/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"
#include "ptl-relay.h"

G_BEGIN_DECLS

/* A tunnel's one lease: its system is "ssh", its holder the relay; its key tells where the tunnel
 * listens, an address or "*" for every one of the relay's, for the endpoint's host is what people
 * outside use. */

/* Where a rule's tunnel is to listen: as its lease tells, where it was open before. (transfer full)
 */
char *ptl_tunnel_lease_dup_bind (const PtlRule *rule, const PtlRelay *relay);
/* Whether that is for everyone. */
gboolean ptl_tunnel_lease_is_any (const char *bind);
/* The port that was granted before, or the one asked for; 0 = any. */
guint16 ptl_tunnel_lease_get_port (const PtlRule *rule);
PtlEndpoint *ptl_tunnel_lease_make_listen (const char *bind, guint16 port);
/* (transfer full) (element-type PtlLease) */
GPtrArray *
ptl_tunnel_lease_list (const PtlRule *rule, const PtlRelay *relay, const char *bind, guint16 port);

G_END_DECLS
