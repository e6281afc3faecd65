/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gui/ptl-asked-list.h"
#include "gui/table/ptl-table-spec.h"

G_BEGIN_DECLS

/**
 * PtlEntry:
 *
 * One entry of a router's table, as ListEntries tells it; it never changes.
 */
#define PTL_TYPE_ENTRY (ptl_entry_get_type ())
G_DECLARE_FINAL_TYPE (PtlEntry, ptl_entry, PTL, ENTRY, GObject)

gpointer ptl_entry_new (GVariant *properties); /* (transfer full), a{sv} */
gboolean ptl_entry_is_foreign (PtlEntry *self);
/* @words: case-folded, each found in the description, target or port. */
gboolean ptl_entry_matches (PtlEntry *self, const char *const *words);
/* The entries of the default router. */
PtlAskedList *ptl_entry_list_new (PtlClient *client);

extern const PtlTableSpec ptl_entry_table;

G_END_DECLS
