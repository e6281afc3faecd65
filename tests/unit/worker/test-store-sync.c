/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "store-fixture.h"

/* A disk that says it could not write what it had taken: both calls are found here before the C
 * library's. */
static gboolean failing;
static guint n_failed;

int
fdatasync (int fd)
{
  if (!failing)
    return (int) syscall (SYS_fdatasync, fd);
  n_failed++;
  errno = EIO;
  return -1;
}

int
fsync (int fd)
{
  if (!failing)
    return (int) syscall (SYS_fsync, fd);
  n_failed++;
  errno = EIO;
  return -1;
}

static void
assert_holds (PtlStore *store, guint n)
{
  g_autoptr (GPtrArray) living = ptl_store_list_living (store, NULL);
  gint64 count = 0, bad = 0;

  g_assert_cmpuint (living->len, ==, n);
  g_assert_true (ptl_store_verify_log (store, &count, &bad, NULL));
  g_assert_cmpint (count, ==, n);
  g_assert_cmpint (bad, ==, 0);
}

static void
test_sync_fails (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) first = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (PtlRule) second = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error = NULL;
  PtlStore *store = store_fixture_open (fixture);

  store_fixture_put (store, first);
  failing = TRUE;
  g_assert_false (store_fixture_try_put (store, second, &error));
  g_assert_cmpuint (n_failed, >, 0);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STORE_READ_ONLY);
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_READ_ONLY);
  g_assert_false (ptl_store_probe (store));
  assert_holds (store, 1);
  failing = FALSE;
  g_assert_true (ptl_store_probe (store));
  store_fixture_put (store, second);
  assert_holds (store, 2);
  assert_holds (store_fixture_open (fixture), 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-sync/fails", test_sync_fails);
  return g_test_run ();
}
