/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-rule.h"

G_BEGIN_DECLS

/* What should not be put before strangers: databases, remote desktops, file shares, container and
 * hypervisor APIs with audience `anyone` on a mapping or a remote tunnel; and a target that is a
 * router (@router_addresses, NULL- terminated, may be NULL), multicast, broadcast or unspecified.
 * PTL_ERROR_POLICY with the better way as advice. A rule with `override` set passes the first,
 * never the second. */
gboolean
ptl_policy_check (const PtlRule *rule, const char *const *router_addresses, GError **error);
/* "Redis", where @port of @protocol is one that does not belong on the internet, else NULL. */
const char *ptl_policy_get_risky_service (PtlProtocol protocol, guint16 port);

G_END_DECLS
