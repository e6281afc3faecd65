/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "core/ptl-dynamic-name.h"

G_BEGIN_DECLS

/**
 * PtlNameItem:
 *
 * Name1 of the bus contract: a dynamic name and what is under way for it. Signal `changed`.
 */
#define PTL_TYPE_NAME_ITEM (ptl_name_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlNameItem, ptl_name_item, PTL, NAME_ITEM, GObject)

PtlNameItem *ptl_name_item_new (GVariant *properties); /* a{sv} */
void ptl_name_item_apply (PtlNameItem *self, GVariant *changed);
/* As declared and as it went; of what came of it: published addresses, last update, message,
 * advice. */
const PtlDynamicName *ptl_name_item_get_name (PtlNameItem *self);
const char *ptl_name_item_get_state (PtlNameItem *self); /* "up-to-date", "updating", "waiting",
                                                            "stopped", "no-address" */
gint64 ptl_name_item_get_next_try (PtlNameItem *self);   /* Unix seconds, 0 = none */

G_END_DECLS
