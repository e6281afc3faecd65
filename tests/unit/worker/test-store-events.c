/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "store-fixture.h"

static void
add (PtlStore *store, const char *rule_id, const char *what)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ptl_store_begin (store, NULL));
  ptl_store_add_event (store, "user ann (portolanctl)", what, rule_id, "ok", "", &error);
  g_assert_no_error (error);
  g_assert_true (ptl_store_commit (store, NULL));
}

static void
assert_verify (PtlStore *store, gint64 expected_count, gint64 expected_bad)
{
  g_autoptr (GError) error = NULL;
  gint64 count = -1, bad = -1;

  g_assert_true (ptl_store_verify_log (store, &count, &bad, &error));
  g_assert_no_error (error);
  g_assert_cmpint (count, ==, expected_count);
  g_assert_cmpint (bad, ==, expected_bad);
}

static void
test_chain (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (GPtrArray) events = NULL;
  PtlEvent *first, *second;
  g_autofree char *hash = NULL;

  assert_verify (store, 0, 0);
  add (store, "a", "open");
  add (store_fixture_open (fixture), "a", "close");
  store = fixture->store;
  events = ptl_store_list_events (store, "", 0, 10, NULL);
  g_assert_cmpuint (events->len, ==, 2);
  second = g_ptr_array_index (events, 0);
  first = g_ptr_array_index (events, 1);
  g_assert_cmpint (first->seq, ==, 1);
  g_assert_cmpint (second->seq, ==, 2);
  hash = ptl_event_compute_hash (second, first->hash);
  g_assert_cmpstr (hash, ==, second->hash);
  assert_verify (store, 2, 0);
}

static void
test_pages (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (GPtrArray) latest = NULL, before = NULL, of_rule = NULL, none = NULL;

  g_assert_true (ptl_store_begin (store, NULL));
  for (int i = 1; i <= 2500; i++)
    g_assert_true (ptl_store_add_event (store, "worker", "renew", i % 2 == 0 ? "even" : "odd", "ok",
                                        "", NULL));
  g_assert_true (ptl_store_commit (store, NULL));

  latest = ptl_store_list_events (store, NULL, 0, 10, NULL);
  g_assert_cmpuint (latest->len, ==, 10);
  g_assert_cmpint (((PtlEvent *) g_ptr_array_index (latest, 0))->seq, ==, 2500);
  before = ptl_store_list_events (store, "", 4, 10, NULL);
  g_assert_cmpuint (before->len, ==, 3);
  of_rule = ptl_store_list_events (store, "even", 100, 10, NULL);
  g_assert_cmpint (((PtlEvent *) g_ptr_array_index (of_rule, 0))->seq, ==, 98);
  none = ptl_store_list_events (store, "neither", 0, 10, NULL);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (ptl_store_get_n_events (store), ==, 2500);
  assert_verify (store, 2500, 0);
}

