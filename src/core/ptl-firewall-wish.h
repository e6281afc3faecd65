/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a rule wishes of this computer's firewall, where that keeps out those who are to come in. */
typedef enum
{
  PTL_FIREWALL_WISH_AUTO,  /* it is opened for them while the rule is open, where that can be done */
  PTL_FIREWALL_WISH_LEAVE, /* it stays as it is */
} PtlFirewallWish;

const char *ptl_firewall_wish_to_string (PtlFirewallWish wish); /* "auto", "leave" */
gboolean ptl_firewall_wish_from_string (const char *text, PtlFirewallWish *wish, GError **error);

G_END_DECLS
