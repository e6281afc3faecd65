/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "gui/ptl-asked-list.h"
#include "gui/table/ptl-table-spec.h"

G_BEGIN_DECLS

/* Who can reach a listener, as far as its address tells. */
typedef enum
{
  PTL_REACH_COMPUTER, /* programs on this computer */
  PTL_REACH_NETWORK,  /* everyone in this network */
  PTL_REACH_INTERNET, /* a rule that is open leads to it */
} PtlReach;

/**
 * PtlListener:
 *
 * A socket that some program on this machine listens on, as ListListeners tells it.
 */
#define PTL_TYPE_LISTENER (ptl_listener_get_type ())
G_DECLARE_FINAL_TYPE (PtlListener, ptl_listener, PTL, LISTENER, GObject)

gpointer ptl_listener_new (GVariant *properties); /* (transfer full), a{sv} */
PtlReach ptl_listener_get_reach (PtlListener *self);
/* Finds out whether one of @rules (of PtlRuleItem) leads to it from outside. */
void ptl_listener_look_for_rule (PtlListener *self, GListModel *rules);
/* @words: case-folded, each found in program, address, port, user, unit or container. */
gboolean ptl_listener_matches (PtlListener *self, const char *const *words);

PtlAskedList *ptl_listener_list_new (PtlClient *client);
/* The program that listens at @target, an endpoint on this machine: "" where its name is not to be known, NULL where
 * there is none. The list keeps it. */
const char *ptl_listener_find_process (GListModel *listeners, const PtlEndpoint *target);

extern const PtlTableSpec ptl_listener_table;

G_END_DECLS
