/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <signal.h>

#include "ptl-store-private.h"

/* As much as a change writes at the very most, so that a store said to be well takes one. */
#define PROBE_SQL "INSERT INTO probe (filler) VALUES (zeroblob (131072))"

G_DEFINE_FINAL_TYPE (PtlStore, ptl_store, G_TYPE_OBJECT)

enum
{
  PROP_STATE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static guint event_added_signal;

const char *
ptl_store_state_to_string (PtlStoreState state)
{
  static const char *const names[] = { "ok", "read-only", "full", "damaged", "newer" };

  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (names), "");
  return names[state];
}

static void
ptl_store_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  g_value_set_int (value, (int) PTL_STORE (object)->state);
}

static void
ptl_store_dispose (GObject *object)
{
  PtlStore *self = PTL_STORE (object);

  ptl_store_rollback (self);
  ptl_store_close (self);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_store_parent_class)->dispose (object);
}

static void
ptl_store_finalize (GObject *object)
{
  PtlStore *self = PTL_STORE (object);

  g_hash_table_unref (self->statements);
  g_ptr_array_unref (self->new_events);
  g_clear_error (&self->error);
  g_free (self->directory);
  g_free (self->path);
  g_free (self->last_hash);
  g_free (self->committed_hash);
  G_OBJECT_CLASS (ptl_store_parent_class)->finalize (object);
}

static void
ptl_store_class_init (PtlStoreClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->get_property = ptl_store_get_property;
  object_class->dispose = ptl_store_dispose;
  object_class->finalize = ptl_store_finalize;
  props[PROP_STATE]
      = g_param_spec_int ("state", NULL, NULL, 0, PTL_STORE_STATE_NEWER, 0,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  event_added_signal = g_signal_new ("event-added", PTL_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, PTL_TYPE_EVENT);
}

static void
finalize_statement (gpointer stmt)
{
  sqlite3_finalize (stmt);
}

static void
ptl_store_init (PtlStore *self)
{
  self->lock_fd = -1;
  self->statements
      = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize_statement);
  self->new_events = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_event_free);
  self->last_hash = g_strdup ("");
  self->committed_hash = g_strdup ("");
}

PtlStore *
ptl_store_new (const char *directory, PtlClock *clock)
{
  PtlStore *self = g_object_new (PTL_TYPE_STORE, NULL);

  self->directory = g_strdup (directory);
  self->path = g_build_filename (directory, PTL_STORE_FILE, NULL);
  self->clock = g_object_ref (clock);
  ptl_store_open (self);
  return self;
}

PtlStoreState
ptl_store_get_state (PtlStore *self)
{
  return self->state;
}

const GError *
ptl_store_get_error (PtlStore *self)
{
  return self->error;
}

