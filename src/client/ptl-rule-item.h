/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/**
 * PtlRuleItem:
 *
 * A rule as the window and portolanctl see it. Properties (notify, all readable, for bindings): id, kind, name,
 * state, public-endpoint, target, owner, purpose, protocol (all strings), expires, review, created, closed (int64),
 * bytes-in, bytes-out, connections-now (uint64), error-message, error-advice, step; placeholder (boolean: of a
 * history page that is still on its way). Signal `changed`.
 */
#define PTL_TYPE_RULE_ITEM (ptl_rule_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlRuleItem, ptl_rule_item, PTL, RULE_ITEM, GObject)

PtlRuleItem *ptl_rule_item_new (PtlRule *rule); /* (transfer full) */
/* A row whose rule is not known yet; ptl_rule_item_update() fills it. */
PtlRuleItem *ptl_rule_item_new_placeholder (void);
gboolean ptl_rule_item_is_placeholder (PtlRuleItem *self);
const PtlRule *ptl_rule_item_get_rule (PtlRuleItem *self);

/* For the client library: @rule (transfer full) takes the place of the present one; what differs is notified. */
void ptl_rule_item_update (PtlRuleItem *self, PtlRule *rule);
/* For the client library: some of Rule1's properties changed (a{sv}). On error nothing is changed. */
gboolean ptl_rule_item_apply (PtlRuleItem *self, GVariant *changed, GError **error);

G_END_DECLS
