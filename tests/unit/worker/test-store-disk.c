/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-fixture.h"
#include "worker/ptl-store-samples.h"

/* Each of these runs in a child with mount points of its own, on a file system of 2 MiB. */

static void
mount_small (const char *directory)
{
  if (!store_fixture_enter_namespace ()
      || mount ("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NODEV, "size=2m,mode=0700") != 0)
    _exit (STORE_FIXTURE_SKIP);
}

static void
remount (const char *directory, gboolean read_only)
{
  g_assert_cmpint (mount ("tmpfs", directory, "tmpfs",
                          MS_REMOUNT | MS_NOSUID | MS_NODEV | (read_only ? MS_RDONLY : 0), NULL),
                   ==, 0);
}

/* Takes all that is left but @spare bytes. */
static char *
fill_disk (const char *directory, gsize spare)
{
  char *path = g_build_filename (directory, "filler", NULL);
  g_autofree char *zeros = g_malloc0 (4096);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  off_t size = 0;

  while (write (fd, zeros, 4096) == 4096)
    size += 4096;
  g_assert_cmpint (errno, ==, ENOSPC);
  g_assert_cmpint (ftruncate (fd, MAX (size - (off_t) spare, 0)), ==, 0);
  close (fd);
  return path;
}

static char *
parent_of (StoreFixture *fixture)
{
  return g_path_get_dirname (fixture->directory);
}

/* How many changes went through until one failed. */
static guint
put_until_full (PtlStore *store, PtlError code)
{
  for (guint n = 0;; n++)
    {
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (n, <, 20000);
      if (store_fixture_try_put (store, rule, &error))
        continue;
      g_assert_error (error, PTL_ERROR, (int) code);
      return n;
    }
}

static void
assert_holds (PtlStore *store, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) living = ptl_store_list_living (store, &error);
  gint64 count = 0, bad = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (living->len, ==, n);
  g_assert_true (ptl_store_verify_log (store, &count, &bad, NULL));
  g_assert_cmpint (count, ==, n);
  g_assert_cmpint (bad, ==, 0);
}

static void
count_notify (PtlStore *store, GParamSpec *spec, gpointer data)
{
  int *n = data;

  *n += 1;
}

static void
run_full (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autofree char *filler = NULL;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  PtlStore *store;
  int notified = 0;
  guint n;

  mount_small (parent);
  store = store_fixture_open (fixture);
  g_signal_connect (store, "notify::state", G_CALLBACK (count_notify), &notified);
  filler = fill_disk (parent, 100 * 1024);
  n = put_until_full (store, PTL_ERROR_STORE_FULL);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_FULL);
  g_assert_cmpint (notified, ==, 1);
  assert_holds (store, n);
  g_assert_false (ptl_store_probe (store));
  g_assert_false (ptl_store_begin (store, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STORE_FULL);

  g_unlink (filler);
  g_assert_true (ptl_store_probe (store));
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  g_assert_no_error (ptl_store_get_error (store));
  g_assert_cmpint (notified, ==, 2);
  store_fixture_put (store, rule);
  assert_holds (store_fixture_open (fixture), n + 1);
  store_fixture_close (fixture);
}

/* What asks to change something finds out by itself that there is room again. */
static void
run_full_then_begin (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autofree char *filler = NULL;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  PtlStore *store;
  guint n;

  mount_small (parent);
  store = store_fixture_open (fixture);
  filler = fill_disk (parent, 50 * 1024);
  n = put_until_full (store, PTL_ERROR_STORE_FULL);
  g_unlink (filler);
  store_fixture_put (store, rule);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  assert_holds (store, n + 1);
  store_fixture_close (fixture);
}

/* Killed while the disk is full, and started on it. */
static void
run_full_at_start (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autofree char *filler = NULL;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  PtlStore *store;

  mount_small (parent);
  store_fixture_put (store_fixture_open (fixture), rule);
  store_fixture_close (fixture);
  filler = fill_disk (parent, 0);
  store = store_fixture_open (fixture);
  assert_holds (store, 1);
  g_assert_false (store_fixture_try_put (store, rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STORE_FULL);
  assert_holds (store, 1);
  g_unlink (filler);
  g_assert_true (ptl_store_probe (store));
  assert_holds (store, 1);
  store_fixture_close (fixture);
}

static void
run_full_from_the_first (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autofree char *filler = NULL;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  PtlStore *store;

  mount_small (parent);
  filler = fill_disk (parent, 0);
  store = store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_FULL);
  g_assert_error (ptl_store_get_error (store), PTL_ERROR, PTL_ERROR_STORE_FULL);
  assert_holds (store, 0);
  g_unlink (filler);
  store_fixture_put (store, rule);
  assert_holds (store_fixture_open (fixture), 1);
  store_fixture_close (fixture);
}

static void
assert_read_only (StoreFixture *fixture, const char *mounted, guint n)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  PtlStore *store = store_fixture_open (fixture);

  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_READ_ONLY);
  g_assert_error (ptl_store_get_error (store), PTL_ERROR, PTL_ERROR_STORE_READ_ONLY);
  assert_holds (store, n);
  g_assert_false (store_fixture_try_put (store, rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STORE_READ_ONLY);
  assert_holds (store, n);
  remount (mounted, FALSE);
  g_assert_true (ptl_store_probe (store));
  store_fixture_put (store, rule);
  assert_holds (store_fixture_open (fixture), n + 1);
  store_fixture_close (fixture);
}

