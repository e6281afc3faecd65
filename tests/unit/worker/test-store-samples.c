/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-store-samples.h"

#define DAY (24 * 3600)
/* The beginning of an hour. */
#define T0 (G_GINT64_CONSTANT (1800000000) - 1800000000 % 3600)

static PtlRule *
put_rule (PtlStore *store)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_FORWARD);

  store_fixture_put (store, rule);
  return rule;
}

static void
add (PtlStore *store, const char *id, gint64 at, guint64 bytes, guint64 peak)
{
  PtlSample sample = { .at = at, .bytes_in = bytes, .bytes_out = 2 * bytes, .peak = peak, .begun = 1 };

  g_assert_true (ptl_store_begin_samples (store, NULL));
  g_assert_true (ptl_store_add_sample (store, id, &sample, NULL));
  g_assert_true (ptl_store_commit (store, NULL));
}

static void
roll (PtlStore *store, gint64 now, guint times)
{
  for (guint i = 0; i < times; i++)
    {
      g_assert_true (ptl_store_begin_samples (store, NULL));
      g_assert_true (ptl_store_roll_samples (store, now, NULL));
      g_assert_true (ptl_store_commit (store, NULL));
    }
}

/* "0:10/20/1 60:..." : seconds from T0, bytes in, bytes out, peak. */
static char *
list (PtlStore *store, const char *id, gint64 from, gint64 until, guint step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) samples = ptl_store_list_samples (store, id, from, until, step, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < samples->len; i++)
    {
      const PtlSample *s = &g_array_index (samples, PtlSample, i);

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT ":%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT
                                    "/%" G_GUINT64_FORMAT,
                              i > 0 ? " " : "", s->at - T0, s->bytes_in, s->bytes_out, s->peak);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_list (PtlStore *store, const char *id, gint64 from, gint64 until, guint step, const char *wanted)
{
  g_autofree char *found = list (store, id, from, until, step);

  g_assert_cmpstr (found, ==, wanted);
}

static void
test_minutes (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (PtlRule) one = put_rule (store);
  g_autoptr (PtlRule) other = put_rule (store);

  add (store, one->id, T0, 10, 1);
  add (store, other->id, T0, 1000, 9);
  add (store, one->id, T0 + 120, 5, 3);
  add (store, one->id, T0 + 120, 5, 2); /* the clock went back: it is added to what is there */
  add (store, one->id, T0 + 3600, 7, 1);
  assert_list (store, one->id, 0, T0 + DAY, 60, "0:10/20/1 120:10/20/3 3600:7/14/1");
  assert_list (store, one->id, T0, T0 + 120, 60, "0:10/20/1");
  assert_list (store, one->id, T0 + 1, T0 + 121, 60, "120:10/20/3");
  assert_list (store, one->id, T0 + 3700, T0 + DAY, 60, "");
  assert_list (store, other->id, 0, T0 + DAY, 60, "0:1000/2000/9");
  assert_list (store, one->id, T0 + 130, T0 + DAY, 3600, "0:20/40/3 3600:7/14/1");
  assert_list (store, "no such rule", 0, T0 + DAY, 60, "");
  store = store_fixture_open (fixture);
  assert_list (store, one->id, 0, T0 + DAY, 60, "0:10/20/1 120:10/20/3 3600:7/14/1");
}

static void
test_unknown_rule (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);

  add (store, "11111111-1111-4111-8111-111111111111", T0, 10, 1);
  assert_list (store, "11111111-1111-4111-8111-111111111111", 0, T0 + DAY, 60, "");
}

