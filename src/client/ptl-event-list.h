/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-client.h"
#include "ptl-event-item.h"

G_BEGIN_DECLS

/**
 * PtlEventList:
 *
 * The audit log, latest first, as a GListModel of PtlEventItem: the first 200 events, more on
 * ptl_event_list_load_more(), new ones at the top as they are logged.
 *
 * Properties (notify): loading, has-more (booleans).
 */
#define PTL_TYPE_EVENT_LIST (ptl_event_list_get_type ())
G_DECLARE_FINAL_TYPE (PtlEventList, ptl_event_list, PTL, EVENT_LIST, GObject)

/* @rule_id: NULL or "" = the events of all rules. */
PtlEventList *ptl_event_list_new (PtlClient *client, const char *rule_id);
void ptl_event_list_load_more (PtlEventList *self);
gboolean ptl_event_list_has_more (PtlEventList *self);
gboolean ptl_event_list_is_loading (PtlEventList *self);

G_END_DECLS