static void
run_read_only (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  mount_small (parent);
  store_fixture_put (store_fixture_open (fixture), rule);
  store_fixture_close (fixture);
  remount (parent, TRUE);
  assert_read_only (fixture, parent, 1);
}

/* The log of a killed worker holds what the database does not. */
static void
run_read_only_after_crash (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autoptr (StoreFixture) whole = store_fixture_new ();
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  mount_small (parent);
  store_fixture_put (store_fixture_open (whole), rule);
  store_fixture_copy_to (whole, fixture->directory);
  remount (parent, TRUE);
  assert_read_only (fixture, parent, 1);
}

static void
run_read_only_from_the_first (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);

  mount_small (parent);
  remount (parent, TRUE);
  assert_read_only (fixture, parent, 0);
}

/* Without namespaces too: a limit to the size of files, which SQLite sees as an error of the disk.
 */
static void
run_limit (gpointer data)
{
  StoreFixture *fixture = data;
  struct rlimit limit;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  PtlStore *store = store_fixture_open (fixture);
  guint n;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = 400 * 1024;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  n = put_until_full (store, PTL_ERROR_STORE_FULL);
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_FULL);
  assert_holds (store, n);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  g_assert_true (ptl_store_probe (store));
  store_fixture_put (store, rule);
  assert_holds (store_fixture_open (fixture), n + 1);
  store_fixture_close (fixture);
}

static void
run_no_permission (gpointer data)
{
  StoreFixture *fixture = data;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  gboolean was_root = geteuid () == 0;
  PtlStore *store;

  store_fixture_put (store_fixture_open (fixture), rule);
  store_fixture_close (fixture);
  g_chmod (fixture->directory, was_root ? 0755 : 0500);
  if (was_root && (setegid (65534) != 0 || seteuid (65534) != 0))
    _exit (STORE_FIXTURE_SKIP);
  store = store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_READ_ONLY);
  g_assert_error (ptl_store_get_error (store), PTL_ERROR, PTL_ERROR_STORE_READ_ONLY);
  g_assert_false (ptl_store_begin (store, NULL));
  store_fixture_close (fixture);
}

static gboolean
try_samples (PtlStore *store, const char *id, gint64 minute, GError **error)
{
  if (!ptl_store_begin_samples (store, error))
    return FALSE;
  for (gint64 i = 0; i < 100; i++)
    {
      PtlSample sample = { .at = (100 * minute + i) * 60, .bytes_in = 123456789, .peak = 1 };

      if (!ptl_store_add_sample (store, id, &sample, error))
        return FALSE;
    }
  return ptl_store_commit (store, error);
}

/* Little space is left: rules may have it. */
static void
run_samples_make_way (gpointer data)
{
  StoreFixture *fixture = data;
  g_autofree char *parent = parent_of (fixture);
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  PtlStore *store;

  mount_small (parent);
  store = store_fixture_open (fixture);
  store_fixture_put (store, rule);
  g_assert_false (try_samples (store, rule->id, 1, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STORE_FULL);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  store_fixture_put (store, rule);
  store_fixture_close (fixture);
}

/* A disk that is full all the same ends the samples, and says nothing of the store. */
static void
run_samples_are_lost (gpointer data)
{
  StoreFixture *fixture = data;
  struct rlimit limit;
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  PtlStore *store = store_fixture_open (fixture);
  int notified = 0;
  gint64 minute = 0;

  g_signal_connect (store, "notify::state", G_CALLBACK (count_notify), &notified);
  store_fixture_put (store, rule);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = 400 * 1024;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  while (try_samples (store, rule->id, ++minute, &error))
    g_assert_cmpint (minute, <, 1000);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STORE_FULL);
  g_assert_cmpint (minute, >, 1);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  g_assert_cmpint (notified, ==, 0);
  assert_holds (store, 1);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  store_fixture_put (store, rule);
  g_assert_true (try_samples (store, rule->id, minute, NULL));
  store_fixture_close (fixture);
}

static void
test_in_child (gconstpointer data)
{
  void (*run) (gpointer data) = data;
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  int status = store_fixture_run_child (run, fixture);

  g_chmod (fixture->directory, 0700);
  if (status == STORE_FIXTURE_SKIP)
    g_test_skip ("no user namespaces here, and not root");
  else
    g_assert_cmpint (status, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store-disk/full", run_full, test_in_child);
  g_test_add_data_func ("/store-disk/full-then-begin", run_full_then_begin, test_in_child);
  g_test_add_data_func ("/store-disk/full-at-start", run_full_at_start, test_in_child);
  g_test_add_data_func ("/store-disk/full-from-the-first", run_full_from_the_first, test_in_child);
  g_test_add_data_func ("/store-disk/read-only", run_read_only, test_in_child);
  g_test_add_data_func ("/store-disk/read-only-after-crash", run_read_only_after_crash,
                        test_in_child);
  g_test_add_data_func ("/store-disk/read-only-from-the-first", run_read_only_from_the_first,
                        test_in_child);
  g_test_add_data_func ("/store-disk/samples-make-way", run_samples_make_way, test_in_child);
  g_test_add_data_func ("/store-disk/samples-are-lost", run_samples_are_lost, test_in_child);
  g_test_add_data_func ("/store-disk/limit", run_limit, test_in_child);
  g_test_add_data_func ("/store-disk/no-permission", run_no_permission, test_in_child);
  return g_test_run ();
}
