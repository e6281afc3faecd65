/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client-bus.h"
#include "core/ptl-error.h"

#define ADD(name, function)                                                                        \
  g_test_add ("/client-open/" name, ClientBus, NULL, client_bus_set_up, function,                  \
              client_bus_tear_down)

static GVariant *
request (void)
{
  return g_variant_new_parsed ("{'Kind': <'forward'>}");
}

static PtlRule *
open_rule (ClientBus *bus, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_client_open_async (bus->client, request (), cancellable, client_bus_on_result, &result);
  WAIT_UNTIL (result != NULL);
  return ptl_client_open_finish (bus->client, result, error);
}

static guint
n_rules (ClientBus *bus)
{
  return g_list_model_get_n_items (ptl_client_get_rules (bus->client));
}

static void
test_opens (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) rule = NULL;

  client_bus_start_worker (bus);
  rule = open_rule (bus, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_OPEN);
  g_assert_cmpuint (n_rules (bus), ==, 1);
}

static void
test_fails (ClientBus *bus, gconstpointer data)
{
  static const FakeOpening openings[] = { FAKE_FAILS, FAKE_FAILS_AT_ONCE };
  g_autoptr (GError) refused
    = ptl_error_new (PTL_ERROR_ROUTER_REFUSED, "Ask it nicely.", "The router said no.");

  client_bus_start_worker (bus);
  fake_worker_set_failure (bus->worker, refused, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      g_autoptr (GError) error = NULL;

      fake_worker_set_opening (bus->worker, openings[i]);
      g_assert_null (open_rule (bus, NULL, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_REFUSED);
      g_assert_cmpstr (error->message, ==, "The router said no.\nAsk it nicely.");
      WAIT_UNTIL (n_rules (bus) == 0);
    }
}

static void
test_refused (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GError) wrong
      = ptl_error_new (PTL_ERROR_INVALID, "Give one.", "No purpose was given.");
  g_autoptr (GError) error = NULL;

  client_bus_start_worker (bus);
  fake_worker_set_failure (bus->worker, wrong, TRUE);
  g_assert_null (open_rule (bus, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

/* Whoever stops waiting wants no rule: it is closed again before the answer. */
static void
test_cancelled (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  client_bus_start_worker (bus);
  fake_worker_set_opening (bus->worker, FAKE_STAYS);
  ptl_client_open_async (bus->client, request (), cancellable, client_bus_on_result, &result);
  WAIT_UNTIL (n_rules (bus) == 1);
  g_assert_null (result);
  g_cancellable_cancel (cancellable);
  WAIT_UNTIL (result != NULL);
  g_assert_null (ptl_client_open_finish (bus->client, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  g_assert_cmpuint (fake_worker_count (bus->worker, "CloseRules"), ==, 1);
  WAIT_UNTIL (n_rules (bus) == 0);
}

static void
test_cancelled_before (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  client_bus_start_worker (bus);
  g_cancellable_cancel (cancellable);
  g_assert_null (open_rule (bus, cancellable, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  g_assert_cmpuint (fake_worker_count (bus->worker, "OpenRule"), ==, 0);
}

static void
test_worker_dies (ClientBus *bus, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  client_bus_start_worker (bus);
  fake_worker_set_opening (bus->worker, FAKE_STAYS);
  ptl_client_open_async (bus->client, request (), NULL, client_bus_on_result, &result);
  WAIT_UNTIL (n_rules (bus) == 1);
  client_bus_stop_worker (bus);
  WAIT_UNTIL (result != NULL);
  g_assert_null (ptl_client_open_finish (bus->client, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_WORKER);
  /* The store knows the rule: who asked must not believe that there is none. */
  g_assert_nonnull (strstr (error->message, "may be open"));
}

static gboolean
close_rules (ClientBus *bus, const char *const *ids, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_client_close_async (bus->client, ids, NULL, client_bus_on_result, &result);
  WAIT_UNTIL (result != NULL);
  return ptl_client_close_finish (bus->client, result, error);
}

static void
test_close (ClientBus *bus, gconstpointer data)
{
  const char *const ids[] = { "00000001-1234-4abc-8def-000000000000", "00000002", NULL };
  const char *const wrong[] = { "00000003", "ffffffff", NULL };
  g_autoptr (GError) error = NULL;

  client_bus_start_worker (bus);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (PtlRule) rule = fake_rule (i, "one of four");

      fake_worker_add_rule (bus->worker, rule);
    }
  g_assert_true (close_rules (bus, ids, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_rules (bus), ==, 2);
  g_assert_false (close_rules (bus, wrong, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_cmpuint (n_rules (bus), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("opens", test_opens);
  ADD ("fails", test_fails);
  ADD ("refused", test_refused);
  ADD ("cancelled", test_cancelled);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("worker-dies", test_worker_dies);
  ADD ("close", test_close);
  return g_test_run ();
}
