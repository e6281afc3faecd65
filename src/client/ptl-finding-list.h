/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-client.h"
#include "ptl-finding-item.h"

G_BEGIN_DECLS

/**
 * PtlFindingList:
 *
 * The findings of a report, the worst first, as a GListModel of PtlFindingItem. It follows the
 * worker: when there is another last report, and when a finding of it is accepted, it is fetched.
 *
 * Signal `changed`: after the items, another report is shown, or loading it ended or failed.
 */
#define PTL_TYPE_FINDING_LIST (ptl_finding_list_get_type ())
G_DECLARE_FINAL_TYPE (PtlFindingList, ptl_finding_list, PTL, FINDING_LIST, GObject)

PtlFindingList *ptl_finding_list_new (PtlClient *client);
/* (transfer none) (nullable): NULL = none was made yet, or none is here yet */
PtlReport *ptl_finding_list_get_report (PtlFindingList *self);
gboolean ptl_finding_list_is_loading (PtlFindingList *self);
/* (transfer none) (nullable): why the last report could not be fetched */
const GError *ptl_finding_list_get_error (PtlFindingList *self);
/* Fetches it again. */
void ptl_finding_list_reload (PtlFindingList *self);

/* What GetExposureReport answers, as a report. PTL_ERROR_INVALID */
PtlReport *ptl_report_from_answer (GVariant *answer, GError **error);

G_END_DECLS
