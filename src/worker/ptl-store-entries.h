/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-store.h"

G_BEGIN_DECLS

/* What is remembered of one foreign entry of one router. */
typedef struct
{
  char *router;          /* the router's id */
  PtlProtocol protocol;
  guint16 external_port;
  char *remote;          /* who may connect, "" = anyone */
  char *address;         /* where it leads */
  guint16 port;
  char *description;     /* as the router gave it last, made safe */
  gint64 first_seen;     /* Unix seconds */
  gint64 last_seen;      /* Unix seconds, to the day */
  gboolean ignored;      /* the person has seen it, and does not want to be told of it */
} PtlEntryRecord;

PtlEntryRecord *ptl_entry_record_copy (const PtlEntryRecord *self);
void ptl_entry_record_free (PtlEntryRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlEntryRecord, ptl_entry_record_free)

/* Within a transaction. A record is found by all but its description, times and @ignored. */
gboolean ptl_store_put_entry (PtlStore *self, const PtlEntryRecord *record, GError **error);
gboolean ptl_store_delete_entry (PtlStore *self, const PtlEntryRecord *record, GError **error);
/* Any time: all of them, those seen last first (element-type PtlEntryRecord). */
GPtrArray *ptl_store_list_entries (PtlStore *self, GError **error);

G_END_DECLS
