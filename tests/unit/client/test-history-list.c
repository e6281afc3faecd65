/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client-bus.h"
#include "client/ptl-history-list.h"

#define ADD(name, function)                                                                        \
  g_test_add ("/history-list/" name, ClientBus, NULL, client_bus_set_up, function,                 \
              client_bus_tear_down)

static PtlHistoryList *
history_of (ClientBus *bus, guint n)
{
  PtlHistoryList *list;

  client_bus_start_worker (bus);
  fake_worker_add_closed (bus->worker, n);
  g_assert_true (client_bus_connect (bus, NULL));
  list = ptl_history_list_new (bus->client);
  g_assert_true (ptl_history_list_is_loading (list));
  WAIT_UNTIL (!ptl_history_list_is_loading (list));
  return list;
}

static PtlRuleItem *
get (PtlHistoryList *list, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (list), position);
}

static const char *
name_at (PtlHistoryList *list, guint position)
{
  g_autoptr (PtlRuleItem) item = get (list, position);

  WAIT_UNTIL (!ptl_rule_item_is_placeholder (item));
  return ptl_rule_item_get_rule (item)->name;
}

static void
test_pages (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlHistoryList) list = history_of (bus, 10000);
  g_autoptr (PtlRuleItem) far = NULL;
  guint n_notified = 0;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 10000);
  g_assert_cmpuint (fake_worker_count (bus->worker, "ListClosed"), ==, 1);
  g_assert_cmpstr (name_at (list, 199), ==, "closed 199");
  g_assert_cmpuint (fake_worker_count (bus->worker, "ListClosed"), ==, 1);

  far = get (list, 7777);
  g_assert_true (ptl_rule_item_is_placeholder (far));
  g_signal_connect_swapped (far, "notify::name", G_CALLBACK (client_bus_count), &n_notified);
  WAIT_UNTIL (!ptl_rule_item_is_placeholder (far));
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpstr (ptl_rule_item_get_rule (far)->name, ==, "closed 7777");
  g_assert_cmpstr (name_at (list, 7600), ==, "closed 7600");
  g_assert_cmpuint (fake_worker_count (bus->worker, "ListClosed"), ==, 2);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 10000));
}

/* Who looks at every row, as a filter does, gets them all. */
static void
test_all (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlHistoryList) list = history_of (bus, 1050);

  for (guint i = 0; i < 1050; i++)
    g_object_unref (get (list, i));
  for (guint i = 0; i < 1050; i++)
    {
      g_autofree char *expected = g_strdup_printf ("closed %u", i);

      g_assert_cmpstr (name_at (list, i), ==, expected);
    }
  g_assert_cmpuint (fake_worker_count (bus->worker, "ListClosed"), ==, 6);
}

static void
test_search (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlHistoryList) list = history_of (bus, 300);

  ptl_history_list_set_search (list, "closed 29");
  WAIT_UNTIL (!ptl_history_list_is_loading (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 11);
  g_assert_cmpstr (name_at (list, 1), ==, "closed 290");
  ptl_history_list_set_search (list, "nothing is called that");
  WAIT_UNTIL (!ptl_history_list_is_loading (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  ptl_history_list_set_search (list, NULL);
  WAIT_UNTIL (!ptl_history_list_is_loading (list));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 300);
}

static void
test_rule_closes (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlHistoryList) list = history_of (bus, 500);
  g_autoptr (PtlRule) rule = fake_rule (1, "just closed");
  g_autoptr (PtlRuleItem) edge = NULL;

  fake_worker_add_rule (bus->worker, rule);
  /* The last row of a page that is on its way moves to the next page. */
  edge = get (list, 399);
  fake_worker_retire_rule (bus->worker, rule->id, PTL_RULE_STATE_CLOSED, NULL);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (list)) == 501);
  g_assert_cmpstr (name_at (list, 0), ==, "just closed");
  g_assert_cmpstr (name_at (list, 1), ==, "closed 0");
  g_assert_cmpstr (name_at (list, 400), ==, "closed 399");
  WAIT_UNTIL (!ptl_rule_item_is_placeholder (edge));
}

static void
test_worker_restarts (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlHistoryList) list = history_of (bus, 3);
  g_autoptr (PtlRuleItem) kept = get (list, 1);
  g_autoptr (PtlRuleItem) again = NULL;

  client_bus_stop_worker (bus);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_LOST);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 3);
  client_bus_start_worker (bus);
  fake_worker_add_closed (bus->worker, 5);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (list)) == 5);
  again = get (list, 1);
  g_assert_true (again == kept);
}

/* Made before the worker is there: it loads when it is. */
static void
test_early (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlHistoryList) list = ptl_history_list_new (bus->client);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  client_bus_start_worker (bus);
  fake_worker_add_closed (bus->worker, 5);
  g_assert_true (client_bus_connect (bus, NULL));
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (list)) == 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pages", test_pages);
  ADD ("all", test_all);
  ADD ("search", test_search);
  ADD ("rule-closes", test_rule_closes);
  ADD ("worker-restarts", test_worker_restarts);
  ADD ("early", test_early);
  return g_test_run ();
}
