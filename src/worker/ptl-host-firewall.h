/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firewall/ptl-firewalld.h"
#include "worker/ptl-backend.h"
#include "worker/ptl-debts.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-store-openings.h"

G_BEGIN_DECLS

/**
 * PtlHostFirewall:
 *
 * What rules hold in this computer's firewalld. Where that keeps out those whom an open rule is for, and the rule wishes so,
 * just the ports at which they arrive here are opened in the zone of the interface that they come by: in firewalld's
 * runtime configuration alone, with a time after which firewalld closes them by itself; for the networks of the audience
 * alone where it names any. What was open before is nobody's of ours, and stays.
 *
 * It follows the inventory: what is open and what ought to be are compared after each change of a rule or of firewalld,
 * one pass at a time for all rules that are concerned. Each opening is in the store before firewalld is asked
 * (ptl-store-openings.h), so that one that a worker left behind is closed after the next start. What firewalld refuses to
 * close becomes a debt; this is the back end that pays those.
 *
 * What cannot be opened keeps no rule closed: it is a caveat (ptl_host_firewall_dup_caveat()).
 *
 * Signals: `caveat-changed (rule_id)`: that is another, or what is open is; `presence-changed`: firewalld came or went.
 */
#define PTL_TYPE_HOST_FIREWALL (ptl_host_firewall_get_type ())
G_DECLARE_FINAL_TYPE (PtlHostFirewall, ptl_host_firewall, PTL, HOST_FIREWALL, GObject)

PtlHostFirewall *ptl_host_firewall_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlDebts *debts, PtlFirewalld *firewalld);
/* Takes over what the store knows, and begins. */
void ptl_host_firewall_start (PtlHostFirewall *self);

/* Opens what @rule, which was granted what its leases say and is about to be published as open, needs. Ends when that is
 * done or cannot be done. */
void ptl_host_firewall_settle_async (PtlHostFirewall *self, const PtlRule *rule, GAsyncReadyCallback callback, gpointer user_data);
void ptl_host_firewall_settle_finish (PtlHostFirewall *self, GAsyncResult *result);

/* Why those that the rule is for are kept out by firewalld; NULL = they are not, or that is not known. (transfer full) */
GError *ptl_host_firewall_dup_caveat (PtlHostFirewall *self, const char *rule_id);
/* What an administrator would run about it; NULL = nothing. */
const char *ptl_host_firewall_get_command (PtlHostFirewall *self, const char *rule_id);
/* (transfer none) (nullable): what is open for the rule, of PtlOpeningRecord. */
const GPtrArray *ptl_host_firewall_get_records (PtlHostFirewall *self, const char *rule_id);
/* Whether firewalld runs. */
gboolean ptl_host_firewall_is_there (PtlHostFirewall *self);

G_END_DECLS
