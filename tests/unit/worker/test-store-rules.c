/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#define FULL                                                                                       \
  "{'Id': <'01234567-89ab-cdef-0123-456789abcdef'>, 'Kind': <'mapping'>, 'Name': <'game'>,"        \
  " 'Protocol': <'both'>, 'PublicEndpoint': <'203.0.113.5:25565'>, 'AskedPort': <uint32 25565>,"   \
  " 'Target': <'127.0.0.1:25565'>, 'Way': <'guarded'>, 'Backend': <'r1'>, 'Owner': <'Ann "         \
  "\xc3\x84'>,"                                                                                    \
  " 'Purpose': <'friday'>, 'Preset': <'Minecraft: Java Edition'>, 'Override': <'x'>,"              \
  " 'Audience': <['10.0.0.0/8', '2001:db8::/32', '!10.0.0.5/32']>,"                                   \
  " 'Options': <{'MaxConnections': <uint64 5>, 'Balance': <'source-hash'>, 'Targets': <['!h:1']>}>,"  \
  " 'Created': <int64 1>, 'Expires': <int64 2>,"                                                      \
  " 'Review': <int64 4>, 'Closed': <int64 3>, 'State': <'closed'>, 'CloseReason': <'expired'>,"    \
  " 'ErrorCode': <'router-full'>, 'ErrorMessage': <'m'>, 'ErrorAdvice': <'a'>, 'Step': "           \
  "<'verify'>,"                                                                                    \
  " 'Leases': <[{'System': <'pcp'>, 'Holder': <'r1'>, 'Protocol': <'tcp'>, 'Endpoint': "           \
  "<'203.0.113.5:25565'>,"                                                                         \
  " 'Inner': <'192.168.1.5:40000'>, 'Lifetime': <int64 7200>, 'Granted': <int64 5>, 'Renew': "     \
  "<int64 6>,"                                                                                     \
  " 'ReadBack': <int64 7>, 'Key': <'00ff'>}, {'System': <'ssh'>, 'Holder': <'my_vps'>, "           \
  "'Protocol': <'tcp'>,"                                                                           \
  " 'Endpoint': <'my_vps:80'>, 'Inner': <'unix:/run/x'>, 'Lifetime': <int64 0>, 'Granted': "       \
  "<int64 0>,"                                                                                     \
  " 'Renew': <int64 0>, 'ReadBack': <int64 0>, 'Key': <''>}]>, 'BytesIn': <uint64 "                \
  "18000000000000000000>,"                                                                         \
  " 'BytesOut': <uint64 9>, 'ConnectionsNow': <uint64 0>, 'ConnectionsEver': <uint64 11>,"         \
  " 'Refused': <uint64 12>, 'LastUsed': <int64 13>}"

static void
assert_same (PtlStore *store, const PtlRule *rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) found = ptl_store_get_rule (store, rule->id, &error);
  g_autoptr (GVariant) expected = g_variant_ref_sink (ptl_rule_to_variant (rule));
  g_autoptr (GVariant) got = NULL;

  g_assert_no_error (error);
  got = g_variant_ref_sink (ptl_rule_to_variant (found));
  g_assert_cmpvariant (expected, got);
}

static void
test_round (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) full = store_fixture_rule (FULL);
  g_autoptr (PtlRule) bare = ptl_rule_new (PTL_KIND_TUNNEL);

  store_fixture_put (store_fixture_open (fixture), full);
  store_fixture_put (fixture->store, bare);
  assert_same (fixture->store, full);
  assert_same (fixture->store, bare);
  store_fixture_open (fixture);
  g_assert_cmpint (ptl_store_get_state (fixture->store), ==, PTL_STORE_STATE_OK);
  assert_same (fixture->store, full);
  assert_same (fixture->store, bare);
}

static void
test_connections_now_end_with_the_worker (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);
  g_autoptr (PtlRule) found = NULL;

  rule->traffic.connections_now = 5;
  store_fixture_put (store_fixture_open (fixture), rule);
  found = ptl_store_get_rule (fixture->store, rule->id, NULL);
  g_assert_cmpuint (found->traffic.connections_now, ==, 0);
}

