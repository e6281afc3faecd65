/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_REPORT_JSON,
  PTL_REPORT_CSV,
  PTL_REPORT_HTML,
  PTL_N_REPORT_FORMATS /*< skip >*/
} PtlReportFormat;

/* By the end of @filename: ".json", ".csv", ".html", ".htm". PTL_ERROR_INVALID */
gboolean
ptl_report_format_of (const char *filename, PtlReportFormat *format, GError **error);
/* The whole file as text (transfer full). HTML: one page that needs nothing besides, has no
 * scripts, and prints; all that came from the network is escaped. CSV: RFC 4180, one line for each
 * finding; no cell is a formula. */
char *ptl_report_export (const PtlReport *report, PtlReportFormat format);

/* ptl-report-csv.c, ptl-report-html.c */
char *ptl_report_to_csv (const PtlReport *report);
char *ptl_report_to_html (const PtlReport *report);

/* For the screen, translated. */
/* "the internet", "your home network", "this computer" */
const char *ptl_reach_to_title (const char *reach);
/* "every IPv4 address", or the address. */
const char *ptl_finding_get_address_title (const PtlFinding *finding);
/* What answers: "Grafana 10.2", else the program that listens, else "" (transfer full). */
char *ptl_finding_dup_title (const PtlFinding *finding);
/* "sshd (ssh.service)", "Docker: web", "" = not known (transfer full). */
char *ptl_finding_dup_program (const PtlFinding *finding);
/* "The router leads 203.0.113.7:25565 here" and the like, one line each (transfer full). */
char *ptl_finding_dup_forwarded (const PtlFinding *finding);
/* "The home network: Answers" and the like, one line each (transfer full). */
char *ptl_finding_dup_seen (const PtlFinding *finding);

G_END_DECLS
