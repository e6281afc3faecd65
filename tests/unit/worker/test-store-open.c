/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-fixture.h"

static guint
get_mode (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  struct stat found;

  g_assert_cmpint (stat (path, &found), ==, 0);
  return found.st_mode & 0777;
}

static void
test_modes (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  mode_t old = umask (0);

  store_fixture_put (store_fixture_open (fixture), rule);
  umask (old);
  g_assert_cmpuint (get_mode (fixture->directory, "."), ==, 0700);
  g_assert_cmpuint (get_mode (fixture->directory, "portolan.db"), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->directory, "portolan.db-wal"), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->directory, "portolan.lock"), ==, 0600);
  g_assert_cmpuint (store_fixture_count_files (fixture, ""), ==, 3);
  store_fixture_close (fixture);
  g_chmod (fixture->path, 0644);
  g_chmod (fixture->directory, 0755);
  store_fixture_put (store_fixture_open (fixture), rule);
  g_assert_cmpuint (get_mode (fixture->directory, "portolan.db"), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->directory, "portolan.db-wal"), ==, 0600);
  g_assert_cmpuint (get_mode (fixture->directory, "."), ==, 0700);
}

static void
fill (StoreFixture *fixture, guint n)
{
  PtlStore *store = store_fixture_open (fixture);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

      g_free (rule->purpose);
      rule->purpose = g_strnfill (200, 'x');
      store_fixture_put (store, rule);
    }
  store_fixture_close (fixture);
}

static void
damage_head (const char *path)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (pwrite (fd, "garbage garbage garbage", 23, 0), ==, 23);
  close (fd);
}

static void
damage_pages (const char *path)
{
  g_autofree char *noise = g_strnfill (16384, '\xaa');
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (pwrite (fd, noise, 16384, 4096), ==, 16384);
  close (fd);
}

static void
damage_cut (const char *path)
{
  struct stat found;

  g_assert_cmpint (stat (path, &found), ==, 0);
  g_assert_cmpint (truncate (path, found.st_size / 2 + 100), ==, 0);
}

static void
damage_replace (const char *path)
{
  g_assert_true (g_file_set_contents (path, "To whom it may concern", -1, NULL));
}

static void
damage_tables (const char *path)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  store_fixture_exec (db, "DROP TABLE lease");
  sqlite3_close (db);
}

static void
change_all (const char *path, const char *sql)
{
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  store_fixture_exec (db, "PRAGMA ignore_check_constraints = 1");
  store_fixture_exec (db, sql);
  sqlite3_close (db);
}

static void
damage_state (const char *path)
{
  change_all (path, "UPDATE rule SET state = 'ajar', ended = 5 WHERE seq = 7");
}

/* It must not be taken for anyone. */
static void
damage_audience (const char *path)
{
  change_all (path, "UPDATE rule SET audience = '10.0.0.0/99' WHERE seq = 7");
}

static void
damage_foreign (const char *path)
{
  sqlite3 *db = NULL;

  g_unlink (path);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  store_fixture_exec (db, "CREATE TABLE bookmarks (url TEXT)");
  sqlite3_close (db);
}

static void
damage_emptied_beside_log (const char *path)
{
  g_autofree char *wal = g_strconcat (path, "-wal", NULL);

  g_assert_cmpint (truncate (path, 0), ==, 0);
  g_assert_true (g_file_set_contents (wal, "what is left of it", -1, NULL));
}

static char *
find_aside (StoreFixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "portolan.db.damaged-") && !g_str_has_suffix (name, "-wal"))
      return g_build_filename (fixture->directory, name, NULL);
  return NULL;
}

