/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <unistd.h>

#include "store-fixture.h"

#define N_COMMITS 6

typedef struct
{
  StoreFixture *fixture;
  guint at;
  gboolean after;
} Crash;

/* Six changes, each of a rule, an intent and an event; the process ends at one of them. */
static void
change_until_killed (gpointer data)
{
  Crash *crash = data;
  PtlStore *store = ptl_store_new (crash->fixture->directory, crash->fixture->clock);

  ptl_store_abort_at (store, crash->at, crash->after);
  for (guint i = 0; i < N_COMMITS; i++)
    {
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
      g_autoptr (PtlIntent) intent = ptl_intent_new (rule->id, "open");

      g_assert_true (ptl_store_begin (store, NULL));
      g_assert_true (ptl_store_put_rule (store, rule, NULL));
      g_assert_true (ptl_store_put_intent (store, intent, NULL));
      g_assert_true (ptl_store_add_event (store, "worker", "open", rule->id, "begun", "", NULL));
      g_assert_true (ptl_store_commit (store, NULL));
    }
}

static void
assert_whole (StoreFixture *fixture, guint n)
{
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (GPtrArray) living = ptl_store_list_living (store, NULL);
  g_autoptr (GPtrArray) intents = ptl_store_list_intents (store, NULL);
  gint64 count = 0, bad = 0;

  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  g_assert_no_error (ptl_store_get_error (store));
  g_assert_cmpuint (living->len, ==, n);
  g_assert_cmpuint (intents->len, ==, n);
  g_assert_true (ptl_store_verify_log (store, &count, &bad, NULL));
  g_assert_cmpint (count, ==, n);
  g_assert_cmpint (bad, ==, 0);
}

static void
test_killed (void)
{
  for (guint i = 0; i < 2 * N_COMMITS; i++)
    {
      g_autoptr (StoreFixture) fixture = store_fixture_new ();
      Crash crash = { fixture, i / 2 + 1, i % 2 == 1 };

      g_test_message ("%s commit %u", crash.after ? "after" : "before", crash.at);
      g_assert_cmpint (store_fixture_run_child (change_until_killed, &crash), ==, 128 + SIGKILL);
      assert_whole (fixture, crash.after ? crash.at : crash.at - 1);
    }
}

static void
test_not_killed (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  Crash crash = { fixture, 0, FALSE };

  g_assert_cmpint (store_fixture_run_child (change_until_killed, &crash), ==, 0);
  assert_whole (fixture, N_COMMITS);
}

/* The log of a killed process is cut at every place: what it held up to there is whole, and no more
 * is there. */
static void
test_torn_log (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autofree char *wal = g_strconcat (fixture->path, "-wal", NULL);
  g_autofree char *contents = NULL;
  Crash crash = { fixture, N_COMMITS, TRUE };
  gsize length = 0;
  guint last = 0;

  g_assert_cmpint (store_fixture_run_child (change_until_killed, &crash), ==, 128 + SIGKILL);
  g_assert_true (g_file_get_contents (wal, &contents, &length, NULL));
  for (gsize cut = length / 2; cut <= length; cut += (length / 2) / 16 + 1)
    {
      g_autoptr (StoreFixture) torn = store_fixture_new ();
      g_autofree char *torn_wal = g_strconcat (torn->path, "-wal", NULL);
      gint64 count = 0, bad = 0;

      store_fixture_copy_to (fixture, torn->directory);
      g_assert_cmpint (truncate (torn_wal, (off_t) cut), ==, 0);
      store_fixture_open (torn);
      g_assert_cmpint (ptl_store_get_state (torn->store), ==, PTL_STORE_STATE_OK);
      g_assert_true (ptl_store_verify_log (torn->store, &count, &bad, NULL));
      g_assert_cmpint (bad, ==, 0);
      g_assert_cmpint (count, >=, last);
      last = (guint) count;
      assert_whole (torn, last);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-crash/killed", test_killed);
  g_test_add_func ("/store-crash/not-killed", test_not_killed);
  g_test_add_func ("/store-crash/torn-log", test_torn_log);
  return g_test_run ();
}
