/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client-bus.h"
#include "client/ptl-event-list.h"

#define ADD(name, function)                                                                        \
  g_test_add ("/event-list/" name, ClientBus, NULL, client_bus_set_up, function,                   \
              client_bus_tear_down)

static void
log_events (ClientBus *bus, guint n, const char *rule_id)
{
  for (guint i = 0; i < n; i++)
    fake_worker_log (bus->worker, "renew", rule_id);
}

static guint
n_items (PtlEventList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static gint64
seq_at (PtlEventList *list, guint position)
{
  g_autoptr (PtlEventItem) item = g_list_model_get_item (G_LIST_MODEL (list), position);

  return ptl_event_item_get_event (item)->seq;
}

static void
test_pages (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlEventList) list = NULL;

  client_bus_start_worker (bus);
  log_events (bus, 450, "");
  g_assert_true (client_bus_connect (bus, NULL));
  list = ptl_event_list_new (bus->client, NULL);
  WAIT_UNTIL (!ptl_event_list_is_loading (list));
  g_assert_cmpuint (n_items (list), ==, 200);
  g_assert_cmpint (seq_at (list, 0), ==, 450);
  g_assert_true (ptl_event_list_has_more (list));
  ptl_event_list_load_more (list);
  WAIT_UNTIL (!ptl_event_list_is_loading (list));
  ptl_event_list_load_more (list);
  WAIT_UNTIL (!ptl_event_list_is_loading (list));
  g_assert_cmpuint (n_items (list), ==, 450);
  g_assert_cmpint (seq_at (list, 449), ==, 1);
  g_assert_false (ptl_event_list_has_more (list));
}

static void
test_follows (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlEventList) all = NULL;
  g_autoptr (PtlEventList) one = NULL;

  client_bus_start_worker (bus);
  log_events (bus, 2, "a");
  log_events (bus, 3, "b");
  g_assert_true (client_bus_connect (bus, NULL));
  all = ptl_event_list_new (bus->client, "");
  one = ptl_event_list_new (bus->client, "a");
  /* This one is logged while the first pages are on their way. */
  log_events (bus, 1, "a");
  WAIT_UNTIL (!ptl_event_list_is_loading (all) && !ptl_event_list_is_loading (one));
  g_assert_cmpuint (n_items (all), ==, 6);
  g_assert_cmpuint (n_items (one), ==, 3);
  log_events (bus, 1, "b");
  WAIT_UNTIL (n_items (all) == 7);
  g_assert_cmpint (seq_at (all, 0), ==, 7);
  g_assert_cmpuint (n_items (one), ==, 3);
}

static void
test_worker_restarts (ClientBus *bus, gconstpointer data)
{
  g_autoptr (PtlEventList) list = NULL;

  client_bus_start_worker (bus);
  log_events (bus, 2, "");
  g_assert_true (client_bus_connect (bus, NULL));
  list = ptl_event_list_new (bus->client, NULL);
  WAIT_UNTIL (n_items (list) == 2);
  client_bus_stop_worker (bus);
  WAIT_UNTIL (ptl_client_get_state (bus->client) == PTL_CLIENT_STATE_LOST);
  client_bus_start_worker (bus);
  log_events (bus, 4, "");
  WAIT_UNTIL (n_items (list) == 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pages", test_pages);
  ADD ("follows", test_follows);
  ADD ("worker-restarts", test_worker_restarts);
  return g_test_run ();
}
