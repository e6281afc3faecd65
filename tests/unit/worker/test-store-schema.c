/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"
#include "worker/ptl-store-entries.h"
#include "worker/ptl-store-names.h"
#include "worker/ptl-store-openings.h"
#include "worker/ptl-store-reports.h"
#include "worker/ptl-store-samples.h"

/* A store as each version left it; more are added, none is changed. */
static const char *const versions[]
    = { "store-v1.sql", "store-v2.sql", "store-v3.sql", "store-v4.sql",
        "store-v5.sql", "store-v6.sql", "store-v7.sql", "store-v8.sql" };

static void
load (StoreFixture *fixture, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
  g_autofree char *sql = NULL;
  sqlite3 *db = store_fixture_open_sqlite (fixture);

  g_assert_true (g_file_get_contents (path, &sql, NULL, NULL));
  store_fixture_exec (db, sql);
  sqlite3_close (db);
}

static void
assert_rules (PtlStore *store)
{
  g_autoptr (GPtrArray) living = ptl_store_list_living (store, NULL);
  guint total = 0;
  g_autoptr (GPtrArray) closed = ptl_store_list_closed (store, 0, 10, "friday ANN", &total, NULL);
  PtlRule *rule;
  PtlLease *lease;

  g_assert_cmpuint (living->len, ==, 1);
  rule = g_ptr_array_index (living, 0);
  g_assert_cmpstr (rule->id, ==, "11111111-1111-4111-8111-111111111111");
  g_assert_cmpint (rule->kind, ==, PTL_KIND_MAPPING);
  g_assert_cmpint (rule->way, ==, PTL_WAY_GUARDED);
  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_OPEN);
  g_assert_cmpint (rule->expires, ==, 1800003600);
  g_assert_cmpuint (ptl_audience_get_n_networks (rule->audience), ==, 2);
  g_assert_cmpuint (rule->leases->len, ==, 1);
  lease = g_ptr_array_index (rule->leases, 0);
  g_assert_cmpstr (lease->key, ==, "00112233445566778899aabb");
  g_assert_cmpuint (lease->endpoint->first, ==, 25565);
  g_assert_cmpuint (total, ==, 1);
  rule = g_ptr_array_index (closed, 0);
  g_assert_cmpint (rule->close_reason, ==, PTL_CLOSE_REASON_EXPIRED);
  g_assert_cmpstr (rule->target->path, ==, "/run/app.sock");
}

static void
assert_records (PtlStore *store)
{
  g_autoptr (GPtrArray) intents = ptl_store_list_intents (store, NULL);
  g_autoptr (GPtrArray) debts = ptl_store_list_debts (store, NULL);
  g_autoptr (GPtrArray) relays = ptl_store_list_relays (store, NULL);
  g_autofree char *protocol = ptl_store_dup_router_protocol (store, "r1");
  gint64 count = 0, bad = 0;

  g_assert_cmpuint (intents->len, ==, 1);
  g_assert_cmpuint (((PtlIntent *) g_ptr_array_index (intents, 0))->leases->len, ==, 1);
  g_assert_cmpuint (debts->len, ==, 1);
  g_assert_cmpuint (((PtlDebt *) g_ptr_array_index (debts, 0))->tries, ==, 2);
  g_assert_cmpuint (relays->len, ==, 1);
  g_assert_cmpstr (((PtlRelay *) g_ptr_array_index (relays, 0))->name, ==, "vps");
  g_assert_cmpstr (protocol, ==, "pcp");
  g_assert_true (ptl_store_verify_log (store, &count, &bad, NULL));
  g_assert_cmpint (count, ==, 3);
  g_assert_cmpint (bad, ==, 0);
}

