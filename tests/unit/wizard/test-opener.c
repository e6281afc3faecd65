/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "client-bus.h"
#include "core/ptl-error.h"
#include "gui/wizard/ptl-opener.h"

#define ADD(name, function)                                                                        \
  g_test_add ("/opener/" name, ClientBus, NULL, client_bus_set_up, function, client_bus_tear_down)

typedef struct
{
  ClientBus *bus;
  GCancellable *cancellable;
  GString *progress;
  FakeOpening second; /* what becomes of the second request */
  gboolean cancel_second;
} Run;

static void
progress_cb (PtlOpener *opener, guint index, const char *step, gpointer data)
{
  Run *run = data;

  g_string_append_printf (run->progress, "%u:%s ", index, step);
  if (index != 1 || *step != '\0')
    return;
  fake_worker_set_opening (run->bus->worker, run->second);
  if (run->cancel_second)
    g_cancellable_cancel (run->cancellable);
}

static GPtrArray *
make_requests (guint n)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (requests,
                     g_variant_ref_sink (g_variant_new_parsed (
                         "{'Kind': <'forward'>, 'Name': <'opened'>, 'Purpose': <'a test'>}")));
  return requests;
}

static GPtrArray *
run_opener (Run *run, guint n, GError **error)
{
  g_autoptr (GPtrArray) requests = make_requests (n);
  g_autoptr (PtlOpener) opener = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  opener = ptl_opener_new (run->bus->client, requests);
  g_signal_connect (opener, "progress", G_CALLBACK (progress_cb), run);
  ptl_opener_run_async (opener, run->cancellable, client_bus_on_result, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_null (ptl_opener_get_leftover (opener));
  return ptl_opener_run_finish (opener, result, error);
}

static guint
n_rules (ClientBus *bus)
{
  return g_list_model_get_n_items (ptl_client_get_rules (bus->client));
}

static void
run_clear (Run *run)
{
  g_string_free (run->progress, TRUE);
  g_object_unref (run->cancellable);
}

static void
test_all (ClientBus *bus, gconstpointer data)
{
  Run run = { bus, g_cancellable_new (), g_string_new (NULL), FAKE_OPENS, FALSE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rules = NULL;

  client_bus_start_worker (bus);
  rules = run_opener (&run, 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rules->len, ==, 3);
  g_assert_cmpint (((PtlRule *)rules->pdata[2])->state, ==, PTL_RULE_STATE_OPEN);
  g_assert_cmpstr (run.progress->str, ==, "0: 0:open 1: 1:open 2: 2:open ");
  g_assert_cmpuint (n_rules (bus), ==, 3);
  run_clear (&run);
}

/* The second fails: the first is closed again, and the reason is the second's. */
static void
test_nothing (ClientBus *bus, gconstpointer data)
{
  Run run = { bus, g_cancellable_new (), g_string_new (NULL), FAKE_FAILS, FALSE };
  g_autoptr (GError) refused
      = ptl_error_new (PTL_ERROR_ROUTER_FULL, "Close another one.", "The table is full.");
  g_autoptr (GError) error = NULL;
  GPtrArray *rules;

  client_bus_start_worker (bus);
  fake_worker_set_failure (bus->worker, refused, FALSE);
  rules = run_opener (&run, 2, &error);
  g_assert_null (rules);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_FULL);
  g_assert_cmpstr (run.progress->str, ==, "0: 0:open 1: ");
  g_assert_cmpuint (fake_worker_count (bus->worker, "CloseRules"), ==, 1);
  WAIT_UNTIL (n_rules (bus) == 0);
  run_clear (&run);
}

static void
test_cancelled (ClientBus *bus, gconstpointer data)
{
  Run run = { bus, g_cancellable_new (), g_string_new (NULL), FAKE_STAYS, TRUE };
  g_autoptr (GError) error = NULL;

  client_bus_start_worker (bus);
  g_assert_null (run_opener (&run, 2, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  WAIT_UNTIL (n_rules (bus) == 0);
  run_clear (&run);
}

/* What the rule's item says of its steps is passed on, and what other rules say is not. */
static void
test_steps (ClientBus *bus, gconstpointer data)
{
  Run run = { bus, g_cancellable_new (), g_string_new (NULL), FAKE_STAYS, FALSE };
  g_autoptr (GPtrArray) requests = make_requests (1);
  g_autoptr (PtlRule) other = fake_rule (7, "opened");
  g_autoptr (PtlOpener) opener = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) rules = NULL;
  g_autoptr (GAsyncResult) connected = NULL;
  g_autofree char *id = NULL;

  client_bus_start_worker (bus);
  other->state = PTL_RULE_STATE_OPENING;
  fake_worker_add_rule (bus->worker, other);
  ptl_client_connect_async (bus->client, NULL, client_bus_on_result, &connected);
  WAIT_UNTIL (connected != NULL);
  fake_worker_set_opening (bus->worker, FAKE_STAYS);
  opener = ptl_opener_new (bus->client, requests);
  g_signal_connect (opener, "progress", G_CALLBACK (progress_cb), &run);
  ptl_opener_run_async (opener, NULL, client_bus_on_result, &result);
  WAIT_UNTIL (n_rules (bus) == 2);
  id = fake_id (0xa0000);
  fake_worker_change_rule (bus->worker, other->id, g_variant_new_parsed ("{'Step': <'router'>}"));
  fake_worker_change_rule (bus->worker, id, g_variant_new_parsed ("{'Step': <'listen'>}"));
  fake_worker_change_rule (bus->worker, id, g_variant_new_parsed ("{'Step': <'verify'>}"));
  fake_worker_change_rule (bus->worker, id,
                           g_variant_new_parsed ("{'Step': <''>, 'State': <'open'>}"));
  WAIT_UNTIL (result != NULL);
  rules = ptl_opener_run_finish (opener, result, NULL);
  g_assert_cmpuint (rules->len, ==, 1);
  g_assert_cmpstr (run.progress->str, ==, "0: 0:listen 0:verify 0:open ");
  run_clear (&run);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all", test_all);
  ADD ("nothing", test_nothing);
  ADD ("cancelled", test_cancelled);
  ADD ("steps", test_steps);
  return g_test_run ();
}
