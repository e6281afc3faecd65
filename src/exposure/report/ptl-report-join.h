/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-report-facts.h"

G_BEGIN_DECLS

/* Puts declared, listening, forwarded and seen side by side: one finding for each endpoint, with who
 * can reach it, how bad that is, and why. IPv4 and IPv6 are two. Ports that nobody answers at, and
 * that nothing leads to, are none. Pure. (transfer full) (element-type PtlFinding), in no order. */
GPtrArray *ptl_report_join (const PtlReportFacts *facts);

G_END_DECLS
