/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-http-witness.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "core/ptl-drop.h"

#define BODY_MAX 64
#define PATIENCE_S 7

typedef struct
{
  PtlWitness *witness;
  SoupSession *session;
  SoupMessage *message;
  GInputStream *body;
  GCancellable *within; /* cancelled when time is up, or with the caller's */
  GSource *deadline;
  gulong cancel_id;
  gboolean late;
  char buffer[BODY_MAX + 1];
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_pointer (&ask->witness, ptl_witness_free);
  g_clear_object (&ask->body);
  g_clear_object (&ask->message);
  g_clear_object (&ask->session);
  g_clear_object (&ask->within);
  g_free (ask);
}

static void
stop (GTask *task, Ask *ask)
{
  ptl_drop_source (&ask->deadline);
  if (ask->cancel_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), ask->cancel_id);
  ask->cancel_id = 0;
  if (ask->session != NULL)
    soup_session_abort (ask->session);
}

/* @error: NULL where the witness has its address. */
static void
finish (GTask *task, const GError *error)
{
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) late = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer");

  stop (task, ask);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (error != NULL)
    ptl_witness_fail (ask->witness, ask->late ? late : error);
  g_task_return_pointer (task, g_steal_pointer (&ask->witness), (GDestroyNotify) ptl_witness_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  if (g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error))
    {
      if (length <= BODY_MAX)
        ask->witness->address = ptl_http_answer_parse (ask->buffer, length, ask->witness->family);
      if (ask->witness->address == NULL)
        error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("it did not answer with an address"));
    }
  finish (task, error);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  guint status;

  ask->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  status = soup_message_get_status (ask->message);
  if (ask->body != NULL && status != SOUP_STATUS_OK)
    /* Translators: %u is a status of HTTP, such as 404 */
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _("it answered with the status %u"), status);
  if (error != NULL)
    {
      finish (task, error);
      return;
    }
  g_input_stream_read_all_async (ask->body, ask->buffer, sizeof ask->buffer, G_PRIORITY_DEFAULT, ask->within, on_read,
                                 g_steal_pointer (&task));
}

static gboolean
on_deadline (gpointer user_data)
{
  Ask *ask = g_task_get_task_data (user_data);

  ask->late = TRUE;
  g_cancellable_cancel (ask->within);
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, GCancellable *within)
{
  g_cancellable_cancel (within);
}

/* An address of the family that it comes from makes it be of that family. */
static SoupSession *
open_session (guint8 family)
{
  g_autoptr (GInetAddress) any = g_inet_address_new_any (family == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new (any, 0);

  return soup_session_new_with_options ("local-address", local, "proxy-resolver", NULL, "timeout", PATIENCE_S,
                                        "user-agent", "Portolan", NULL);
}

static void
start (GTask *task, Ask *ask)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  ask->session = open_session (ask->witness->family);
  soup_message_set_flags (ask->message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  ask->within = g_cancellable_new ();
  ask->deadline = g_timeout_source_new_seconds (PATIENCE_S);
  g_task_attach_source (task, ask->deadline, on_deadline);
  if (cancellable != NULL)
    ask->cancel_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), g_object_ref (ask->within),
                                            g_object_unref);
  soup_session_send_async (ask->session, ask->message, G_PRIORITY_DEFAULT, ask->within, on_sent, g_object_ref (task));
}

void
ptl_http_witness_ask_async (const char *url,
                            guint8 family,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, ptl_http_witness_ask_async);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  ask->witness = ptl_witness_new (PTL_WITNESS_HTTP, url, family);
  if (ptl_http_server_check (url, &error))
    ask->message = soup_message_new (SOUP_METHOD_GET, url);
  if (ask->message != NULL)
    {
      start (task, ask);
      return;
    }
  if (error == NULL)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, url);
  finish (task, error);
}

PtlWitness *
ptl_http_witness_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