static void
test_damaged (gconstpointer data)
{
  void (*damage) (const char *path) = data;
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GPtrArray) living = NULL;
  g_autofree char *before = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *after = NULL;
  PtlStore *store;

  fill (fixture, 50);
  damage (fixture->path);
  before = store_fixture_dup_sum (fixture->path);
  store = store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  g_assert_error (ptl_store_get_error (store), PTL_ERROR, PTL_ERROR_STORE_DAMAGED);
  aside = find_aside (fixture);
  g_assert_nonnull (aside);
  after = store_fixture_dup_sum (aside);
  g_assert_cmpstr (after, ==, before);
  living = ptl_store_list_living (store, NULL);
  g_assert_cmpuint (living->len, ==, 0);
  store_fixture_put (store, rule);
  store = store_fixture_open (fixture);
  g_assert_no_error (ptl_store_get_error (store));
  g_assert_cmpint (ptl_store_get_n_events (store), ==, 1);
}

/* A second one on the same second does not take the first one's name. */
static void
test_damaged_twice (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();

  for (guint i = 1; i <= 3; i++)
    {
      fill (fixture, 1);
      damage_replace (fixture->path);
      ptl_clock_turn (fixture->clock,
                      G_GINT64_CONSTANT (1000000000000) - ptl_clock_get_wall_us (fixture->clock),
                      0);
      store_fixture_open (fixture);
      store_fixture_close (fixture);
      g_assert_cmpuint (store_fixture_count_files (fixture, "portolan.db.damaged-19700112T134640Z"),
                        ==, i);
    }
}

static void
assert_refused (PtlStore *store, PtlError code)
{
  g_autoptr (GError) begin = NULL, list = NULL;

  g_assert_error (ptl_store_get_error (store), PTL_ERROR, (int) code);
  g_assert_false (ptl_store_begin (store, &begin));
  g_assert_error (begin, PTL_ERROR, (int) code);
  g_assert_null (ptl_store_list_living (store, &list));
  g_assert_error (list, PTL_ERROR, (int) code);
  g_assert_false (ptl_store_probe (store));
  g_assert_cmpint (ptl_store_get_n_events (store), ==, 0);
}

static void
test_newer (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  sqlite3 *db;

  fill (fixture, 1);
  db = store_fixture_open_sqlite (fixture);
  store_fixture_exec (db, "PRAGMA user_version = 99; CREATE TABLE novelty (x)");
  sqlite3_close (db);
  before = store_fixture_dup_sum (fixture->path);
  store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (fixture->store), ==, PTL_STORE_STATE_NEWER);
  assert_refused (fixture->store, PTL_ERROR_STORE_NEWER);
  store_fixture_close (fixture);
  after = store_fixture_dup_sum (fixture->path);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (store_fixture_count_files (fixture, "portolan.db"), ==, 1);
}

/* Killed right after it was brought to the newer version: only the log says so. */
static void
test_newer_in_log (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (StoreFixture) left = store_fixture_new ();
  g_autofree char *wal = g_strconcat (left->path, "-wal", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  sqlite3 *db;

  fill (fixture, 1);
  db = store_fixture_open_sqlite (fixture);
  store_fixture_exec (db, "PRAGMA user_version = 99");
  store_fixture_copy_to (fixture, left->directory);
  sqlite3_close (db);
  before = store_fixture_dup_sum (wal);
  g_assert_cmpstr (before, !=, "missing");
  store_fixture_open (left);
  g_assert_cmpint (ptl_store_get_state (left->store), ==, PTL_STORE_STATE_NEWER);
  store_fixture_close (left);
  after = store_fixture_dup_sum (wal);
  g_assert_cmpstr (before, ==, after);
}

static void
test_second (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *first = store_fixture_open (fixture);
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  {
    g_autoptr (PtlStore) second = ptl_store_new (fixture->directory, fixture->clock);

    g_assert_cmpint (ptl_store_get_state (second), ==, PTL_STORE_STATE_READ_ONLY);
    assert_refused (second, PTL_ERROR_STATE);
  }
  store_fixture_put (first, rule);
  store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (fixture->store), ==, PTL_STORE_STATE_OK);
  g_assert_cmpint (ptl_store_get_n_events (fixture->store), ==, 1);
}