/* What version 2 brought: options, samples and settings. */
static void
assert_second (PtlStore *store)
{
  g_autoptr (PtlRule) rule
      = ptl_store_get_rule (store, "11111111-1111-4111-8111-111111111111", NULL);
  g_autoptr (GArray) minutes
      = ptl_store_list_samples (store, rule->id, 0, G_MAXINT64, PTL_SAMPLE_MINUTE, NULL);
  g_autoptr (GArray) hours
      = ptl_store_list_samples (store, rule->id, 0, G_MAXINT64, PTL_SAMPLE_HOUR, NULL);
  g_autofree char *port = ptl_store_dup_setting (store, "metrics-port");

  g_assert_cmpuint (rule->options->values[PTL_OPTION_MAX_CONNECTIONS], ==, 5);
  g_assert_cmpuint (rule->options->targets->len, ==, 1);
  g_assert_cmpuint (minutes->len, ==, 1);
  g_assert_cmpuint (g_array_index (minutes, PtlSample, 0).bytes_out, ==, 4000);
  g_assert_cmpuint (hours->len, ==, 2);
  g_assert_cmpuint (g_array_index (hours, PtlSample, 0).peak, ==, 7);
  g_assert_cmpstr (port, ==, "9464");
}

/* What version 3 brought: dynamic names. */
static void
assert_third (PtlStore *store)
{
  g_autoptr (GPtrArray) names = ptl_store_list_names (store, NULL);
  const PtlDynamicName *name;

  g_assert_cmpuint (names->len, ==, 1);
  name = names->pdata[0];
  g_assert_cmpstr (name->hostname, ==, "home.example.org");
  g_assert_cmpstr (name->user, ==, "ann");
  g_assert_true (name->ipv4 && name->ipv6 && name->told_to_wait && !name->stopped);
  g_assert_cmpuint (name->refresh_days, ==, 25);
  g_assert_cmpstr (name->published_ipv6, ==, "2001:db8::5");
  g_assert_cmpint (name->not_before, ==, 1800001800);
  g_assert_cmpuint (name->tries, ==, 2);
  g_assert_cmpstr (name->advice, ==, "It is tried again by itself.");
}

/* What version 4 brought: foreign entries. */
static void
assert_fourth (PtlStore *store)
{
  g_autoptr (GPtrArray) entries = ptl_store_list_entries (store, NULL);
  const PtlEntryRecord *entry;

  g_assert_cmpuint (entries->len, ==, 1);
  entry = entries->pdata[0];
  g_assert_cmpstr (entry->description, ==, "Transmission");
  g_assert_cmpint (entry->first_seen, ==, 1799990000);
  g_assert_true (entry->ignored);
}

/* What version 5 brought: by which kinds of address a mapping lets people in. */
static void
assert_fifth (PtlStore *store, PtlFamily family)
{
  g_autoptr (PtlRule) rule
      = ptl_store_get_rule (store, "11111111-1111-4111-8111-111111111111", NULL);

  g_assert_cmpint (rule->family, ==, family);
}

/* What version 6 brought: the reports of exposure checks. */
static void
assert_sixth (PtlStore *store)
{
  g_autoptr (GPtrArray) heads = ptl_store_list_reports (store, NULL);
  g_autoptr (GPtrArray) accepted = ptl_store_list_accepted (store, NULL);
  g_autoptr (PtlReport) report = ptl_store_get_report (store, "4444", NULL);
  const PtlAccepted *one;

  g_assert_cmpuint (heads->len, ==, 1);
  g_assert_cmpuint (((PtlReport *) heads->pdata[0])->n_severities[PTL_SEVERITY_MEDIUM], ==, 1);
  g_assert_nonnull (report);
  g_assert_cmpint (report->finished, ==, 1800000004);
  g_assert_cmpuint (report->findings->len, ==, 1);
  g_assert_cmpstr (((PtlFinding *) report->findings->pdata[0])->identity->product, ==, "Grafana");
  g_assert_cmpuint (accepted->len, ==, 1);
  one = accepted->pdata[0];
  g_assert_cmpstr (one->key, ==, "tcp/0.0.0.0:8080");
  g_assert_cmpint (one->severity, ==, PTL_SEVERITY_MEDIUM);
  g_assert_cmpint (one->until, ==, 4000000000);
  g_assert_cmpstr (one->reason, ==, "for the demo");
}