static void
test_append_only (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  const char *const attempts[] = {
    "UPDATE event SET detail = 'x'",
    "DELETE FROM event",
    "DELETE FROM event WHERE seq = 2",
    "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 1",
    "REPLACE INTO event VALUES (2, 1, 'eve', 'open', '', 'ok', '', 'x')",
  };
  sqlite3 *db;

  add (store_fixture_open (fixture), "a", "open");
  add (fixture->store, "a", "close");
  store_fixture_close (fixture);
  db = store_fixture_open_sqlite (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      g_assert_cmpint (sqlite3_exec (db, attempts[i], NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
      g_assert_nonnull (strstr (sqlite3_errmsg (db), "append-only"));
    }
  sqlite3_close (db);
  assert_verify (store_fixture_open (fixture), 2, 0);
}

/* @sql is run on a log of 1,200 events whose triggers were taken away. */
static void
assert_tampering (const char *sql, gint64 count, gint64 bad)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  sqlite3 *db;

  g_assert_true (ptl_store_begin (store, NULL));
  for (int i = 0; i < 1200; i++)
    g_assert_true (ptl_store_add_event (store, "worker", "renew", "a", "ok", "", NULL));
  g_assert_true (ptl_store_commit (store, NULL));
  store_fixture_close (fixture);
  db = store_fixture_open_sqlite (fixture);
  store_fixture_exec (db, "DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete; DROP "
                          "TRIGGER event_no_replace;");
  store_fixture_exec (db, sql);
  sqlite3_close (db);
  g_test_message ("%s", sql);
  store = store_fixture_open (fixture);
  assert_verify (store, count, bad);
  /* What is logged from now on does not cover it up. */
  add (store, "a", "open");
  assert_verify (store, count + 1, bad);
}

static void
test_tampering (void)
{
  assert_tampering ("UPDATE event SET detail = 'x' WHERE seq = 1100", 1200, 1100);
  assert_tampering ("UPDATE event SET at = at + 1 WHERE seq = 1", 1200, 1);
  assert_tampering ("UPDATE event SET hash = 'x' WHERE seq = 1000", 1200, 1000);
  assert_tampering ("DELETE FROM event WHERE seq = 7", 1199, 7);
  assert_tampering ("DELETE FROM event WHERE seq = 1", 1199, 1);
  assert_tampering ("DELETE FROM event WHERE seq > 1190", 1190, 1191);
  assert_tampering ("DELETE FROM event", 0, 1);
  assert_tampering ("UPDATE event SET seq = -seq WHERE seq IN (5, 6);", 1200, 5);
}

static void
count_event (PtlStore *store, PtlEvent *event, gpointer data)
{
  g_autoptr (GPtrArray) stored = ptl_store_list_events (store, "", 0, 1, NULL);
  int *n = data;

  *n += 1;
  g_assert_cmpint (((PtlEvent *) g_ptr_array_index (stored, 0))->seq, >=, event->seq);
}

static void
test_signal (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  int n = 0;

  g_signal_connect (store, "event-added", G_CALLBACK (count_event), &n);
  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_add_event (store, "worker", "open", "a", "begun", "", NULL));
  g_assert_true (ptl_store_add_event (store, "worker", "open", "a", "ok", "", NULL));
  g_assert_cmpint (n, ==, 0);
  ptl_store_rollback (store);
  add (store, "a", "open");
  g_assert_cmpint (n, ==, 1);
  assert_verify (store, 1, 0);
}

/* A handler may write: the transaction is over when it is told. */
static void
log_once_more (PtlStore *store, PtlEvent *event, gpointer data)
{
  if (strcmp (event->what, "open") == 0)
    add (store, "a", "noticed");
}

static void
test_signal_writes (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);

  g_signal_connect (store, "event-added", G_CALLBACK (log_once_more), NULL);
  add (store, "a", "open");
  assert_verify (store, 2, 0);
}

static void
test_hostile_text (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autofree char *huge = g_strnfill (10 * 1024, 'x');
  g_autoptr (GPtrArray) events = NULL;
  PtlEvent *event;

  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_add_event (store, "a\x1b[2J\xff", "open", NULL, "ok", huge, NULL));
  g_assert_true (ptl_store_commit (store, NULL));
  events = ptl_store_list_events (store, "", 0, 1, NULL);
  event = g_ptr_array_index (events, 0);
  g_assert_true (g_utf8_validate (event->who, -1, NULL));
  g_assert_null (strchr (event->who, '\x1b'));
  g_assert_cmpint (g_utf8_strlen (event->detail, -1), ==, 1000);
  assert_verify (store, 1, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-events/chain", test_chain);
  g_test_add_func ("/store-events/pages", test_pages);
  g_test_add_func ("/store-events/append-only", test_append_only);
  g_test_add_func ("/store-events/tampering", test_tampering);
  g_test_add_func ("/store-events/signal", test_signal);
  g_test_add_func ("/store-events/signal-writes", test_signal_writes);
  g_test_add_func ("/store-events/hostile-text", test_hostile_text);
  return g_test_run ();
}
