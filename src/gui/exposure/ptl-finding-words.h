/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"

G_BEGIN_DECLS

/* What a report and its findings say to people; pure. Texts are translated and plain, never markup. */

/* Who of those that a table shows. */
typedef enum
{
  PTL_FINDINGS_DOORS,    /* others can reach it, and nobody has accepted that */
  PTL_FINDINGS_NEW,      /* it is another than in the report before */
  PTL_FINDINGS_ACCEPTED,
  PTL_FINDINGS_ALL,
  PTL_N_FINDINGS /*< skip >*/
} PtlFindingsFilter;

/* A door: something answers that others than this computer can reach. */
gboolean ptl_finding_is_door (const PtlFinding *self);
/* A door at which nobody is asked who they are. */
gboolean ptl_finding_is_unlocked (const PtlFinding *self);
gboolean ptl_finding_passes (const PtlFinding *self, PtlFindingsFilter filter, gint64 now);
/* @words: case-folded, each found in port, name, program, address or key. */
gboolean ptl_finding_matches (const PtlFinding *self, const char *const *words);

const char *ptl_severity_to_icon (PtlSeverity severity);
const char *ptl_severity_to_style (PtlSeverity severity); /* a style class */
const char *ptl_auth_to_icon (PtlAuth auth);
const char *ptl_auth_to_style (PtlAuth auth);

/* "8080 TCP" (transfer full) */
char *ptl_finding_dup_port (const PtlFinding *self);
/* What it is called where it is to have a name in any case: "Redis 7.0", "sshd", "Port 8080" (transfer full). */
char *ptl_finding_dup_name (const PtlFinding *self);
/* "Internet", "Home network", "This computer" */
const char *ptl_finding_get_reach (const PtlFinding *self);
const char *ptl_finding_get_news (const PtlFinding *self);
/* The whole of it in one line, for who does not see the table (transfer full). */
char *ptl_finding_dup_spoken (const PtlFinding *self);

/* The report in two sentences. */
typedef struct
{
  char *title;      /* "3 doors stand open to the internet, one of them without a lock" */
  char *more;       /* what of the home network, or "" */
  const char *icon; /* and its style class, by the worst that nobody accepted */
  const char *style;
} PtlReportSummary;
PtlReportSummary *ptl_report_summarize (const PtlReport *report, gint64 now);
void ptl_report_summary_free (PtlReportSummary *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlReportSummary, ptl_report_summary_free)

/* Of what is other between two reports, as the findings' news say: "2 are new, 1 is changed, 1 is gone". (transfer full) */
char *ptl_report_dup_changes (const PtlReport *difference);
/* "Checked today 18:00, from this computer and the home network. 2 are new." (transfer full) */
char *ptl_report_dup_checked (const PtlReport *report, gint64 now);
/* "Looking at the ports: 12 of 40" for ExposureCheck (transfer full). */
char *ptl_exposure_dup_phase (GVariant *check);
/* From 0 to 1, or less than 0 where that is not known. */
double ptl_exposure_get_fraction (GVariant *check);
gboolean ptl_exposure_is_running (GVariant *check);

G_END_DECLS
