/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/**
 * PtlInventory:
 *
 * The living rules, as they count. Only a change (ptl-changes.h) puts or removes; everyone else looks and
 * listens.
 *
 * Signals, each with the rule (borrowed): `added`, `changed`, `removed`.
 */
#define PTL_TYPE_INVENTORY (ptl_inventory_get_type ())
G_DECLARE_FINAL_TYPE (PtlInventory, ptl_inventory, PTL, INVENTORY, GObject)

PtlInventory *ptl_inventory_new (void);
guint ptl_inventory_get_n_rules (PtlInventory *self);
guint ptl_inventory_count (PtlInventory *self, PtlRuleState state);
/* (transfer none) (nullable): good until the rule is next put. */
const PtlRule *ptl_inventory_get (PtlInventory *self, const char *id);
/* (transfer full) (nullable) */
PtlRule *ptl_inventory_dup (PtlInventory *self, const char *id);
/* Every id, for loops that change the inventory. (transfer full) */
GPtrArray *ptl_inventory_dup_ids (PtlInventory *self);
/* (transfer container): the rules themselves, for loops that only look. */
GPtrArray *ptl_inventory_list (PtlInventory *self);
/* Adds @rule (transfer full) or replaces the one of its id. */
void ptl_inventory_put (PtlInventory *self, PtlRule *rule);
/* Counters only: no copy of the rule is made. */
void ptl_inventory_set_traffic (PtlInventory *self, const char *id, const PtlTraffic *traffic);
void ptl_inventory_remove (PtlInventory *self, const char *id);

G_END_DECLS