/* Minutes become hours after a day, hours go after thirty. */
static void
test_roll (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (PtlRule) rule = put_rule (store);

  for (gint64 at = 0; at < 2 * 3600; at += 60)
    add (store, rule->id, T0 + at, 10, (guint64) at / 60 + 1);
  roll (store, T0 + DAY, 100);
  assert_list (store, rule->id, T0, T0 + 60, 60, "0:10/20/1");
  roll (store, T0 + DAY + 60, 100);
  assert_list (store, rule->id, T0, T0 + 60, 60, "");
  /* What is an hour already and what is not yet are one in the answer. */
  assert_list (store, rule->id, 0, T0 + DAY, 3600, "0:600/1200/60 3600:600/1200/120");
  roll (store, T0 + 3 * DAY, 100);
  assert_list (store, rule->id, 0, T0 + DAY, 60, "");
  assert_list (store, rule->id, 0, T0 + DAY, 3600, "0:600/1200/60 3600:600/1200/120");
  roll (store, T0 + 30 * DAY + 60, 1);
  assert_list (store, rule->id, 0, T0 + DAY, 3600, "3600:600/1200/120");
  roll (store, T0 + 31 * DAY, 1);
  assert_list (store, rule->id, 0, T0 + DAY, 3600, "");
}

/* A long absence is not worked off at one go. */
static void
test_roll_bit_by_bit (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (PtlRule) rule = put_rule (store);
  g_autoptr (GArray) left = NULL;

  for (gint64 at = 0; at < 3600; at += 60)
    add (store, rule->id, T0 + at, 10, 1);
  roll (store, T0 + 10 * DAY, 1);
  left = ptl_store_list_samples (store, rule->id, 0, T0 + DAY, 60, NULL);
  g_assert_cmpuint (left->len, ==, 58);
  assert_list (store, rule->id, 0, T0 + DAY, 3600, "0:600/1200/1");
}

static void
test_settings (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autofree char *unset = ptl_store_dup_setting (store, "metrics-port");
  g_autofree char *set = NULL;

  g_assert_cmpstr (unset, ==, "");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (ptl_store_begin (store, NULL));
      g_assert_true (ptl_store_put_setting (store, "metrics-port", i == 0 ? "1" : "9100", NULL));
      g_assert_true (ptl_store_commit (store, NULL));
    }
  store = store_fixture_open (fixture);
  set = ptl_store_dup_setting (store, "metrics-port");
  g_assert_cmpstr (set, ==, "9100");
}

/* A thousand busy rules for as long as minutes are kept would come to this. */
static void
test_size (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  gint64 began, pages;
  sqlite3 *db;

  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (rules, put_rule (store));
  began = g_get_monotonic_time ();
  for (guint minute = 0; minute < 10; minute++)
    {
      g_assert_true (ptl_store_begin_samples (store, NULL));
      for (guint i = 0; i < rules->len; i++)
        {
          PtlSample sample = { T0 + 60 * minute, 50000000 + i, 900000000 + i, 20, 100, 3 };

          g_assert_true (ptl_store_add_sample (store, ((PtlRule *) rules->pdata[i])->id, &sample, NULL));
        }
      g_assert_true (ptl_store_commit (store, NULL));
    }
  g_test_message ("a minute of 1000 rules takes %" G_GINT64_FORMAT " us to write",
                  (g_get_monotonic_time () - began) / 10);
  store_fixture_close (fixture);
  db = store_fixture_open_sqlite (fixture);
  pages = 0;
  {
    sqlite3_stmt *stmt = NULL;

    g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT sum (pgsize) FROM dbstat WHERE name = 'sample'", -1, &stmt, NULL),
                     ==, SQLITE_OK);
    g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
    pages = sqlite3_column_int64 (stmt, 0);
    sqlite3_finalize (stmt);
  }
  sqlite3_close (db);
  g_test_message ("a sample takes %" G_GINT64_FORMAT " bytes", pages / 10000);
  g_assert_cmpint (pages / 10000, <, 48);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-samples/minutes", test_minutes);
  g_test_add_func ("/store-samples/unknown-rule", test_unknown_rule);
  g_test_add_func ("/store-samples/roll", test_roll);
  g_test_add_func ("/store-samples/roll-bit-by-bit", test_roll_bit_by_bit);
  g_test_add_func ("/store-samples/settings", test_settings);
  g_test_add_func ("/store-samples/size", test_size);
  return g_test_run ();
}