static void
test_put_again (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (PtlRule) rule = store_fixture_rule (FULL);
  g_autoptr (GPtrArray) living = NULL;

  rule->state = PTL_RULE_STATE_OPEN;
  store_fixture_put (store_fixture_open (fixture), rule);
  g_ptr_array_remove_index (rule->leases, 0);
  g_free (rule->name);
  rule->name = g_strdup ("other");
  store_fixture_put (fixture->store, rule);
  assert_same (fixture->store, rule);
  living = ptl_store_list_living (fixture->store, NULL);
  g_assert_cmpuint (living->len, ==, 1);
}

static PtlRule *
make (guint i, PtlRuleState state, gint64 closed)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_MAPPING);

  g_free (rule->id);
  rule->id = g_strdup_printf ("%08x-0000-4000-8000-000000000000", i);
  g_free (rule->name);
  rule->name = g_strdup_printf ("game %u", i);
  g_free (rule->owner);
  rule->owner = g_strdup (i % 2 == 0 ? "ann" : "B\xc3\xb6rn");
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "192.168.1.5", (guint16) (1000 + i),
                                   (guint16) (1000 + i));
  rule->state = state;
  rule->closed = closed;
  return rule;
}

static void
put_many (PtlStore *store, guint n, PtlRuleState state)
{
  g_assert_true (ptl_store_begin (store, NULL));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PtlRule) rule = make (i, state, state == PTL_RULE_STATE_CLOSED ? 1000 + i : 0);

      g_assert_true (ptl_store_put_rule (store, rule, NULL));
    }
  g_assert_true (ptl_store_commit (store, NULL));
}

static void
test_living_and_closed (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (GPtrArray) living = NULL, closed = NULL;
  guint total = 99;

  for (int state = 0; state <= PTL_RULE_STATE_FAILED; state++)
    {
      g_autoptr (PtlRule) rule = make ((guint) state, (PtlRuleState) state, 0);

      store_fixture_put (store, rule);
    }
  living = ptl_store_list_living (store, NULL);
  g_assert_cmpuint (living->len, ==, 5);
  closed = ptl_store_list_closed (store, 0, 10, "", &total, NULL);
  g_assert_cmpuint (closed->len, ==, 2);
  g_assert_cmpuint (total, ==, 2);
  g_assert_cmpuint (ptl_store_get_n_closed (store), ==, 2);
}

static void
assert_page (PtlStore *store,
             guint offset,
             guint limit,
             const char *search,
             guint expected_total,
             guint expected_len,
             const char *first)
{
  guint total = 0;
  g_autoptr (GPtrArray) page = ptl_store_list_closed (store, offset, limit, search, &total, NULL);

  g_test_message ("“%s” from %u: %u of %u", search, offset, page->len, total);
  g_assert_cmpuint (total, ==, expected_total);
  g_assert_cmpuint (page->len, ==, expected_len);
  if (first != NULL)
    g_assert_cmpstr (((PtlRule *) g_ptr_array_index (page, 0))->name, ==, first);
}

static void
test_history (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);

  put_many (store, 100, PTL_RULE_STATE_CLOSED);
  assert_page (store, 0, 10, NULL, 100, 10, "game 99");
  assert_page (store, 10, 10, "", 100, 10, "game 89");
  assert_page (store, 95, 10, " ", 100, 5, "game 4");
  assert_page (store, 100, 10, "", 100, 0, NULL);
  assert_page (store, 0, 0, "", 100, 0, NULL);
  assert_page (store, 0, 10, "game 42", 1, 1, "game 42");
  assert_page (store, 0, 10, "42 GAME", 1, 1, "game 42");
  assert_page (store, 0, 10, "ANN", 50, 10, "game 98");
  assert_page (store, 0, 10, "b\xc3\x96rn", 50, 10, "game 99");
  assert_page (store, 0, 10, "bo\xcc\x88rn", 50, 10, "game 99");
  assert_page (store, 0, 10, "192.168.1.5:1007", 1, 1, "game 7");
  assert_page (store, 0, 10, "ann bj", 0, 0, NULL);
  assert_page (store, 0, 10, "%", 0, 0, NULL);
  assert_page (store, 0, 10, "' OR 1 --", 0, 0, NULL);
}

