/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gui/details/ptl-facts.h"
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
gboolean ptl_entry_is_ignored (PtlEntry *self);
/* Whether nobody is there whom it leads to. */
gboolean ptl_entry_needs_review (PtlEntry *self);
/* As the worker calls it, and the router that holds it. */
const char *ptl_entry_get_id (PtlEntry *self);
const char *ptl_entry_get_router (PtlEntry *self);
/* What it is for, as whoever opened it says, or its port. (transfer full) */
char *ptl_entry_dup_name (PtlEntry *self);
/* "25565 TCP → 192.168.1.30:25565" (transfer full) */
char *ptl_entry_dup_line (PtlEntry *self);
/* In words: whose it is, and whether it should be looked at. (transfer full) */
char *ptl_entry_dup_state (PtlEntry *self);
const char *ptl_entry_get_icon (PtlEntry *self);
const char *ptl_entry_get_style (PtlEntry *self);
/* Why it should be looked at, in a sentence; "" where there is no reason. */
const char *ptl_entry_get_review (PtlEntry *self);
/* What is known of it, of PtlFact. @now: Unix seconds. */
GPtrArray *ptl_entry_dup_facts (PtlEntry *self, gint64 now);
/* @words: case-folded, each found in the description, target, device or port. */
gboolean ptl_entry_matches (PtlEntry *self, const char *const *words);
/* The entries of the default router. */
PtlAskedList *ptl_entry_list_new (PtlClient *client);

extern const PtlTableSpec ptl_entry_table;

G_END_DECLS
