/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-bus.h"

G_BEGIN_DECLS

/**
 * PtlRuleObject:
 *
 * A rule on the bus: the generated skeleton, with answers that are small while they wait. All properties of all rules
 * at once (GetManagedObjects) are a tree of some fifty small pieces of memory for each rule, until the answer is
 * written; here each rule's are one block.
 */
#define PTL_TYPE_RULE_OBJECT (ptl_rule_object_get_type ())
G_DECLARE_FINAL_TYPE (PtlRuleObject, ptl_rule_object, PTL, RULE_OBJECT, PtlBusRule1Skeleton)

PtlBusRule1 *ptl_rule_object_new (void);

G_END_DECLS
