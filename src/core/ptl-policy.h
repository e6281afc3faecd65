/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-identity.h"
#include "ptl-rule.h"

G_BEGIN_DECLS

/* What should not be put before strangers: databases, remote desktops, file shares, container and
 * hypervisor APIs with audience `anyone` on a mapping or a remote tunnel; and a target that is a
 * router (@router_addresses, NULL- terminated, may be NULL), multicast, broadcast or unspecified.
 * PTL_ERROR_POLICY with the better way as advice. A rule with `override` set passes the first,
 * never the second. */
gboolean
ptl_policy_check (const PtlRule *rule, const char *const *router_addresses, GError **error);
/* The same of where a name leads at present, which may be another place than when its rule was opened. It may not lead to
 * a group, to every device, to nothing, to an address that holds on one cable only (a cloud's secrets are at
 * 169.254.169.254), to a router, or to this computer, unless it is "localhost" or ends in it. @bytes: 4 or 16 of them;
 * IPv4-mapped ones count as IPv4. Safe in any thread. POLICY. */
gboolean ptl_policy_check_resolved (const char *name,
                                    guint8 family,
                                    const guint8 *bytes,
                                    const char *const *router_addresses,
                                    GError **error);
/* Whether people whom nobody knows can come in by @rule: then ptl_policy_check() looks at what is at its
 * target, by the port, and ptl_policy_check_identity() at what answers there. */
gboolean ptl_policy_is_before_strangers (const PtlRule *rule);
/* The same as ptl_policy_check() of what answered at one of the targets (@where: "127.0.0.1:8080"), whatever
 * its port: what must not be before strangers at all, with a login or without, and what lets anybody read,
 * change or command without one. POLICY with the better way as advice; a rule with `override` passes. */
gboolean ptl_policy_check_identity (const PtlRule *rule,
                                    const char *where,
                                    const PtlIdentity *identity,
                                    GError **error);
/* "Redis", where @port of @protocol is one that does not belong on the internet, else NULL. */
const char *ptl_policy_get_risky_service (PtlProtocol protocol, guint16 port);

G_END_DECLS
