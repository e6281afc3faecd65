/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-hairpin.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

#include "core/ptl-drop.h"
#include "router/ptl-address-class.h"
#include "worker/ptl-holding.h"

#define LIFETIME_S 120 /* should all else fail, the router forgets it by itself */
#define PATIENCE_MS 3000
#define TOKEN_SIZE 16
#define STRANGERS_MAX 16
#define DEBT_DELAY_S 2

typedef struct
{
  PtlStore *store;
  PtlDebts *debts;
  PtlClock *clock;
  PtlRouter *router;
  char *who;
  char *id; /* stands in the place of a rule's */
  PtlMapping *mapping;
  PtlDebt *debt;
  GSocketListener *listener;
  GSocketConnection *comer;  /* who was let in last */
  GSocketConnection *client; /* our own end; open until the other one has read */
  GCancellable *within; /* ends connecting and accepting */
  GSource *deadline;
  gulong cancel_id;
  guint8 token[TOKEN_SIZE];
  guint8 got[TOKEN_SIZE];
  guint n_strangers;
  guint n_running; /* of accepting and connecting */
  gboolean tried;  /* connecting was tried */
  PtlHairpin answer;
  char *address;
  char *reason;
} Test;

static void
test_free (Test *test)
{
  g_clear_object (&test->store);
  g_clear_object (&test->debts);
  g_clear_object (&test->clock);
  g_clear_object (&test->router);
  g_clear_object (&test->comer);
  g_clear_object (&test->client);
  g_clear_object (&test->listener);
  g_clear_object (&test->within);
  g_clear_pointer (&test->mapping, ptl_mapping_free);
  g_clear_pointer (&test->debt, ptl_debt_free);
  g_free (test->who);
  g_free (test->id);
  g_free (test->address);
  g_free (test->reason);
  g_free (test);
}

/* --- the end --- */

static void
finish (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), NULL))
    g_task_return_int (task, test->answer);
  else
    g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The check was stopped.")));
  g_object_unref (task);
}

static void
give_up (GTask *task, const char *reason)
{
  Test *test = g_task_get_task_data (task);

  test->answer = PTL_HAIRPIN_UNTESTED;
  g_free (test->reason);
  test->reason = g_strdup (reason);
  finish (task);
}

/* --- the debt --- */

static gboolean
owe (Test *test, GError **error)
{
  g_autoptr (PtlLease) lease =
      ptl_lease_from_mapping (test->mapping, ptl_router_get_id (test->router), ptl_router_get_local_address (test->router));
  g_autoptr (GError) why = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("A check of the network was interrupted."));
  g_autofree char *where = ptl_endpoint_to_string (lease->inner);

  test->debt = ptl_debt_new_for (test->id, lease, ptl_clock_get_wall (test->clock), why);
  return ptl_store_begin (test->store, error) && ptl_store_put_debt (test->store, test->debt, error) &&
         ptl_store_add_event (test->store, test->who, "check", "", "begun", where, error) &&
         ptl_store_commit (test->store, error);
}

static void
pay (Test *test)
{
  g_autoptr (GError) error = NULL;

  if (ptl_store_begin (test->store, &error) && ptl_store_delete_debt (test->store, test->debt->id, &error) &&
      ptl_store_commit (test->store, &error))
    return;
  /* It is struck out later: taking back what is gone already is no fault. */
  g_message ("The end of a test mapping could not be kept: %s", error->message);
  ptl_debts_adopt (test->debts, g_steal_pointer (&test->debt), DEBT_DELAY_S);
}

static void
keep_owing (Test *test, const GError *error)
{
  g_autoptr (PtlLease) lease =
      ptl_lease_from_mapping (test->mapping, ptl_router_get_id (test->router), ptl_router_get_local_address (test->router));
  PtlDebt *debt;

  lease->granted = ptl_clock_get_wall (test->clock);
  debt = ptl_debt_new_for (test->id, lease, lease->granted, error);
  g_free (debt->id);
  debt->id = g_strdup (test->debt->id);
  ptl_debts_adopt (test->debts, debt, DEBT_DELAY_S);
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Test *test = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (ptl_router_delete_finish (PTL_ROUTER (source), result, &error))
    pay (test);
  else
    keep_owing (test, error);
  finish (task);
}

/* Not with the caller's cancellable: this is done in any case. */
static void
take_back (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  ptl_router_delete_async (test->router, test->mapping, NULL, on_taken_back, task);
}

/* --- connecting to ourselves --- */

static void
stop (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  ptl_drop_source (&test->deadline);
  if (test->cancel_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), test->cancel_id);
  test->cancel_id = 0;
  g_cancellable_cancel (test->within);
  g_socket_listener_close (test->listener);
}

/* One of both has ended; the last one goes on. */
static void
leave (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  stop (task);
  if (--test->n_running == 0)
    take_back (task);
}

static void accept_next (GTask *task);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Test *test = g_task_get_task_data (task);
  gsize length = 0;

  if (g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, NULL) && length == TOKEN_SIZE &&
      memcmp (test->got, test->token, TOKEN_SIZE) == 0)
    {
      test->answer = PTL_HAIRPIN_WORKS;
      leave (task);
    }
  else if (++test->n_strangers < STRANGERS_MAX && !g_cancellable_is_cancelled (test->within))
    accept_next (task);
  else
    leave (task);
}

