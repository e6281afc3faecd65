/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-finding.h"
#include "gui/details/ptl-facts.h"

G_BEGIN_DECLS

/* What is shown of one finding beside its words. Pure. @now: Unix seconds. */

/* One of ptl_finding_dup_ways() to be shown: of PtlHop. */
GPtrArray *ptl_finding_dup_hops (const PtlFinding *self, const GPtrArray *way);
/* Declared, listening, forwarded, seen, a line each: of PtlFact. @rule_name: (nullable) of the rule that declares it. */
GPtrArray *ptl_finding_dup_views (const PtlFinding *self, const char *rule_name, gint64 now);
/* What answers there: of PtlFact. */
GPtrArray *ptl_finding_dup_identity (const PtlFinding *self, gint64 now);

G_END_DECLS
