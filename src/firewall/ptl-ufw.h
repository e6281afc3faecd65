/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-firewall-view.h"

G_BEGIN_DECLS

/* What ufw (ufw(8)) would do, from its files. */

/* Whether /etc/ufw/ufw.conf, as @text, has it enabled. */
gboolean ptl_ufw_is_enabled (const char *text);
/* Whether /etc/default/ufw, as @text, has it drop or reject what no rule allows. */
gboolean ptl_ufw_is_strict (const char *text);
/* Whether the rules, as user.rules has them ("### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in"), let all of
 * @first to @last of @protocol (TCP or UDP) in from anywhere. */
PtlFirewallVerdict ptl_ufw_weigh (const char *rules, gboolean strict, PtlProtocol protocol, guint16 first, guint16 last);
/* Reads the files below @root ("" = the system's) and fills @view in where ufw is on: FALSE where it is not. */
gboolean ptl_ufw_look (const char *root, PtlFirewallView *view);

G_END_DECLS
