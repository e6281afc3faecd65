/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

static PtlLease *
make_lease (const char *system)
{
  PtlLease *lease = ptl_lease_new (system, "r1");

  lease->endpoint = ptl_endpoint_new (PTL_PROTOCOL_UDP, NULL, 25565, 25565);
  lease->inner = ptl_endpoint_new (PTL_PROTOCOL_UDP, "192.168.1.5", 40000, 40000);
  g_free (lease->key);
  lease->key = g_strdup ("00112233445566778899aabb");
  return lease;
}

static PtlStore *
reopen (StoreFixture *fixture)
{
  PtlStore *store = store_fixture_open (fixture);

  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);
  return store;
}

static void
test_intents (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = reopen (fixture);
  g_autoptr (PtlIntent) intent = ptl_intent_new ("a", "open");
  g_autoptr (PtlIntent) close = ptl_intent_new ("a", "close");
  g_autoptr (PtlIntent) other = ptl_intent_new ("b", "edit");
  g_autoptr (GPtrArray) found = NULL, left = NULL;
  PtlIntent *first;

  intent->at = 5;
  g_ptr_array_add (intent->leases, make_lease (""));
  g_ptr_array_add (intent->leases, make_lease ("pcp"));
  close->at = 6;
  g_ptr_array_add (close->leases, make_lease ("upnp"));
  other->at = 7;
  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_put_intent (store, intent, NULL));
  g_assert_true (ptl_store_put_intent (store, close, NULL));
  g_assert_true (ptl_store_put_intent (store, other, NULL));
  g_assert_true (ptl_store_commit (store, NULL));

  store = reopen (fixture);
  found = ptl_store_list_intents (store, NULL);
  g_assert_cmpuint (found->len, ==, 2);
  first = g_ptr_array_index (found, 0);
  g_assert_cmpstr (first->rule_id, ==, "a");
  g_assert_cmpstr (first->action, ==, "close");
  g_assert_cmpint (first->at, ==, 6);
  g_assert_cmpuint (first->leases->len, ==, 1);
  g_assert_true (ptl_lease_equal (g_ptr_array_index (first->leases, 0),
                                  g_ptr_array_index (close->leases, 0)));

  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_delete_intent (store, "a", NULL));
  g_assert_true (ptl_store_delete_intent (store, "never", NULL));
  g_assert_true (ptl_store_commit (store, NULL));
  left = ptl_store_list_intents (store, NULL);
  g_assert_cmpuint (left->len, ==, 1);
}

static void
test_debts (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = reopen (fixture);
  g_autoptr (PtlLease) lease = make_lease ("natpmp");
  g_autoptr (PtlDebt) debt = ptl_debt_new ("rule", lease);
  g_autoptr (GPtrArray) found = NULL, left = NULL;
  PtlDebt *first;

  debt->since = 10;
  debt->ends = 7210;
  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_put_debt (store, debt, NULL));
  debt->tries = 3;
  g_free (debt->message);
  debt->message = g_strdup ("The router is away.");
  g_assert_true (ptl_store_put_debt (store, debt, NULL));
  g_assert_true (ptl_store_commit (store, NULL));

  store = reopen (fixture);
  found = ptl_store_list_debts (store, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  first = g_ptr_array_index (found, 0);
  g_assert_cmpstr (first->id, ==, debt->id);
  g_assert_cmpstr (first->rule_id, ==, "rule");
  g_assert_cmpint (first->since, ==, 10);
  g_assert_cmpint (first->ends, ==, 7210);
  g_assert_cmpuint (first->tries, ==, 3);
  g_assert_cmpstr (first->message, ==, "The router is away.");
  g_assert_true (ptl_lease_equal (first->lease, lease));

  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_delete_debt (store, debt->id, NULL));
  g_assert_true (ptl_store_commit (store, NULL));
  left = ptl_store_list_debts (store, NULL);
  g_assert_cmpuint (left->len, ==, 0);
}

static void
set (char **text, const char *with)
{
  g_free (*text);
  *text = g_strdup (with);
}

static PtlRelay *
make_relay (const char *id, const char *name)
{
  PtlRelay *relay = ptl_relay_new ();

  set (&relay->id, id);
  set (&relay->name, name);
  set (&relay->host, "vps.example.org");
  set (&relay->user, "ann");
  set (&relay->key_file, "/home/ann/.ssh/id_ed25519");
  relay->port = 2222;
  return relay;
}

static void
test_relays (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = reopen (fixture);
  g_autoptr (PtlRelay) relay = make_relay ("1", "vps");
  g_autoptr (PtlRelay) same_name = make_relay ("2", "vps");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  PtlRelay *first;

  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_put_relay (store, relay, NULL));
  g_assert_true (ptl_store_commit (store, NULL));
  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_false (ptl_store_put_relay (store, same_name, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_FAILED);
  g_assert_false (ptl_store_commit (store, NULL));
  g_assert_cmpint (ptl_store_get_state (store), ==, PTL_STORE_STATE_OK);

  store = reopen (fixture);
  found = ptl_store_list_relays (store, NULL);
  g_assert_cmpuint (found->len, ==, 1);
  first = g_ptr_array_index (found, 0);
  g_assert_cmpstr (first->host, ==, "vps.example.org");
  g_assert_cmpuint (first->port, ==, 2222);
  g_assert_cmpstr (first->user, ==, "ann");
  g_assert_cmpstr (first->key_file, ==, "/home/ann/.ssh/id_ed25519");
}

static void
test_routers (void)
{
  g_autoptr (StoreFixture) fixture = store_fixture_new ();
  PtlStore *store = reopen (fixture);
  g_autofree char *unknown = ptl_store_dup_router_protocol (store, "r1");
  g_autofree char *known = NULL;

  g_assert_cmpstr (unknown, ==, "");
  g_assert_true (ptl_store_begin (store, NULL));
  g_assert_true (ptl_store_put_router (store, "r1", "upnp", NULL));
  g_assert_true (ptl_store_put_router (store, "r1", "pcp", NULL));
  g_assert_true (ptl_store_commit (store, NULL));
  known = ptl_store_dup_router_protocol (reopen (fixture), "r1");
  g_assert_cmpstr (known, ==, "pcp");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store-records/intents", test_intents);
  g_test_add_func ("/store-records/debts", test_debts);
  g_test_add_func ("/store-records/relays", test_relays);
  g_test_add_func ("/store-records/routers", test_routers);
  return g_test_run ();
}
