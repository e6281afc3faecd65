/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-store-entries.h"

#include "ptl-store-private.h"

PtlEntryRecord *
ptl_entry_record_copy (const PtlEntryRecord *self)
{
  PtlEntryRecord *copy = g_new (PtlEntryRecord, 1);

  *copy = *self;
  copy->router = g_strdup (self->router);
  copy->remote = g_strdup (self->remote);
  copy->address = g_strdup (self->address);
  copy->description = g_strdup (self->description);
  return copy;
}

void
ptl_entry_record_free (PtlEntryRecord *self)
{
  if (self == NULL)
    return;
  g_free (self->router);
  g_free (self->remote);
  g_free (self->address);
  g_free (self->description);
  g_free (self);
}

static void
bind_key (PtlStoreSql *query, const PtlEntryRecord *record)
{
  ptl_store_sql_add_text (query, record->router);
  ptl_store_sql_add_text (query, ptl_protocol_to_string (record->protocol));
  ptl_store_sql_add_int (query, record->external_port);
  ptl_store_sql_add_text (query, record->remote);
  ptl_store_sql_add_text (query, record->address);
  ptl_store_sql_add_int (query, record->port);
}

gboolean
ptl_store_put_entry (PtlStore *self, const PtlEntryRecord *record, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (
          &query, self,
          "INSERT INTO entry (router, protocol, external_port, remote, address, port, description, "
          "first_seen, last_seen, ignored) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (router, protocol, external_port, remote, address, port) DO UPDATE SET "
          "description = excluded.description, first_seen = excluded.first_seen, "
          "last_seen = excluded.last_seen, ignored = excluded.ignored",
          error))
    return FALSE;
  bind_key (&query, record);
  ptl_store_sql_add_text (&query, record->description);
  ptl_store_sql_add_int (&query, record->first_seen);
  ptl_store_sql_add_int (&query, record->last_seen);
  ptl_store_sql_add_int (&query, record->ignored);
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_delete_entry (PtlStore *self, const PtlEntryRecord *record, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "DELETE FROM entry WHERE router = ? AND protocol = ? AND "
                              "external_port = ? AND remote = ? AND address = ? AND port = ?",
                              error))
    return FALSE;
  bind_key (&query, record);
  return ptl_store_sql_run (&query, error);
}

static PtlEntryRecord *
read_entry (PtlStoreSql *query)
{
  PtlEntryRecord *record = g_new0 (PtlEntryRecord, 1);

  record->router = ptl_store_sql_dup_text (query);
  ptl_protocol_from_string (ptl_store_sql_get_text (query), &record->protocol, NULL);
  record->external_port = (guint16) ptl_store_sql_get_int (query);
  record->remote = ptl_store_sql_dup_text (query);
  record->address = ptl_store_sql_dup_text (query);
  record->port = (guint16) ptl_store_sql_get_int (query);
  record->description = ptl_store_sql_dup_text (query);
  record->first_seen = ptl_store_sql_get_int (query);
  record->last_seen = ptl_store_sql_get_int (query);
  record->ignored = ptl_store_sql_get_int (query) != 0;
  return record;
}

GPtrArray *
ptl_store_list_entries (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) records
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_entry_record_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT router, protocol, external_port, remote, address, port, "
                              "description, first_seen, last_seen, ignored FROM entry "
                              "ORDER BY last_seen DESC, router, external_port, protocol",
                              error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    g_ptr_array_add (records, read_entry (&query));
  if (problem == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
