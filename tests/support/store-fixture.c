/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

StoreFixture *
store_fixture_new_in (const char *parent)
{
  StoreFixture *self = g_new0 (StoreFixture, 1);

  self->directory = g_build_filename (parent, "portolan", NULL);
  self->path = g_build_filename (self->directory, "portolan.db", NULL);
  self->clock = ptl_clock_new ();
  return self;
}

StoreFixture *
store_fixture_new (void)
{
  g_autofree char *parent = g_dir_make_tmp ("test-store-XXXXXX", NULL);

  g_assert_nonnull (parent);
  return store_fixture_new_in (parent);
}

void
store_fixture_remove (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        store_fixture_remove (path);
      else
        g_unlink (path);
    }
  g_rmdir (directory);
}

void
store_fixture_free (StoreFixture *self)
{
  g_autofree char *parent = g_path_get_dirname (self->directory);

  store_fixture_close (self);
  store_fixture_remove (parent);
  g_object_unref (self->clock);
  g_free (self->directory);
  g_free (self->path);
  g_free (self);
}

PtlStore *
store_fixture_open (StoreFixture *self)
{
  store_fixture_close (self);
  self->store = ptl_store_new (self->directory, self->clock);
  return self->store;
}

void
store_fixture_close (StoreFixture *self)
{
  if (self->store != NULL)
    g_assert_finalize_object (self->store);
  self->store = NULL;
}

sqlite3 *
store_fixture_open_sqlite (StoreFixture *self)
{
  sqlite3 *db = NULL;

  g_assert_null (self->store);
  g_mkdir_with_parents (self->directory, 0700);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  return db;
}

void
store_fixture_exec (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

void
store_fixture_copy_to (StoreFixture *self, const char *directory)
{
  static const char *const suffixes[] = { "", "-wal" };

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (self->path, suffixes[i], NULL);
      g_autofree char *name = g_strconcat ("portolan.db", suffixes[i], NULL);
      g_autofree char *to = g_build_filename (directory, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;

      if (g_file_get_contents (from, &contents, &length, NULL))
        g_assert_true (g_file_set_contents (to, contents, (gssize) length, NULL));
    }
}

guint
store_fixture_count_files (StoreFixture *self, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, prefix) ? 1 : 0;
  return n;
}

char *
store_fixture_dup_sum (const char *path)
{
  g_autofree char *contents = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, NULL))
    return g_strdup ("missing");
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) contents, length);
}

PtlRule *
store_fixture_rule (const char *keys)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, keys, NULL, NULL, &error);
  PtlRule *rule = NULL;

  g_assert_no_error (error);
  rule = ptl_rule_from_variant (variant, &error);
  g_assert_no_error (error);
  return rule;
}

gboolean
store_fixture_try_put (PtlStore *store, const PtlRule *rule, GError **error)
{
  return ptl_store_begin (store, error) && ptl_store_put_rule (store, rule, error)
         && ptl_store_add_event (store, "user ann", "open", rule->id, "ok", "", error)
         && ptl_store_commit (store, error);
}

void
store_fixture_put (PtlStore *store, const PtlRule *rule)
{
  g_autoptr (GError) error = NULL;

  store_fixture_try_put (store, rule, &error);
  g_assert_no_error (error);
}

int
store_fixture_run_child (void (*func) (gpointer data), gpointer data)
{
  pid_t pid = fork ();
  int status = 0;

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      func (data);
      fflush (NULL);
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

static gboolean
write_file (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean done = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  if (fd >= 0)
    close (fd);
  return done;
}

gboolean
store_fixture_enter_namespace (void)
{
  g_autofree char *uids = g_strdup_printf ("0 %u 1", geteuid ());
  g_autofree char *gids = g_strdup_printf ("0 %u 1", getegid ());

  if (unshare (CLONE_NEWNS) != 0
      && (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0 || !write_file ("/proc/self/setgroups", "deny")
          || !write_file ("/proc/self/uid_map", uids) || !write_file ("/proc/self/gid_map", gids)))
    return FALSE;
  return mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}
