/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-store-entries.h"

static PtlEntryRecord
make_record (guint16 port, const char *remote)
{
  return (PtlEntryRecord) { .router = (char *) "r1",
                            .protocol = PTL_PROTOCOL_TCP,
                            .external_port = port,
                            .remote = (char *) remote,
                            .address = (char *) "192.168.1.30",
                            .port = 22,
                            .description = (char *) "ssh",
                            .first_seen = 1000,
                            .last_seen = 2000 };
}

static void
put (PtlStore *store, const PtlEntryRecord *record)
{
  g_autoptr (GError) error = NULL;

  ptl_store_begin (store, &error);
  ptl_store_put_entry (store, record, &error);
  ptl_store_commit (store, &error);
  g_assert_no_error (error);
}

static void
test_kept (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  PtlEntryRecord first = make_record (22, ""), second = make_record (22, "203.0.113.9");
  g_autoptr (GPtrArray) entries = NULL;
  const PtlEntryRecord *found;

  put (store, &first);
  put (store, &second);
  first.ignored = TRUE;
  first.last_seen = 3000;
  first.description = (char *) "sshd";
  put (store, &first);
  entries = ptl_store_list_entries (store_fixture_open (fixture), NULL);
  g_assert_cmpuint (entries->len, ==, 2);
  found = entries->pdata[0];
  g_assert_cmpstr (found->description, ==, "sshd");
  g_assert_cmpint (found->first_seen, ==, 1000);
  g_assert_cmpint (found->last_seen, ==, 3000);
  g_assert_cmpint (found->protocol, ==, PTL_PROTOCOL_TCP);
  g_assert_true (found->ignored);
  found = entries->pdata[1];
  g_assert_cmpstr (found->remote, ==, "203.0.113.9");
  g_assert_false (found->ignored);
}

static void
test_deleted (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  PtlEntryRecord first = make_record (22, ""), second = make_record (80, "");
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  put (store, &first);
  put (store, &second);
  g_assert_false (ptl_store_delete_entry (store, &first, NULL)); /* outside of a transaction */
  ptl_store_begin (store, &error);
  ptl_store_delete_entry (store, &first, &error);
  ptl_store_commit (store, &error);
  g_assert_no_error (error);
  entries = ptl_store_list_entries (store_fixture_open (fixture), NULL);
  g_assert_cmpuint (entries->len, ==, 1);
  g_assert_cmpuint (((PtlEntryRecord *) entries->pdata[0])->external_port, ==, 80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/entries/kept", test_kept);
  g_test_add_func ("/store/entries/deleted", test_deleted);
  return g_test_run ();
}