static void
open_as_other_process (gpointer data)
{
  StoreFixture *fixture = data;
  PtlStore *store = ptl_store_new (fixture->directory, fixture->clock);

  _exit (g_error_matches (ptl_store_get_error (store), PTL_ERROR, PTL_ERROR_STATE) ? 0 : 1);
}

static void
test_second_process (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  store_fixture_open (fixture);
  g_assert_cmpint (store_fixture_run_child (open_as_other_process, fixture), ==, 0);
  store_fixture_put (fixture->store, rule);
}

/* No other program can write or checkpoint beside us. */
static void
open_with_sqlite (gpointer data)
{
  sqlite3 *db = NULL;

  sqlite3_open (data, &db);
  _exit (sqlite3_exec (db, "SELECT * FROM rule", NULL, NULL, NULL) == SQLITE_BUSY ? 0 : 1);
}

static void
test_exclusive (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  store_fixture_put (store_fixture_open (fixture), rule);
  g_assert_cmpint (store_fixture_run_child (open_with_sqlite, fixture->path), ==, 0);
}

static void
test_no_folder (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (GPtrArray) living = NULL;
  PtlStore *store;

  g_assert_true (g_file_set_contents (fixture->directory, "a file", -1, NULL));
  store = store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_READ_ONLY);
  g_assert_error (ptl_store_get_error (store), PTL_ERROR, PTL_ERROR_STORE_READ_ONLY);
  living = ptl_store_list_living (store, NULL);
  g_assert_cmpuint (living->len, ==, 0);
  g_assert_false (ptl_store_begin (store, NULL));
  g_unlink (fixture->directory);
  g_assert_true (ptl_store_probe (store));
  g_assert_true (ptl_store_begin (store, NULL));
  ptl_store_rollback (store);
}

static void
test_settings (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  sqlite3_stmt *stmt = NULL;
  sqlite3 *db;

  fill (fixture, 1);
  db = store_fixture_open_sqlite (fixture);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA journal_mode", -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "wal");
  sqlite3_finalize (stmt);
  sqlite3_close (db);
}

static void
test_state_names (void)
{
  const char *const names[] = { "ok", "read-only", "full", "damaged", "newer" };

  for (int i = 0; i <= PTL_STORE_STATE_NEWER; i++)
    g_assert_cmpstr (ptl_store_state_to_string ((PtlStoreState) i), ==, names[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-open/modes", test_modes);
  g_test_add_data_func ("/store-open/damaged/head", damage_head, test_damaged);
  g_test_add_data_func ("/store-open/damaged/pages", damage_pages, test_damaged);
  g_test_add_data_func ("/store-open/damaged/cut", damage_cut, test_damaged);
  g_test_add_data_func ("/store-open/damaged/replaced", damage_replace, test_damaged);
  g_test_add_data_func ("/store-open/damaged/tables", damage_tables, test_damaged);
  g_test_add_data_func ("/store-open/damaged/state", damage_state, test_damaged);
  g_test_add_data_func ("/store-open/damaged/audience", damage_audience, test_damaged);
  g_test_add_data_func ("/store-open/damaged/foreign", damage_foreign, test_damaged);
  g_test_add_data_func ("/store-open/damaged/emptied", damage_emptied_beside_log, test_damaged);
  g_test_add_func ("/store-open/damaged/twice", test_damaged_twice);
  g_test_add_func ("/store-open/newer", test_newer);
  g_test_add_func ("/store-open/newer-in-log", test_newer_in_log);
  g_test_add_func ("/store-open/second", test_second);
  g_test_add_func ("/store-open/second-process", test_second_process);
  g_test_add_func ("/store-open/exclusive", test_exclusive);
  g_test_add_func ("/store-open/no-folder", test_no_folder);
  g_test_add_func ("/store-open/settings", test_settings);
  g_test_add_func ("/store-open/state-names", test_state_names);
  return g_test_run ();
}
