/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-private.h"

static sqlite3_stmt *
prepare (PtlStore *store, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (store->statements, sql);
  int code;

  if (stmt != NULL)
    return stmt;
  code = sqlite3_prepare_v3 (store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
  if (code != SQLITE_OK)
    {
      ptl_store_fail (store, code, error);
      return NULL;
    }
  g_hash_table_insert (store->statements, (gpointer) sql, stmt);
  return stmt;
}

gboolean
ptl_store_sql_init (PtlStoreSql *self, PtlStore *store, const char *sql, GError **error)
{
  sqlite3_stmt *stmt = prepare (store, sql, error);

  if (stmt == NULL)
    return FALSE;
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
  *self = (PtlStoreSql){ .store = store, .stmt = stmt };
  return TRUE;
}

void
ptl_store_sql_add_text (PtlStoreSql *self, const char *text)
{
  self->column++;
  if (text == NULL)
    sqlite3_bind_null (self->stmt, self->column);
  else
    sqlite3_bind_text (self->stmt, self->column, text, -1, SQLITE_TRANSIENT);
}

void
ptl_store_sql_add_int (PtlStoreSql *self, gint64 value)
{
  self->column++;
  sqlite3_bind_int64 (self->stmt, self->column, value);
}

void
ptl_store_sql_add_endpoint (PtlStoreSql *self, const PtlEndpoint *endpoint)
{
  ptl_store_sql_add_text (self,
                          endpoint != NULL ? ptl_protocol_to_string (endpoint->protocol) : NULL);
  ptl_store_sql_add_text (self, endpoint != NULL ? endpoint->host : NULL);
  ptl_store_sql_add_int (self, endpoint != NULL ? endpoint->first : 0);
  ptl_store_sql_add_int (self, endpoint != NULL ? endpoint->last : 0);
  ptl_store_sql_add_text (self, endpoint != NULL ? endpoint->path : NULL);
}

gboolean
ptl_store_sql_run (PtlStoreSql *self, GError **error)
{
  int code = sqlite3_step (self->stmt);

  if (code == SQLITE_DONE || code == SQLITE_ROW)
    {
      sqlite3_reset (self->stmt);
      return TRUE;
    }
  code = sqlite3_reset (self->stmt);
  return ptl_store_fail (self->store, code, error);
}

gboolean
ptl_store_sql_next (PtlStoreSql *self, GError **error)
{
  int code = sqlite3_step (self->stmt);

  self->column = 0;
  if (code == SQLITE_ROW)
    return TRUE;
  code = sqlite3_reset (self->stmt);
  if (code != SQLITE_OK)
    ptl_store_fail (self->store, code, error);
  return FALSE;
}

const char *
ptl_store_sql_get_text (PtlStoreSql *self)
{
  const char *text = (const char *) sqlite3_column_text (self->stmt, self->column++);

  return text != NULL ? text : "";
}

char *
ptl_store_sql_dup_text (PtlStoreSql *self)
{
  return g_strdup (ptl_store_sql_get_text (self));
}

gint64
ptl_store_sql_get_int (PtlStoreSql *self)
{
  return sqlite3_column_int64 (self->stmt, self->column++);
}

static const char *
get_text_or_null (PtlStoreSql *self)
{
  return (const char *) sqlite3_column_text (self->stmt, self->column++);
}

PtlEndpoint *
ptl_store_sql_dup_endpoint (PtlStoreSql *self)
{
  const char *protocol_text = get_text_or_null (self);
  const char *host = get_text_or_null (self);
  guint16 first = (guint16) ptl_store_sql_get_int (self);
  guint16 last = (guint16) ptl_store_sql_get_int (self);
  const char *path = get_text_or_null (self);
  PtlProtocol protocol = PTL_PROTOCOL_NONE;
  PtlEndpoint *endpoint;

  if (protocol_text == NULL)
    return NULL;
  ptl_protocol_from_string (protocol_text, &protocol, NULL);
  endpoint = path != NULL ? ptl_endpoint_new_unix (path)
                          : ptl_endpoint_new (protocol, host, first, last);
  endpoint->protocol = protocol;
  return endpoint;
}

void
ptl_store_sql_reset (PtlStoreSql *self)
{
  sqlite3_reset (self->stmt);
}

gint64
ptl_store_sql_query_int (PtlStore *store, const char *sql)
{
  PtlStoreSql query;
  gint64 value = 0;

  if (store->db == NULL || !ptl_store_sql_init (&query, store, sql, NULL))
    return 0;
  if (ptl_store_sql_next (&query, NULL))
    value = ptl_store_sql_get_int (&query);
  ptl_store_sql_reset (&query);
  return value;
}
