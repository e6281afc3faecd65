/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-call.h"

#include "core/ptl-drop.h"

/* Above the largest packet of either protocol, so that one that is too long is seen as such. */
#define BUFFER_SIZE 2048
#define GAP_STEP 250
#define GAP_MAX 1000

typedef struct
{
  GSocket *socket;
  GBytes *request;
  PtlUdpAcceptFunc accept;
  gpointer accept_data;
  GDestroyNotify accept_free;
  GSource *readable;
  GSource *again;
  GSource *deadline;
  GSource *cancelled;
  guint sent;
} Call;

static void
stop (Call *call)
{
  ptl_drop_source (&call->readable);
  ptl_drop_source (&call->again);
  ptl_drop_source (&call->deadline);
  ptl_drop_source (&call->cancelled);
}

static void
call_free (Call *call)
{
  stop (call);
  g_clear_object (&call->socket);
  g_clear_pointer (&call->request, g_bytes_unref);
  if (call->accept_free != NULL)
    call->accept_free (call->accept_data);
  g_free (call);
}

/* Each source holds a reference to the task: they go first, the answer is given last. */
static void
fail (GTask *task, GError *error)
{
  g_object_ref (task);
  stop (g_task_get_task_data (task));
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
succeed (GTask *task, const guint8 *data, gsize length)
{
  g_object_ref (task);
  stop (g_task_get_task_data (task));
  g_task_return_pointer (task, g_bytes_new (data, length), (GDestroyNotify) g_bytes_unref);
  g_object_unref (task);
}

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  GTask *task = user_data;
  Call *call = g_task_get_task_data (task);
  guint8 buffer[BUFFER_SIZE];
  g_autoptr (GError) error = NULL;
  gssize length;

  length = g_socket_receive (socket, (char *) buffer, sizeof buffer, NULL, &error);
  if (length < 0)
    {
      if (is_passing (error))
        return G_SOURCE_CONTINUE;
      fail (task, g_steal_pointer (&error));
      return G_SOURCE_REMOVE;
    }
  if (!call->accept (buffer, (gsize) length, call->accept_data))
    return G_SOURCE_CONTINUE;
  succeed (task, buffer, (gsize) length);
  return G_SOURCE_REMOVE;
}

static gboolean on_again (gpointer user_data);

static void
wait_to_send_again (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  guint gap = MIN (call->sent * GAP_STEP, GAP_MAX);

  gap = gap * (guint) g_random_int_range (90, 111) / 100;
  ptl_drop_source (&call->again);
  call->again = g_timeout_source_new (gap);
  g_task_attach_source (task, call->again, on_again);
}

static gboolean
send_once (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data = g_bytes_get_data (call->request, &length);

  call->sent++;
  if (g_socket_send (call->socket, data, length, NULL, &error) < 0 && !is_passing (error))
    {
      fail (task, g_steal_pointer (&error));
      return FALSE;
    }
  wait_to_send_again (task);
  return TRUE;
}

static gboolean
on_again (gpointer user_data)
{
  send_once (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_deadline (gpointer user_data)
{
  fail (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer"));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  fail (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
  return G_SOURCE_REMOVE;
}

static GSocket *
open_socket (const char *local, const char *peer, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string (peer, port);
  g_autoptr (GSocketAddress) from = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (to == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "\"%s\" is no address", peer);
      return NULL;
    }
  socket = g_socket_new (g_socket_address_get_family (to), G_SOCKET_TYPE_DATAGRAM,
                         G_SOCKET_PROTOCOL_UDP, error);
  if (socket == NULL)
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  if (local != NULL && *local != '\0')
    from = g_inet_socket_address_new_from_string (local, 0);
  if (from != NULL && !g_socket_bind (socket, from, FALSE, error))
    return NULL;
  if (!g_socket_connect (socket, to, NULL, error))
    return NULL;
  return g_steal_pointer (&socket);
}

static void
start (GTask *task, guint patience)
{
  Call *call = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  call->readable = g_socket_create_source (call->socket, G_IO_IN, NULL);
  g_task_attach_source (task, call->readable, G_SOURCE_FUNC (on_readable));
  call->deadline = g_timeout_source_new (patience);
  g_task_attach_source (task, call->deadline, on_deadline);
  if (cancellable != NULL)
    {
      call->cancelled = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, call->cancelled, G_SOURCE_FUNC (on_cancelled));
    }
  send_once (task);
}

void
ptl_udp_call_async (const char *local,
                    const char *peer,
                    guint16 port,
                    const guint8 *request,
                    gsize length,
                    guint patience,
                    PtlUdpAcceptFunc accept,
                    gpointer accept_data,
                    GDestroyNotify accept_free,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, ptl_udp_call_async);
  call->request = g_bytes_new (request, length);
  call->accept = accept;
  call->accept_data = accept_data;
  call->accept_free = accept_free;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  call->socket = open_socket (local, peer, port, &error);
  if (call->socket == NULL)
    g_task_return_error (task, error);
  else
    start (task, patience);
}

GBytes *
ptl_udp_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