static void
on_accepted (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Test *test = g_task_get_task_data (task);

  g_clear_object (&test->comer);
  test->comer = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);
  if (test->comer == NULL)
    leave (task);
  else
    g_input_stream_read_all_async (g_io_stream_get_input_stream (G_IO_STREAM (test->comer)), test->got, TOKEN_SIZE,
                                   G_PRIORITY_DEFAULT, test->within, on_read, task);
}

static void
accept_next (GTask *task)
{
  Test *test = g_task_get_task_data (task);

  g_socket_listener_accept_async (test->listener, test->within, on_accepted, task);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Test *test = g_task_get_task_data (task);

  test->client = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, NULL);
  if (test->client == NULL)
    {
      leave (task);
      return;
    }
  /* So few bytes fit into the socket's buffer. */
  g_output_stream_write (g_io_stream_get_output_stream (G_IO_STREAM (test->client)), test->token, TOKEN_SIZE, NULL,
                         NULL);
  if (--test->n_running == 0)
    take_back (task);
}

static gboolean
on_deadline (gpointer data)
{
  stop (data);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GCancellable *within)
{
  g_cancellable_cancel (within);
}

static void
connect_to_self (GTask *task)
{
  Test *test = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) there =
      g_inet_socket_address_new_from_string (test->address, test->mapping->granted_port);

  if (cancellable != NULL)
    test->cancel_id =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_object_ref (test->within), g_object_unref);
  test->deadline = g_timeout_source_new (PATIENCE_MS);
  g_source_set_callback (test->deadline, on_deadline, task, NULL);
  g_source_attach (test->deadline, g_task_get_context (task));
  test->answer = PTL_HAIRPIN_FAILS;
  test->n_running = 2;
  accept_next (task);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (there), test->within, on_connected, task);
}

/* --- the mapping --- */

static gboolean
may_be_left (const GError *error)
{
  PtlError code = ptl_error_code_of (error);

  return code == PTL_ERROR_ROUTER_SILENT || code == PTL_ERROR_TIMED_OUT || code == PTL_ERROR_CANCELLED;
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Test *test = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PtlMapping *granted = ptl_router_add_finish (PTL_ROUTER (source), result, &error);
  const char *address;

  if (granted == NULL)
    {
      test->reason = ptl_error_dup_what (error);
      if (may_be_left (error))
        {
          take_back (task);
          return;
        }
      pay (test);
      finish (task);
      return;
    }
  ptl_mapping_free (test->mapping);
  test->mapping = granted;
  address = granted->granted_address != NULL && *granted->granted_address != '\0'
                ? granted->granted_address
                : ptl_router_get_external_address (PTL_ROUTER (source));
  if (ptl_address_class_of (address) != PTL_ADDRESS_NONE)
    test->address = g_strdup (address);
  if (test->address != NULL && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      connect_to_self (task);
      return;
    }
  test->reason = g_strdup (_("The router does not tell its public address."));
  take_back (task);
}

static guint16
listen_here (Test *test, GError **error)
{
  g_autoptr (GSocketAddress) here = g_inet_socket_address_new_from_string (ptl_router_get_local_address (test->router), 0);
  g_autoptr (GSocketAddress) bound = NULL;

  test->listener = g_socket_listener_new ();
  if (here == NULL || !g_socket_listener_add_address (test->listener, here, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                                      NULL, &bound, error))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static gboolean
takes_mappings (PtlRouter *router)
{
  const char *const *protocols = router != NULL ? ptl_router_get_protocols (router) : NULL;

  return protocols != NULL && protocols[0] != NULL;
}

static void
start (GTask *task, Test *test)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  if (ptl_store_get_state (test->store) != PTL_STORE_STATE_OK)
    {
      give_up (task, _("The store cannot be written, and a mapping that is not kept there is not made."));
      return;
    }
  port = listen_here (test, &error);
  if (port == 0)
    {
      give_up (task, error != NULL ? error->message : _("This computer has no address towards the router."));
      return;
    }
  test->mapping = ptl_mapping_new (PTL_PROTOCOL_TCP, port, port, LIFETIME_S);
  test->mapping->description = ptl_mapping_describe (test->id);
  if (!owe (test, &error))
    give_up (task, error->message);
  else
    ptl_router_add_async (test->router, test->mapping, g_task_get_cancellable (task), on_added, task);
}

void
ptl_hairpin_async (PtlClock *clock,
                   PtlStore *store,
                   PtlDebts *debts,
                   PtlRouter *router,
                   const char *who,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Test *test = g_new0 (Test, 1);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, test, (GDestroyNotify) test_free);
  test->clock = g_object_ref (clock);
  test->store = g_object_ref (store);
  test->debts = g_object_ref (debts);
  test->who = g_strdup (who);
  test->id = g_uuid_string_random ();
  test->within = g_cancellable_new ();
  if (!takes_mappings (router))
    give_up (task, _("There is no router that takes mappings."));
  else if (getrandom (test->token, TOKEN_SIZE, 0) != TOKEN_SIZE)
    give_up (task, g_strerror (errno));
  else
    {
      test->router = g_object_ref (router);
      start (task, test);
    }
}

PtlHairpin
ptl_hairpin_finish (GAsyncResult *result, char **address, char **reason, GError **error)
{
  Test *test = g_task_get_task_data (G_TASK (result));
  gssize answer = g_task_propagate_int (G_TASK (result), error);

  *address = g_strdup (test->address != NULL ? test->address : "");
  *reason = g_strdup (answer <= PTL_HAIRPIN_UNTESTED && test->reason != NULL ? test->reason : "");
  return answer < 0 ? PTL_HAIRPIN_UNTESTED : (PtlHairpin) answer;
}
