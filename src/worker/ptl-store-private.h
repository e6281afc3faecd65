/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "ptl-store.h"

G_BEGIN_DECLS

/* What the files ptl-store*.c share; nothing for others. */

#define PTL_STORE_FILE "portolan.db"
#define PTL_STORE_LOCK_FILE "portolan.lock"
#define PTL_STORE_VERSION 8
#define PTL_STORE_APPLICATION_ID 0x50544c4e /* "PTLN" */

struct _PtlStore
{
  GObject parent;

  char *directory;
  char *path;
  PtlClock *clock;
  int lock_fd;            /* -1 = not held */
  sqlite3 *db;            /* NULL: nothing can be read either (newer, used by another worker) */
  GHashTable *statements; /* SQL text (static, by address) -> sqlite3_stmt */
  PtlStoreState state;
  GError *error;
  gboolean
      is_copy; /* @db is a copy to look at: the store's own files cannot be opened for writing */

  gboolean in_transaction;
  gboolean only_samples; /* of the transaction: it may be lost */
  GPtrArray *new_events; /* of PtlEvent: to be told after the commit */
  gint64 last_seq;       /* of the log, those of this transaction included */
  char *last_hash;
  gint64 committed_seq;
  char *committed_hash;

  guint abort_in; /* commits until the abort, 0 = never */
  gboolean abort_after;
};

/* ptl-store.c */
/* Takes a result code other than OK for a failed write or read: rolls back, puts the store in the
 * state that follows, sets @error. */
gboolean ptl_store_fail (PtlStore *self, int code, GError **error);
void ptl_store_set_state (PtlStore *self, PtlStoreState state, GError *error);
gboolean ptl_store_check_readable (PtlStore *self, GError **error);
/* Every put and add begins with it. */
gboolean ptl_store_check_writable (PtlStore *self, GError **error);

/* ptl-store-open.c */
/* Leaves the store with a database to read, or none, and in the state that fits. */
void ptl_store_open (PtlStore *self);
void ptl_store_close (PtlStore *self);
/* Opens the store's own files for writing in place of a copy; FALSE: still not possible, nothing is
 * changed. */
gboolean ptl_store_reopen (PtlStore *self);
GError *ptl_store_new_error (PtlStore *self, PtlStoreState state);
PtlStoreState ptl_store_state_from_code (const char *path, int code);
PtlStoreState ptl_store_state_from_errno (int code);

/* ptl-store-file.c: the files themselves, without SQLite */
/* The highest user_version in the file and its log, without opening it as a database: that would
 * change it. -1 = not to be told. */
gint64 ptl_store_file_peek_version (const char *path);
gboolean ptl_store_file_is_torn (const char *path);
/* Makes @path with mode 0600 where it is missing. Returns an errno, 0 = done. */
int ptl_store_file_create (const char *path);
int ptl_store_file_make_directory (const char *directory);
/* What writing beside @path, as far out as its log goes, fails with: an errno, 0 = it does not.
 * SQLite keeps no errno that could be relied on. */
int ptl_store_file_try (const char *path);
/* -1 with @code set: EWOULDBLOCK = another process has it. */
int ptl_store_file_lock (const char *directory, int *code);
/* Renames the database with its log. (transfer full): the new name, NULL = not possible. */
char *ptl_store_file_set_aside (const char *path, gint64 now);
/* Copies the database with its log into a private folder of the run-time directory. NULL = not
 * possible. */
char *ptl_store_file_copy (const char *path);
void ptl_store_file_remove_copy (const char *copy);

/* ptl-store-schema.c */
/* Brings @db to PTL_STORE_VERSION within one transaction. Returns an SQLite result code. */
int ptl_store_schema_migrate (sqlite3 *db);
/* SQLITE_OK, or SQLITE_CORRUPT where @db is no store of ours or not intact. */
int ptl_store_schema_check (sqlite3 *db);
int ptl_store_schema_get_version (sqlite3 *db, int *version);

/* ptl-store-sql.c: statements, one column after the other */
typedef struct
{
  PtlStore *store;
  sqlite3_stmt *stmt;
  int column; /* the next one to bind or to read */
} PtlStoreSql;

/* @sql: a string constant, prepared once. FALSE: @error is set. */
gboolean ptl_store_sql_init (PtlStoreSql *self, PtlStore *store, const char *sql, GError **error);
void ptl_store_sql_add_text (PtlStoreSql *self, const char *text);
void ptl_store_sql_add_int (PtlStoreSql *self, gint64 value);
void ptl_store_sql_add_endpoint (PtlStoreSql *self, const PtlEndpoint *endpoint); /* five columns */
/* Runs it to its end. */
gboolean ptl_store_sql_run (PtlStoreSql *self, GError **error);
/* Goes to the next row. FALSE: no more, or an error, with @error set; the statement is reset then.
 */
gboolean ptl_store_sql_next (PtlStoreSql *self, GError **error);
const char *ptl_store_sql_get_text (PtlStoreSql *self); /* until the next row; "" for NULL */
char *ptl_store_sql_dup_text (PtlStoreSql *self);
gint64 ptl_store_sql_get_int (PtlStoreSql *self);
PtlEndpoint *ptl_store_sql_dup_endpoint (PtlStoreSql *self);
void ptl_store_sql_reset (PtlStoreSql *self);
/* One number; 0 where there is no row or no database. */
gint64 ptl_store_sql_query_int (PtlStore *store, const char *sql);

/* ptl-store-leases.c */
typedef enum
{
  PTL_STORE_LEASES_RULE,
  PTL_STORE_LEASES_INTENT,
  PTL_STORE_LEASES_DEBT,
} PtlStoreLeases;
gboolean ptl_store_put_leases (PtlStore *self,
                               PtlStoreLeases of,
                               const char *id,
                               const GPtrArray *leases,
                               GError **error);
GPtrArray *
ptl_store_list_leases (PtlStore *self, PtlStoreLeases of, const char *id, GError **error);

/* ptl-store-rules.c: what its statements call */
int ptl_store_add_functions (sqlite3 *db);

/* ptl-store-events.c */
gboolean ptl_store_load_log_end (PtlStore *self, GError **error);

G_END_DECLS