/* A rule keeps its place in the history, whatever is written of it later. */
static void
test_order_stays (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (PtlRule) failed = make (1, PTL_RULE_STATE_FAILED, 0);
  g_autoptr (PtlRule) later = make (2, PTL_RULE_STATE_FAILED, 0);

  store_fixture_put (store, failed);
  ptl_clock_turn (fixture->clock, 100 * G_USEC_PER_SEC, 0);
  store_fixture_put (store, later);
  ptl_clock_turn (fixture->clock, 100 * G_USEC_PER_SEC, 0);
  store_fixture_put (store, failed);
  assert_page (store, 0, 10, "", 2, 2, "game 2");
}

static void
test_large (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);

  put_many (store, 10000, PTL_RULE_STATE_CLOSED);
  assert_page (store, 0, 1000, "", 10000, 1000, "game 9999");
  assert_page (store, 9999, 1000, "", 10000, 1, "game 0");
  assert_page (store, 0, 1000, "ann 77", 140, 140, NULL);
}

static void
test_resolve (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  const struct
  {
    const char *prefix;
    int code; /* -1 = found */
  } cases[] = {
    { "00000001", -1 },
    { "00000001-0000-4000-8000-000000000000", -1 },
    { "0000", PTL_ERROR_AMBIGUOUS },
    { "0000000", PTL_ERROR_AMBIGUOUS },
    { "ffff", PTL_ERROR_NOT_FOUND },
    { "00000001-0000-4000-8000-00000000000f", PTL_ERROR_NOT_FOUND },
    { "000", PTL_ERROR_INVALID },
    { "", PTL_ERROR_INVALID },
    { "0000%", PTL_ERROR_INVALID },
    { "00000001-0000-4000-8000-0000000000000", PTL_ERROR_INVALID },
  };

  put_many (store, 3, PTL_RULE_STATE_OPEN);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *id = ptl_store_resolve_id (store, cases[i].prefix, &error);

      g_test_message ("%s", cases[i].prefix);
      if (cases[i].code < 0)
        g_assert_cmpstr (id, ==, "00000001-0000-4000-8000-000000000000");
      else
        g_assert_error (error, PTL_ERROR, cases[i].code);
    }
}

static void
test_get_missing (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_store_get_rule (store_fixture_open (fixture),
                                     "01234567-89ab-cdef-0123-456789abcdef", &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
}

static void
test_rollback (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (PtlRule) rule = make (1, PTL_RULE_STATE_OPEN, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_put_rule (store, rule, NULL));
  ptl_store_rollback (store);
  ptl_store_rollback (store);
  g_assert_null (ptl_store_get_rule (store, rule->id, NULL));
  g_assert_false (ptl_store_put_rule (store, rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STATE);
  g_assert_false (ptl_store_commit (store, NULL));
  store_fixture_put (store, rule);
}

static void
test_nested_begin (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = store_fixture_open (fixture);
  g_autoptr (PtlRule) rule = make (1, PTL_RULE_STATE_OPEN, 0);
  g_autoptr (GError) error = NULL;

  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_put_rule (store, rule, NULL));
  g_assert_false (ptl_store_begin (store, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_BUSY);
  g_assert_true (ptl_store_commit (store, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-rules/round", test_round);
  g_test_add_func ("/store-rules/connections-now", test_connections_now_end_with_the_worker);
  g_test_add_func ("/store-rules/put-again", test_put_again);
  g_test_add_func ("/store-rules/living-and-closed", test_living_and_closed);
  g_test_add_func ("/store-rules/history", test_history);
  g_test_add_func ("/store-rules/order-stays", test_order_stays);
  g_test_add_func ("/store-rules/large", test_large);
  g_test_add_func ("/store-rules/resolve", test_resolve);
  g_test_add_func ("/store-rules/get-missing", test_get_missing);
  g_test_add_func ("/store-rules/rollback", test_rollback);
  g_test_add_func ("/store-rules/nested-begin", test_nested_begin);
  return g_test_run ();
}
