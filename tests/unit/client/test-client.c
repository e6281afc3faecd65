/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client-bus.h"
#include "core/ptl-error.h"

#define ADD(name, function) \
  g_test_add ("/client/" name, ClientBus, NULL, client_bus_set_up, function, client_bus_tear_down)

static guint
n_rules (ClientBus *bus)
{
  return g_list_model_get_n_items (ptl_client_get_rules (bus->client));
}

static void
add_rules (ClientBus *bus, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      g_autofree char *name = g_strdup_printf ("rule %u", i);
      g_autoptr (PtlRule) rule = fake_rule (i, name);

      fake_worker_add_rule (bus->worker, rule);
    }
}

static PtlRuleItem *
rule_of (ClientBus *bus, guint n)
{
  g_autofree char *id = fake_id (n);

  return ptl_client_get_rule (bus->client, id);
}

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  g_string_append_printf (log, "-%u+%u ", removed, added);
}

static void
test_load (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *network = NULL;
  PtlRouterItem *router;
  PtlRelayItem *relay;

  client_bus_start_worker (bus);
  add_rules (bus, 0, 1000);
  fake_worker_add_router (bus->worker, "gw", "FRITZ!Box");
  fake_worker_add_relay (bus->worker, "vps", "myvps", "ED25519 SHA256:abc");
  fake_worker_set_network (bus->worker, "no-router", "None here.");
  g_signal_connect (ptl_client_get_rules (bus->client), "items-changed",
                    G_CALLBACK (on_items_changed), log);
  g_assert_cmpint (ptl_client_get_state (bus->client), ==, PTL_CLIENT_STATE_CONNECTING);
  g_assert_true (client_bus_connect (bus, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ptl_client_get_state (bus->client), ==, PTL_CLIENT_STATE_READY);

  g_assert_cmpuint (n_rules (bus), ==, 1000);
  g_assert_cmpstr (log->str, ==, "-0+1000 ");
  g_assert_cmpstr (ptl_rule_item_get_rule (rule_of (bus, 999))->name, ==, "rule 999");
  router = g_list_model_get_item (ptl_client_get_routers (bus->client), 0);
  g_assert_cmpstr (ptl_router_item_get (router, "ExternalAddress"), ==, "5.6.7.8");
  g_assert_cmpstr (ptl_router_item_get (router, "Nonsense"), ==, "");
  g_assert_cmpstr (ptl_router_item_get_protocols (router)[1], ==, "upnp");
  relay = g_list_model_get_item (ptl_client_get_relays (bus->client), 0);
  g_assert_cmpstr (ptl_relay_item_get (relay, "OfferedKey"), ==, "ED25519 SHA256:abc");
  g_assert_cmpuint (ptl_relay_item_get_port (relay), ==, 22);
  g_object_unref (router);
  g_object_unref (relay);
  g_object_get (bus->client, "network-state", &network, NULL);
  g_assert_cmpstr (network, ==, "no-router");
}

static void
test_follow (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *id = fake_id (1);
  guint n_first = 0, n_second = 0, n_closed = 0;

  client_bus_start_worker (bus);
  add_rules (bus, 0, 2);
  g_assert_true (client_bus_connect (bus, NULL));
  g_signal_connect (ptl_client_get_rules (bus->client), "items-changed",
                    G_CALLBACK (on_items_changed), log);
  g_signal_connect_swapped (bus->client, "rule-closed", G_CALLBACK (client_bus_count), &n_closed);
  g_signal_connect_swapped (rule_of (bus, 0), "changed", G_CALLBACK (client_bus_count), &n_first);
  g_signal_connect_swapped (rule_of (bus, 1), "changed", G_CALLBACK (client_bus_count), &n_second);

  fake_worker_change_rule (bus->worker, id, g_variant_new_parsed ("{'BytesIn': <uint64 77>}"));
  WAIT_UNTIL (n_second == 1);
  g_assert_cmpuint (ptl_rule_item_get_rule (rule_of (bus, 1))->traffic.bytes_in, ==, 77);
  g_assert_cmpuint (n_first, ==, 0);
  g_assert_cmpstr (log->str, ==, "");

  add_rules (bus, 2, 3);
  WAIT_UNTIL (n_rules (bus) == 3);
  fake_worker_retire_rule (bus->worker, id, PTL_RULE_STATE_CLOSED, NULL);
  WAIT_UNTIL (n_rules (bus) == 2);
  g_assert_null (rule_of (bus, 1));
  g_assert_cmpuint (n_closed, ==, 1);
  g_assert_cmpstr (log->str, ==, "-0+1 -1+0 ");
}

static void
on_event (PtlClient *client, PtlEvent *event, char **what)
{
  *what = g_strdup (event->what);
}

static void
test_event (ClientBus *bus, gconstpointer data)
{
  g_autofree char *what = NULL;

  client_bus_start_worker (bus);
  g_assert_true (client_bus_connect (bus, NULL));
  g_signal_connect (bus->client, "event", G_CALLBACK (on_event), &what);
  fake_worker_log (bus->worker, "renew", "");
  WAIT_UNTIL (what != NULL);
  g_assert_cmpstr (what, ==, "renew");
}

/* The worker dies and another comes, with one rule less, one more and one changed. */
static void
test_worker_restarts (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (PtlRuleItem) kept = NULL;

  client_bus_start_worker (bus);
  add_rules (bus, 0, 5);
  g_assert_true (client_bus_connect (bus, NULL));
  kept = g_object_ref (rule_of (bus, 3));

  client_bus_stop_worker (bus);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_LOST);
  g_assert_cmpuint (n_rules (bus), ==, 5);
  g_signal_connect (ptl_client_get_rules (bus->client), "items-changed",
                    G_CALLBACK (on_items_changed), log);

  client_bus_start_worker (bus);
  add_rules (bus, 1, 3);
  {
    g_autoptr (PtlRule) renamed = fake_rule (3, "renamed");

    fake_worker_add_rule (bus->worker, renamed);
  }
  add_rules (bus, 4, 6);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_READY);
  g_assert_cmpuint (n_rules (bus), ==, 5);
  g_assert_null (rule_of (bus, 0));
  g_assert_true (rule_of (bus, 3) == kept);
  g_assert_cmpstr (ptl_rule_item_get_rule (kept)->name, ==, "renamed");
  g_assert_cmpstr (log->str, ==, "-1+0 -0+1 ");
}

