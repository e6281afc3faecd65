/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "core/ptl-report.h"

G_BEGIN_DECLS

/**
 * PtlFindingItem:
 *
 * A finding of a report, for list models. It never changes: another report has other items.
 */
#define PTL_TYPE_FINDING_ITEM (ptl_finding_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlFindingItem, ptl_finding_item, PTL, FINDING_ITEM, GObject)

/* The finding @index of @report, which is kept alive. */
PtlFindingItem *ptl_finding_item_new (PtlReport *report, guint index);
const PtlFinding *ptl_finding_item_get_finding (PtlFindingItem *self);

G_END_DECLS