/* Takes @error. */
void
ptl_store_set_state (PtlStore *self, PtlStoreState state, GError *error)
{
  gboolean changed = self->state != state;

  g_clear_error (&self->error);
  self->error = error;
  self->state = state;
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
forget_transaction (PtlStore *self)
{
  self->in_transaction = self->only_samples = FALSE;
  g_ptr_array_set_size (self->new_events, 0);
  self->last_seq = self->committed_seq;
  g_free (self->last_hash);
  self->last_hash = g_strdup (self->committed_hash);
}

void
ptl_store_rollback (PtlStore *self)
{
  if (!self->in_transaction)
    return;
  /* SQLite may have rolled back by itself when the disk failed. */
  if (self->db != NULL && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  forget_transaction (self);
}

/* What the caller did wrong (a name that exists, a rule that does not), as against the disk. */
static gboolean
is_callers_fault (int code)
{
  return (code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_ERROR
         || (code & 0xff) == SQLITE_MISUSE || (code & 0xff) == SQLITE_TOOBIG
         || (code & 0xff) == SQLITE_RANGE || (code & 0xff) == SQLITE_MISMATCH;
}

static gboolean
fail_for_the_disk (PtlStore *self, PtlStoreState state, GError **error)
{
  g_autoptr (GError) problem = ptl_store_new_error (self, state);
  /* What rules need may fit where samples did not: that is for the next change to find out. */
  gboolean silent = self->only_samples && state == PTL_STORE_STATE_FULL;

  ptl_store_rollback (self);
  if (!silent)
    ptl_store_set_state (self, state, g_error_copy (problem));
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
ptl_store_fail (PtlStore *self, int code, GError **error)
{
  g_debug ("SQLite: %s (%d)", sqlite3_errmsg (self->db), code);
  if (is_callers_fault (code))
    {
      ptl_error_set (error, PTL_ERROR_FAILED, NULL,
                     /* Translators: %s is what the database library says, in English */
                     _ ("The records could not be changed: %s."), sqlite3_errmsg (self->db));
      ptl_store_rollback (self);
      return FALSE;
    }
  if ((code & 0xff) == SQLITE_NOMEM)
    {
      ptl_error_set (error, PTL_ERROR_FAILED, NULL, _ ("There is not enough memory."));
      ptl_store_rollback (self);
      return FALSE;
    }
  return fail_for_the_disk (self, ptl_store_state_from_code (self->path, code), error);
}

gboolean
ptl_store_check_readable (PtlStore *self, GError **error)
{
  if (self->db != NULL)
    return TRUE;
  if (error != NULL)
    *error = self->error != NULL ? g_error_copy (self->error)
                                 : ptl_store_new_error (self, PTL_STORE_STATE_READ_ONLY);
  return FALSE;
}

gboolean
ptl_store_check_writable (PtlStore *self, GError **error)
{
  if (self->in_transaction)
    return TRUE;
  if (self->state != PTL_STORE_STATE_OK && error != NULL)
    *error = g_error_copy (self->error);
  else
    ptl_error_set (error, PTL_ERROR_STATE, NULL, _ ("This change of the records is over already."));
  return FALSE;
}

static gboolean
run_probe (PtlStore *self)
{
  int code = sqlite3_exec (self->db, "BEGIN IMMEDIATE;" PROBE_SQL ";COMMIT;", NULL, NULL, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_exec (self->db, "DELETE FROM probe", NULL, NULL, NULL);
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return code == SQLITE_OK;
}

gboolean
ptl_store_probe (PtlStore *self)
{
  g_return_val_if_fail (PTL_IS_STORE (self), FALSE);
  if (self->state == PTL_STORE_STATE_OK)
    return TRUE;
  if (self->state != PTL_STORE_STATE_FULL && self->state != PTL_STORE_STATE_READ_ONLY)
    return FALSE;
  if (self->in_transaction || ((self->is_copy || self->db == NULL) && !ptl_store_reopen (self)))
    return FALSE;
  if (!run_probe (self))
    return FALSE;
  ptl_store_set_state (self, PTL_STORE_STATE_OK, NULL);
  return TRUE;
}

void
ptl_store_rest (PtlStore *self)
{
  g_return_if_fail (PTL_IS_STORE (self));
  if (self->db != NULL)
    sqlite3_db_release_memory (self->db);
}

gboolean
ptl_store_begin (PtlStore *self, GError **error)
{
  int code;

  g_return_val_if_fail (PTL_IS_STORE (self), FALSE);
  if (self->in_transaction)
    {
      ptl_error_set (error, PTL_ERROR_BUSY, NULL,
                     _ ("Another change of the records is under way."));
      return FALSE;
    }
  if (!ptl_store_probe (self))
    {
      if (error != NULL)
        *error = g_error_copy (self->error);
      return FALSE;
    }
  code = sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  if (code != SQLITE_OK)
    return ptl_store_fail (self, code, error);
  self->in_transaction = TRUE;
  return TRUE;
}

static void
abort_where_asked (PtlStore *self, gboolean after)
{
  if (self->abort_in == 0 || self->abort_after != after)
    return;
  if (--self->abort_in == 0)
    raise (SIGKILL);
}

static void
tell_events (PtlStore *self)
{
  g_autoptr (GPtrArray) events = g_steal_pointer (&self->new_events);

  self->new_events = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_event_free);
  for (guint i = 0; i < events->len; i++)
    g_signal_emit (self, event_added_signal, 0, g_ptr_array_index (events, i));
}

gboolean
ptl_store_commit (PtlStore *self, GError **error)
{
  int code;

  g_return_val_if_fail (PTL_IS_STORE (self), FALSE);
  if (!ptl_store_check_writable (self, error))
    return FALSE;
  abort_where_asked (self, FALSE);
  code = sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);
  if (code != SQLITE_OK)
    return ptl_store_fail (self, code, error);
  abort_where_asked (self, TRUE);
  self->in_transaction = self->only_samples = FALSE;
  self->committed_seq = self->last_seq;
  g_free (self->committed_hash);
  self->committed_hash = g_strdup (self->last_hash);
  tell_events (self);
  return TRUE;
}

void
ptl_store_abort_at (PtlStore *self, guint nth, gboolean after)
{
  self->abort_in = nth;
  self->abort_after = after;
}
