/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "ptl-store-private.h"

PtlStoreState
ptl_store_state_from_errno (int code)
{
  return code == ENOSPC || code == EDQUOT || code == EFBIG ? PTL_STORE_STATE_FULL
                                                           : PTL_STORE_STATE_READ_ONLY;
}

PtlStoreState
ptl_store_state_from_code (const char *path, int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return PTL_STORE_STATE_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return PTL_STORE_STATE_DAMAGED;
    case SQLITE_IOERR:
      if (code == SQLITE_IOERR_CORRUPTFS || code == SQLITE_IOERR_SHORT_READ)
        return PTL_STORE_STATE_DAMAGED;
      return ptl_store_state_from_errno (ptl_store_file_try (path));
    case SQLITE_CANTOPEN:
      return ptl_store_state_from_errno (ptl_store_file_try (path));
    default:
      return PTL_STORE_STATE_READ_ONLY;
    }
}

GError *
ptl_store_new_error (PtlStore *self, PtlStoreState state)
{
  switch (state)
    {
    case PTL_STORE_STATE_FULL:
      return ptl_error_new (PTL_ERROR_STORE_FULL,
                            _ ("Free some space. Until then nothing is opened or changed."),
                            _ ("There is no space left on the disk where Portolan keeps its "
                               "records."));
    case PTL_STORE_STATE_READ_ONLY:
      return ptl_error_new (PTL_ERROR_STORE_READ_ONLY,
                            _ ("Look at the folder's permissions and at the disk. Until then "
                               "nothing is opened or changed."),
                            /* Translators: %s is a folder */
                            _ ("Portolan cannot write its records in %s."), self->directory);
    case PTL_STORE_STATE_DAMAGED:
      return ptl_error_new (PTL_ERROR_STORE_DAMAGED,
                            _ ("Restart Portolan's worker: it sets the damaged file aside and "
                               "keeps it."),
                            /* Translators: %s is a folder */
                            _ ("Portolan's records in %s are damaged."), self->directory);
    case PTL_STORE_STATE_NEWER:
      return ptl_error_new (PTL_ERROR_STORE_NEWER,
                            _ ("Update Portolan. This version leaves the records as they are."),
                            _ ("Portolan's records were written by a newer version."));
    case PTL_STORE_STATE_OK:
    default:
      return NULL;
    }
}

static int
configure (sqlite3 *db)
{
  /* Exclusive: no other program may write or checkpoint beside us, and the log's index is kept in
   * our own memory, not in a mapped file that a full disk turns into SIGBUS. */
  int code = sqlite3_exec (db,
                           "PRAGMA locking_mode = EXCLUSIVE;"
                           "PRAGMA synchronous = FULL;"
                           "PRAGMA foreign_keys = ON;"
                           "PRAGMA journal_size_limit = 4194304;",
                           NULL, NULL, NULL);

  if (code == SQLITE_OK)
    code = ptl_store_add_functions (db);
  return code;
}

static int
prepare_database (sqlite3 *db)
{
  int code = configure (db);

  if (code == SQLITE_OK)
    code = ptl_store_schema_check (db);
  if (code == SQLITE_OK && sqlite3_db_readonly (db, "main") == 1)
    code = SQLITE_READONLY;
  if (code == SQLITE_OK)
    code = sqlite3_exec (db, "PRAGMA journal_mode = WAL;", NULL, NULL, NULL);
  if (code == SQLITE_OK)
    code = ptl_store_schema_migrate (db);
  return code;
}

/* @state says what is wrong where NULL is returned. */
static sqlite3 *
open_database (const char *path, PtlStoreState *state)
{
  sqlite3 *db = NULL;
  int code = sqlite3_open_v2 (path, &db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
                                  | SQLITE_OPEN_EXRESCODE,
                              NULL);

  if (code == SQLITE_OK)
    code = prepare_database (db);
  if (code == SQLITE_OK)
    return db;
  *state = ptl_store_state_from_code (path, code);
  g_debug ("Opening %s: %s (%d)", path, sqlite3_errstr (code), code);
  sqlite3_close_v2 (db);
  return NULL;
}

static sqlite3 *
open_own (PtlStore *self, PtlStoreState *state)
{
  int code;

  if (ptl_store_file_is_torn (self->path))
    {
      *state = PTL_STORE_STATE_DAMAGED;
      return NULL;
    }
  code = ptl_store_file_create (self->path);
  if (code != 0)
    {
      *state = ptl_store_state_from_errno (code);
      return NULL;
    }
  return open_database (self->path, state);
}

static void
take_database (PtlStore *self, sqlite3 *db)
{
  g_autoptr (GError) problem = NULL;

  self->db = db;
  if (!ptl_store_load_log_end (self, &problem))
    g_warning ("The log cannot be read: %s", problem->message);
}