/* What version 7 brought: what is open in this computer's firewall. Rules of before leave it alone. */
static void
assert_seventh (PtlStore *store, gboolean brought)
{
  g_autoptr (PtlRule) rule
      = ptl_store_get_rule (store, "11111111-1111-4111-8111-111111111111", NULL);
  g_autoptr (GPtrArray) openings = ptl_store_list_openings (store, NULL);
  const PtlOpeningRecord *record;

  g_assert_cmpint (rule->firewall, ==, brought ? PTL_FIREWALL_WISH_AUTO : PTL_FIREWALL_WISH_LEAVE);
  g_assert_cmpuint (openings->len, ==, brought ? 1 : 0);
  if (!brought)
    return;
  record = openings->pdata[0];
  g_assert_cmpstr (record->rule_id, ==, rule->id);
  g_assert_cmpstr (record->opening->zone, ==, "public");
  g_assert_cmpstr (record->opening->source, ==, "203.0.113.0/24");
  g_assert_cmpuint (record->opening->first, ==, 40000);
  g_assert_cmpint (record->at, ==, 1800000002);
  g_assert_cmpint (record->ends, ==, 1800003600);
  g_assert_cmpstr (record->instance, ==, "f2c1:1.42");
}

/* What version 8 brought: the most connections at a time. Of before, what the samples know. */
static void
assert_eighth (PtlStore *store, guint64 peak)
{
  g_autoptr (PtlRule) rule
      = ptl_store_get_rule (store, "11111111-1111-4111-8111-111111111111", NULL);

  g_assert_cmpuint (rule->traffic.connections_peak, ==, peak);
}

static void
test_versions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (StoreFixture) fixture = store_fixture_new ();
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
      PtlStore *store;

      g_test_message ("%s", versions[i]);
      load (fixture, versions[i]);
      store = store_fixture_open (fixture);
      g_assert_no_error (ptl_store_get_error (store));
      g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
      assert_rules (store);
      assert_records (store);
      if (i > 0)
        assert_second (store);
      if (i > 1)
        assert_third (store);
      if (i > 2)
        assert_fourth (store);
      assert_fifth (store, i > 3 ? PTL_FAMILY_BOTH : PTL_FAMILY_AUTO);
      if (i > 4)
        assert_sixth (store);
      assert_seventh (store, i > 5);
      assert_eighth (store, i > 6 ? 9 : i > 0 ? 7 : 0);
      store_fixture_put (store, rule);
      g_assert_cmpuint (store_fixture_count_files (fixture, "portolan.db.damaged"), ==, 0);
    }
}

static char *
dump_schema (sqlite3 *db)
{
  g_autoptr (GString) dump = g_string_new (NULL);
  sqlite3_stmt *stmt = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (db,
                                       "SELECT name, sql FROM sqlite_schema WHERE sql NOT NULL "
                                       "ORDER BY name",
                                       -1, &stmt, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    g_string_append_printf (dump, "%s\n", sqlite3_column_text (stmt, 1));
  sqlite3_finalize (stmt);
  return g_string_free (g_steal_pointer (&dump), FALSE);
}

/* An old store that was brought up is like one begun today: a version whose first step was changed
 * shows here. */
static void
test_same_schema (void)
{
  g_autoptr (StoreFixture) fresh = store_fixture_new ();
  g_autofree char *expected = NULL;
  sqlite3 *db;

  store_fixture_open (fresh);
  store_fixture_close (fresh);
  db = store_fixture_open_sqlite (fresh);
  expected = dump_schema (db);
  sqlite3_close (db);
  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      g_autoptr (StoreFixture) old = store_fixture_new ();
      g_autofree char *found = NULL;

      load (old, versions[i]);
      store_fixture_open (old);
      store_fixture_close (old);
      db = store_fixture_open_sqlite (old);
      found = dump_schema (db);
      sqlite3_close (db);
      g_assert_cmpstr (found, ==, expected);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-schema/versions", test_versions);
  g_test_add_func ("/store-schema/same-schema", test_same_schema);
  return g_test_run ();
}
