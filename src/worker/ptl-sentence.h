/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* What opening @rule will do, in one sentence (English: it is part of the bus contract), with what cannot be
 * kept said in a second one. @router: its name or address, or NULL. */
char *ptl_sentence_for_rule (const PtlRule *rule, const char *router);
/* What of an open rule cannot be kept, given the leases it has; NULL where all is. (transfer full) */
GError *ptl_sentence_dup_caveat (const PtlRule *rule);

G_END_DECLS
