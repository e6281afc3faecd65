/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"
#include "gui/ptl-asked-list.h"
#include "gui/table/ptl-table-spec.h"

G_BEGIN_DECLS

/**
 * PtlReportItem:
 *
 * The head of a report, as ListExposureReports tells it; it never changes.
 */
#define PTL_TYPE_REPORT_ITEM (ptl_report_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlReportItem, ptl_report_item, PTL, REPORT_ITEM, GObject)

gpointer ptl_report_item_new (GVariant *head); /* (transfer full), a{sv}; NULL where it cannot be read */
const PtlReport *ptl_report_item_get_report (PtlReportItem *self);
PtlAskedList *ptl_report_item_list_new (PtlClient *client);

extern const PtlTableSpec ptl_report_table;

G_END_DECLS