/* The bus itself goes and comes back at the same address, as in a session whose bus is started
 * anew. */
static void
test_bus_restarts (ClientBus *bus, gconstpointer data)
{
  g_autofree char *first = NULL;

  client_bus_start_worker (bus);
  add_rules (bus, 0, 2);
  g_assert_true (client_bus_connect (bus, NULL));
  first = g_strdup (g_test_dbus_get_bus_address (bus->bus));
  client_bus_stop_worker (bus);
  g_test_dbus_stop (bus->bus);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_LOST);

  g_object_unref (bus->bus);
  bus->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus->bus);
  client_bus_start_worker (bus);
  add_rules (bus, 1, 4);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_READY);
  g_assert_cmpuint (n_rules (bus), ==, 3);
}

static void
test_no_worker (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (client_bus_connect (bus, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_WORKER);
  g_assert_cmpint (ptl_client_get_state (bus->client), ==, PTL_CLIENT_STATE_LOST);
  /* It goes on by itself once there is one. */
  client_bus_start_worker (bus);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_READY);
}

static GVariant *
call (ClientBus *bus, const char *method, GVariant *arguments, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_client_call_async (bus->client, method, arguments, NULL, client_bus_on_result, &result);
  WAIT_UNTIL (result != NULL);
  return ptl_client_call_finish (bus->client, result, error);
}

static void
test_call (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) lost = NULL;
  g_autofree char *what = NULL;
  g_autofree char *advice = NULL;
  g_autoptr (GVariant) status = NULL;

  client_bus_start_worker (bus);
  /* Without the models too. */
  status = call (bus, "GetStatus", NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (status);
  g_assert_cmpint (ptl_client_get_state (bus->client), ==, PTL_CLIENT_STATE_CONNECTING);

  g_assert_null (call (bus, "FindRule", g_variant_new ("(s)", "beef"), &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  what = ptl_error_dup_what (error);
  advice = ptl_error_dup_advice (error);
  g_assert_cmpstr (what, ==, "There is no rule with the id “beef”.");
  g_assert_cmpstr (advice, ==, "See portolanctl list.");

  client_bus_stop_worker (bus);
  g_assert_null (call (bus, "GetStatus", NULL, &lost));
  g_assert_error (lost, PTL_ERROR, PTL_ERROR_WORKER);
}

/* Somebody else on the bus cannot speak for the worker. */
static void
test_stranger (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GDBusConnection) stranger = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (bus->bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, NULL);
  const char *const interfaces[] = { "io.github.portolan.Portolan.Rule1", NULL };
  guint n_changed = 0;

  client_bus_start_worker (bus);
  add_rules (bus, 0, 1);
  g_assert_true (client_bus_connect (bus, NULL));
  g_dbus_connection_emit_signal (
    stranger, NULL, "/io/github/portolan/Portolan", "org.freedesktop.DBus.ObjectManager",
    "InterfacesRemoved",
    g_variant_new ("(o^as)",
                   "/io/github/portolan/Portolan/rules/00000000_1234_4abc_8def_000000000000",
                   interfaces),
    NULL);
  g_dbus_connection_flush_sync (stranger, NULL, NULL);
  g_signal_connect_swapped (rule_of (bus, 0), "changed", G_CALLBACK (client_bus_count), &n_changed);
  {
    g_autofree char *id = fake_id (0);

    fake_worker_change_rule (bus->worker, id, g_variant_new_parsed ("{'BytesIn': <uint64 1>}"));
  }
  WAIT_UNTIL (n_changed == 1);
  g_assert_cmpuint (n_rules (bus), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("load", test_load);
  ADD ("follow", test_follow);
  ADD ("event", test_event);
  ADD ("worker-restarts", test_worker_restarts);
  ADD ("bus-restarts", test_bus_restarts);
  ADD ("no-worker", test_no_worker);
  ADD ("call", test_call);
  ADD ("stranger", test_stranger);
  return g_test_run ();
}
