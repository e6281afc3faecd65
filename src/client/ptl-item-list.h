/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlItemList:
 *
 * A GListModel of objects known by a key each (their bus path). Finding, adding and removing one costs no
 * walk over the others; many at once are told of as few changes as can be.
 */
#define PTL_TYPE_ITEM_LIST (ptl_item_list_get_type ())
G_DECLARE_FINAL_TYPE (PtlItemList, ptl_item_list, PTL, ITEM_LIST, GObject)

PtlItemList *ptl_item_list_new (GType item_type);
gpointer ptl_item_list_lookup (PtlItemList *self, const char *key); /* (transfer none) (nullable) */
/* Queues @item (a new reference is taken) under a @key that is not in the list yet ... */
void ptl_item_list_add (PtlItemList *self, const char *key, gpointer item);
/* ... and tells of all that were queued, as one change. */
void ptl_item_list_flush (PtlItemList *self);
gboolean ptl_item_list_remove (PtlItemList *self, const char *key);
/* Removes those whose key is not in @keys (a set of strings). */
void ptl_item_list_retain (PtlItemList *self, GHashTable *keys);

G_END_DECLS
