/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "core/ptl-event.h"

G_BEGIN_DECLS

/**
 * PtlEventItem:
 *
 * One event as a list shows it; it never changes. Properties for bindings: seq, at (int64), who, what,
 * rule-id, result, detail (strings).
 */
#define PTL_TYPE_EVENT_ITEM (ptl_event_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlEventItem, ptl_event_item, PTL, EVENT_ITEM, GObject)

PtlEventItem *ptl_event_item_new (PtlEvent *event); /* (transfer full) */
const PtlEvent *ptl_event_item_get_event (PtlEventItem *self);

G_END_DECLS
