/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"
#include "core/ptl-rule.h"

G_BEGIN_DECLS

/**
 * PtlFirewallGroup:
 *
 * Whether this computer's firewall is opened for a rule. It shows itself only where that can be done, and where people
 * arrive at this computer.
 *
 * Signal `changed`.
 */
#define PTL_TYPE_FIREWALL_GROUP (ptl_firewall_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlFirewallGroup, ptl_firewall_group, PTL, FIREWALL_GROUP, AdwPreferencesGroup)

PtlFirewallGroup *ptl_firewall_group_new (void);
/* Where it learns whether there is a firewall. */
void ptl_firewall_group_set_client (PtlFirewallGroup *self, PtlClient *client);
/* Whether people arrive at this computer by what is opened; they do until it is said. */
void ptl_firewall_group_set_arriving (PtlFirewallGroup *self, gboolean arriving);
void ptl_firewall_group_set_wish (PtlFirewallGroup *self, PtlFirewallWish wish);
PtlFirewallWish ptl_firewall_group_get_wish (PtlFirewallGroup *self);

G_END_DECLS
