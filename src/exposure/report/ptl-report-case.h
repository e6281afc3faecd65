/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-report-facts.h"

G_BEGIN_DECLS

/* Inside of this folder: a finding in the making, with what of the facts its judgement needs. All but
 * the finding is borrowed from the facts. */
typedef struct
{
  PtlFinding *finding;
  const PtlReportSocket *socket; /* (nullable) */
  const PtlReportGuard *guard;   /* (nullable) */
  GPtrArray *doors;              /* (element-type PtlReportDoor), unowned: what leads to it */
  gboolean own_address;          /* it is at an address of this machine */
  gboolean named;                /* the person asked for this very port */
  gboolean empty;                /* this program's engine listens, and nobody where it leads to */
} PtlReportCase;

/* Fills in reach, severity, evidence and advice. */
void ptl_report_judge (PtlReportCase *self, const PtlReportFacts *facts);

/* Whether it is this program's own socket for what routers announce. */
gboolean ptl_report_case_is_own_ear (const PtlReportCase *self);

/* Whether @self was answered somewhere else than on this machine itself, and @state came of it. */
gboolean ptl_report_case_was_seen (const PtlReportCase *self, PtlSeenState state);
/* From outside alone. */
gboolean ptl_report_case_was_seen_outside (const PtlReportCase *self, PtlSeenState state);

G_END_DECLS
