/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlHistoryList:
 *
 * Closed and failed rules, latest first, as a GListModel of PtlRuleItem. It knows how many there are and
 * fetches pages of 200 as their items are asked for; until a page is here its items are placeholders
 * (PtlRuleItem:placeholder), which then fill in and notify. Follows the worker: a rule that closes comes
 * in at the top.
 *
 * Properties (notify): search (string, writable: words that must all be found, "" = all), loading (boolean).
 */
#define PTL_TYPE_HISTORY_LIST (ptl_history_list_get_type ())
G_DECLARE_FINAL_TYPE (PtlHistoryList, ptl_history_list, PTL, HISTORY_LIST, GObject)

/* Loads its first page at once where @client is ready, else as soon as it is. */
PtlHistoryList *ptl_history_list_new (PtlClient *client);
void ptl_history_list_set_search (PtlHistoryList *self, const char *search);
const char *ptl_history_list_get_search (PtlHistoryList *self);
gboolean ptl_history_list_is_loading (PtlHistoryList *self);

G_END_DECLS
