/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"

G_BEGIN_DECLS

/* Makes an item (transfer full) of one a{sv} of the answer; NULL leaves it out. */
typedef gpointer (*PtlMakeItem) (GVariant *properties);

/**
 * PtlAskedList:
 *
 * What a method of the worker that returns aa{sv} answered last, as a GListModel. It is asked for by
 * ptl_asked_list_refresh(), and keeps what it had until the answer is here.
 *
 * Properties (notify): loading (boolean). Signal: `loaded`: an answer or an error is here.
 */
#define PTL_TYPE_ASKED_LIST (ptl_asked_list_get_type ())
G_DECLARE_FINAL_TYPE (PtlAskedList, ptl_asked_list, PTL, ASKED_LIST, GObject)

/* @arguments: may be floating, or NULL. */
PtlAskedList *ptl_asked_list_new (PtlClient *client, const char *method, GVariant *arguments, PtlMakeItem make_item);
/* While a question is under way another one changes nothing. */
void ptl_asked_list_refresh (PtlAskedList *self);
/* Items whose line stays as it is stay too. Only where each line makes an item, which shows nothing but its line. */
void ptl_asked_list_set_steady (PtlAskedList *self);
gboolean ptl_asked_list_is_loading (PtlAskedList *self);
/* Whether there was an answer yet. */
gboolean ptl_asked_list_is_known (PtlAskedList *self);
/* Of the last question, or NULL. */
const GError *ptl_asked_list_get_error (PtlAskedList *self);

G_END_DECLS
