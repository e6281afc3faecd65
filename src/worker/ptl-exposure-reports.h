/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "worker/ptl-store-reports.h"

G_BEGIN_DECLS

/**
 * PtlExposureReports:
 *
 * The reports that were made, and which of their findings the person accepts. They are in the store; where that cannot be
 * written the last one is here all the same.
 */
typedef struct _PtlExposureReports PtlExposureReports;

PtlExposureReports *ptl_exposure_reports_new (PtlClock *clock, PtlStore *store);
void ptl_exposure_reports_free (PtlExposureReports *self);

/* Says what is new in @report (transfer full), orders it, keeps and logs it (event "check-exposure"). Returns it as it
 * stands now. (transfer none) */
const PtlReport *ptl_exposure_reports_take (PtlExposureReports *self, PtlReport *report, const char *who);
/* The head of the last one about this machine, or of any; NULL = there was none. (transfer none) */
const PtlReport *ptl_exposure_reports_get_last (PtlExposureReports *self);

/* With what is accepted now. @id: "" = the last one, else an id or its beginning. (transfer full). NOT_FOUND, AMBIGUOUS */
PtlReport *ptl_exposure_reports_get (PtlExposureReports *self, const char *id, GError **error);
/* Heads, latest first. (transfer full) (element-type PtlReport) */
GPtrArray *ptl_exposure_reports_list (PtlExposureReports *self, GError **error);
/* @from: "" = the one before @to that looked at the same from the same places; @to: "" = the last one. (transfer full)
 * (element-type PtlFinding). NOT_FOUND */
GPtrArray *ptl_exposure_reports_compare (PtlExposureReports *self, const char *from, const char *to, GError **error);

/* Accepts the finding @key of the last report until @until (Unix seconds, 0 = no longer), and logs it (event
 * "accept-finding"). One that gets worse is told again all the same. INVALID, NOT_FOUND, STORE_* */
gboolean ptl_exposure_reports_accept (PtlExposureReports *self,
                                      const char *key,
                                      gint64 until,
                                      const char *reason,
                                      const char *who,
                                      GError **error);

G_END_DECLS