/* What is whole as a file may still hold words that were never written: better found now than when
 * the first rule is to be closed. */
static gboolean
take_own (PtlStore *self, sqlite3 *db)
{
  g_autoptr (GPtrArray) living = NULL;

  take_database (self, db);
  living = ptl_store_list_living (self, NULL);
  if (living != NULL)
    return TRUE;
  g_hash_table_remove_all (self->statements);
  g_clear_pointer (&self->db, sqlite3_close_v2);
  return FALSE;
}

/* So that what was recorded can be seen, though nothing can be changed. */
static void
open_copy (PtlStore *self)
{
  g_autofree char *copy = NULL;
  PtlStoreState ignored;
  sqlite3 *db = NULL;

  self->is_copy = TRUE;
  if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    db = open_database (":memory:", &ignored);
  else if ((copy = ptl_store_file_copy (self->path)) != NULL)
    db = open_database (copy, &ignored);
  if (db != NULL)
    take_database (self, db);
  if (copy != NULL)
    ptl_store_file_remove_copy (copy);
}

static void
open_anew (PtlStore *self)
{
  g_autofree char *aside = ptl_store_file_set_aside (self->path, ptl_clock_get_wall (self->clock));
  g_autofree char *name = aside != NULL ? g_path_get_basename (aside) : NULL;
  PtlStoreState state = PTL_STORE_STATE_DAMAGED;
  sqlite3 *db = aside != NULL ? open_own (self, &state) : NULL;

  if (db == NULL)
    {
      ptl_store_set_state (self, state, ptl_store_new_error (self, state));
      return;
    }
  take_database (self, db);
  ptl_store_set_state (self, PTL_STORE_STATE_OK,
                       ptl_error_new (PTL_ERROR_STORE_DAMAGED,
                                      _ ("Look through the router's entries: what was open before "
                                         "is not known any more."),
                                      /* Translators: %s is the name of a file */
                                      _ ("Portolan's records were damaged: they are kept as %s, "
                                         "and new ones were begun."),
                                      name));
}

/* An errno; 0 = the store is ours alone. */
static int
lock (PtlStore *self)
{
  int code = ptl_store_file_make_directory (self->directory);

  if (code == 0)
    self->lock_fd = ptl_store_file_lock (self->directory, &code);
  return self->lock_fd >= 0 ? 0 : code;
}

static void
refuse_second (PtlStore *self)
{
  ptl_store_set_state (self, PTL_STORE_STATE_READ_ONLY,
                       ptl_error_new (PTL_ERROR_STATE,
                                      _ ("End that one first, or use another folder."),
                                      /* Translators: %s is a folder */
                                      _ ("Another worker of Portolan uses the records in %s."),
                                      self->directory));
}

static void
open_to_look (PtlStore *self, PtlStoreState state)
{
  open_copy (self);
  ptl_store_set_state (self, state, ptl_store_new_error (self, state));
}

void
ptl_store_open (PtlStore *self)
{
  int code = lock (self);
  PtlStoreState state;
  sqlite3 *db;

  /* Before anything touches the database: a POSIX lock on it would be lost with our next close().
   */
  if (code == EWOULDBLOCK)
    refuse_second (self);
  else if (ptl_store_file_peek_version (self->path) > PTL_STORE_VERSION)
    ptl_store_set_state (self, PTL_STORE_STATE_NEWER,
                         ptl_store_new_error (self, PTL_STORE_STATE_NEWER));
  else if (code != 0)
    open_to_look (self, ptl_store_state_from_errno (code));
  else if ((db = open_own (self, &state)) != NULL)
    {
      if (!take_own (self, db))
        open_anew (self);
    }
  else if (state == PTL_STORE_STATE_DAMAGED)
    open_anew (self);
  else
    open_to_look (self, state);
}

gboolean
ptl_store_reopen (PtlStore *self)
{
  PtlStoreState state;
  int code = 0;
  sqlite3 *db;

  if (self->lock_fd < 0 && ptl_store_file_make_directory (self->directory) == 0)
    self->lock_fd = ptl_store_file_lock (self->directory, &code);
  if (self->lock_fd < 0 || ptl_store_file_peek_version (self->path) > PTL_STORE_VERSION)
    return FALSE;
  db = open_own (self, &state);
  if (db == NULL)
    return FALSE;
  g_hash_table_remove_all (self->statements);
  sqlite3_close_v2 (self->db);
  self->is_copy = FALSE;
  take_database (self, db);
  return TRUE;
}

void
ptl_store_close (PtlStore *self)
{
  if (self->statements != NULL)
    g_hash_table_remove_all (self->statements);
  g_clear_pointer (&self->db, sqlite3_close_v2);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = -1;
}
