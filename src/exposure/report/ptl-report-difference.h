/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"

G_BEGIN_DECLS

/* Says of each finding of @report whether it is "new" or "changed" against @before. */
void ptl_report_mark_news (PtlReport *report, const PtlReport *before);

/* What is other in @to than in @from: its new and changed findings, and those of @from that are
 * gone, each with its news. Copies. (element-type PtlFinding), the worst first. */
GPtrArray *ptl_report_difference (const PtlReport *from, const PtlReport *to);

/* Whether two reports looked at the same from the same places, so that a difference means something. */
gboolean ptl_report_is_comparable (const PtlReport *a, const PtlReport *b);

G_END_DECLS
