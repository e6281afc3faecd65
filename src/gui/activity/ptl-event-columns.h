/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-event.h"
#include "gui/table/ptl-table-spec.h"

G_BEGIN_DECLS

/* A table of PtlEventItem. */
extern const PtlTableSpec ptl_event_table;

typedef enum
{
  PTL_EVENT_FILTER_ALL,
  PTL_EVENT_FILTER_OPENED, /* opened, reopened, restored */
  PTL_EVENT_FILTER_CLOSED, /* closed, expired, taken back */
  PTL_EVENT_FILTER_CHANGED, /* extended, edited */
  PTL_EVENT_FILTER_TROUBLE, /* what failed */
} PtlEventFilter;

gboolean ptl_event_passes (const PtlEvent *event, PtlEventFilter filter);
/* @words: case-folded, each found in who, what, detail or the rule's id. */
gboolean ptl_event_matches (const PtlEvent *event, const char *const *words);

G_END_DECLS
