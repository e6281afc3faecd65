/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-finding.h"

G_BEGIN_DECLS

/**
 * PtlReport:
 *
 * What one check of the exposure found. Plain data, counted by references; whoever made it fills it
 * in, then it is left as it is. All text is safe to show.
 */
typedef struct
{
  grefcount ref_count;
  char *id;        /* UUID */
  gint64 started;  /* Unix seconds */
  gint64 finished; /* Unix seconds */
  char *address;   /* whose ports it is about: literal, or "" = this computer */
  char *asked_by;  /* "schedule", or who asked */
  char **vantages; /* where from it was looked: ptl_vantage_to_string() */
  char **notes;    /* what could not be seen, a translated sentence each */
  guint n_severities[PTL_N_SEVERITIES]; /* of the findings that are not accepted */
  guint n_accepted;
  guint n_news;        /* new or changed ones among the former */
  GPtrArray *findings; /* (element-type PtlFinding): the worst first; empty where only the head was
                          read */
} PtlReport;

PtlReport *ptl_report_new (void);
PtlReport *ptl_report_ref (PtlReport *self);
void ptl_report_unref (PtlReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlReport, ptl_report_unref)

/* Orders the findings, the worst first, and counts them anew. @now: Unix seconds, for what was
 * accepted until then. */
void ptl_report_settle (PtlReport *self, gint64 now);
/* How many findings are at least so bad, and not accepted. */
guint ptl_report_count (const PtlReport *self, PtlSeverity severity);
/* Whether @finding is accepted at @now. */
gboolean ptl_finding_is_accepted (const PtlFinding *finding, gint64 now);

/* The head, as a{sv}, floating: Id s, Started x, Finished x, Address s, AskedBy s, Vantages as,
 * Notes as, Critical u, High u, Medium u, Low u, Info u, Accepted u, News u. */
GVariant *ptl_report_to_variant (const PtlReport *self);
/* Its findings, as aa{sv}, floating. */
GVariant *ptl_report_findings_to_variant (const PtlReport *self);
/* @findings: (nullable): without them it is the head alone. PTL_ERROR_INVALID. */
PtlReport *ptl_report_from_variants (GVariant *head, GVariant *findings, GError **error);

G_END_DECLS
