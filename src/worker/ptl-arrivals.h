/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* Where those that a rule is for arrive at this computer. */
typedef struct
{
  PtlEndpoint *where;
  char *interface;
} PtlArrival;

void ptl_arrival_free (PtlArrival *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlArrival, ptl_arrival_free)

/* By what it was granted: where the engine or ssh listens, where a router leads; of PtlArrival, each once. Empty where
 * nobody arrives here, or by loopback alone. */
GPtrArray *ptl_rule_list_arrivals (const PtlRule *rule);
/* @a, @b: of PtlArrival; in the same order. */
gboolean ptl_arrivals_equal (const GPtrArray *a, const GPtrArray *b);

G_END_DECLS
