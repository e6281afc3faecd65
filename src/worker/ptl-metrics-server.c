/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-metrics-server.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-drop.h"
#include "core/ptl-error.h"
#include "engine/ptl-port-holder.h"
#include "worker/ptl-metrics-head.h"

#define DEADLINE_SECONDS 5
#define CONNECTIONS_MAX 8
/* After the system had no descriptor for us. */
#define PAUSE_SECONDS 1

struct _PtlMetricsServer
{
  GObject parent;

  GSocket *socket; /* NULL: stopped */
  GSource *accepting;
  guint pause_id;
  guint16 port;
  PtlMetricsFunc func;
  gpointer data;
  GHashTable *calls; /* set of Call */
};

G_DEFINE_FINAL_TYPE (PtlMetricsServer, ptl_metrics_server, G_TYPE_OBJECT)

/* One connection. It is freed when what it waits for has ended, which its cancellable brings about. */
typedef struct
{
  PtlMetricsServer *server;
  GSocketConnection *connection;
  GCancellable *cancellable;
  guint deadline_id;
  gsize length;
  char head[PTL_METRICS_HEAD_MAX];
  char *answer;
} Call;

static void
stop_accepting (PtlMetricsServer *self)
{
  ptl_drop_source (&self->accepting);
  g_clear_handle_id (&self->pause_id, g_source_remove);
}

static gboolean on_incoming (GSocket *socket, GIOCondition condition, gpointer data);

static void
accept_more (PtlMetricsServer *self)
{
  if (self->socket == NULL || self->accepting != NULL || self->pause_id != 0
      || g_hash_table_size (self->calls) >= CONNECTIONS_MAX)
    return;
  self->accepting = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->accepting, G_SOURCE_FUNC (on_incoming), self, NULL);
  g_source_attach (self->accepting, g_main_context_get_thread_default ());
}

static void
call_free (Call *call)
{
  g_autoptr (PtlMetricsServer) server = call->server;

  g_hash_table_remove (server->calls, call);
  accept_more (server);
  g_clear_handle_id (&call->deadline_id, g_source_remove);
  g_io_stream_close (G_IO_STREAM (call->connection), NULL, NULL);
  g_object_unref (call->connection);
  g_object_unref (call->cancellable);
  g_free (call->answer);
  g_free (call);
}

static gboolean
on_deadline (gpointer data)
{
  Call *call = data;

  call->deadline_id = 0;
  g_cancellable_cancel (call->cancellable);
  return G_SOURCE_REMOVE;
}

/* ---- The answer ---- */

static void drain (Call *call);

static void
on_drained (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  if (g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL) > 0)
    drain (call);
  else
    call_free (call);
}

/* Until the other side closes: what it sent and nobody read would take the answer from it (a reset). */
static void
drain (Call *call)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (call->connection)), call->head,
                             sizeof call->head, G_PRIORITY_DEFAULT, call->cancellable, on_drained, call);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL)
      && g_socket_shutdown (g_socket_connection_get_socket (call->connection), FALSE, TRUE, NULL))
    drain (call);
  else
    call_free (call);
}

static const char *
reason_of (PtlMetricsHead verdict)
{
  switch (verdict)
    {
    case PTL_METRICS_HEAD_OK:
      return "OK";
    case PTL_METRICS_HEAD_NOT_FOUND:
      return "Not Found";
    case PTL_METRICS_HEAD_NOT_ALLOWED:
      return "Method Not Allowed";
    case PTL_METRICS_HEAD_MORE:
    case PTL_METRICS_HEAD_BAD:
    default:
      return "Bad Request";
    }
}

static void
answer (Call *call, PtlMetricsHead verdict)
{
  gboolean ok = verdict == PTL_METRICS_HEAD_OK;
  g_autofree char *body = ok ? call->server->func (call->server->data)
                             : g_strdup_printf ("%s\n", reason_of (verdict));

  call->answer = g_strdup_printf (
      "HTTP/1.1 %d %s\r\nContent-Type: text/plain; %scharset=utf-8\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\n%sCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n%s",
      verdict, reason_of (verdict), ok ? "version=0.0.4; " : "", strlen (body),
      verdict == PTL_METRICS_HEAD_NOT_ALLOWED ? "Allow: GET\r\n" : "", body);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (call->connection)),
                                   call->answer, strlen (call->answer), G_PRIORITY_DEFAULT,
                                   call->cancellable, on_written, call);
}

/* ---- The request ---- */

static void read_more (Call *call);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, NULL);
  PtlMetricsHead verdict;

  if (n <= 0 || call->server->socket == NULL)
    {
      call_free (call);
      return;
    }
  call->length += (gsize) n;
  verdict = ptl_metrics_head_check (call->head, call->length, call->server->port);
  if (verdict == PTL_METRICS_HEAD_MORE)
    read_more (call);
  else
    answer (call, verdict);
}

static void
read_more (Call *call)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (G_IO_STREAM (call->connection)),
                             call->head + call->length, sizeof call->head - call->length,
                             G_PRIORITY_DEFAULT, call->cancellable, on_read, call);
}

static void
call_begin (PtlMetricsServer *self, GSocket *socket)
{
  Call *call = g_new0 (Call, 1);

  call->server = g_object_ref (self);
  call->connection = g_socket_connection_factory_create_connection (socket);
  call->cancellable = g_cancellable_new ();
  call->deadline_id = g_timeout_add_seconds (DEADLINE_SECONDS, on_deadline, call);
  g_hash_table_add (self->calls, call);
  read_more (call);
}

static gboolean
on_pause_over (gpointer data)
{
  PtlMetricsServer *self = data;

  self->pause_id = 0;
  accept_more (self);
  return G_SOURCE_REMOVE;
}

/* At the limit of descriptors the connection stays in the queue: asking again at once would spin. */
static void
pause_accepting (PtlMetricsServer *self)
{
  stop_accepting (self);
  self->pause_id = g_timeout_add_seconds (PAUSE_SECONDS, on_pause_over, self);
}

static gboolean
on_incoming (GSocket *listener, GIOCondition condition, gpointer data)
{
  PtlMetricsServer *self = data;
  g_autoptr (GError) problem = NULL;
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, &problem);

  if (socket != NULL)
    call_begin (self, socket);
  else if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    pause_accepting (self);
  if (g_hash_table_size (self->calls) >= CONNECTIONS_MAX)
    stop_accepting (self);
  return self->accepting != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* ---- Life ---- */

static void
describe_failure (guint16 port, GError *problem, GError **error)
{
  g_autofree char *holder = NULL;

  if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      holder = ptl_port_holder_describe (PTL_PROTOCOL_TCP, port);
      ptl_error_set (error, PTL_ERROR_PORT_TAKEN, _("Choose another port."),
                     /* Translators: a port number, then which program has it */
                     holder != NULL ? _("Port %u of 127.0.0.1 is in use already, by %s.")
                                    : _("Port %u of 127.0.0.1 is in use already."),
                     port, holder);
    }
  else if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    ptl_error_set (error, PTL_ERROR_PERMISSION, _("Choose a port of 1024 or more."),
                   /* Translators: a port number */
                   _("Port %u is for the system alone."), port);
  else
    ptl_error_set (error, PTL_ERROR_FAILED, NULL,
                   /* Translators: a port number, then what the system says */
                   _("It is not possible to listen on port %u of 127.0.0.1: %s."), port, problem->message);
}

static gboolean
listen_on (PtlMetricsServer *self, GError **error)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, self->port);
  g_autoptr (GError) problem = NULL;

  self->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &problem);
  if (self->socket != NULL)
    g_socket_set_blocking (self->socket, FALSE);
  if (self->socket != NULL && g_socket_bind (self->socket, address, TRUE, &problem)
      && g_socket_listen (self->socket, &problem))
    return TRUE;
  describe_failure (self->port, problem, error);
  return FALSE;
}

void
ptl_metrics_server_stop (PtlMetricsServer *self)
{
  GHashTableIter iter;
  Call *call;

  g_return_if_fail (PTL_IS_METRICS_SERVER (self));
  stop_accepting (self);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, (gpointer *) &call, NULL))
    g_cancellable_cancel (call->cancellable);
}

static void
ptl_metrics_server_finalize (GObject *object)
{
  PtlMetricsServer *self = PTL_METRICS_SERVER (object);

  ptl_metrics_server_stop (self);
  g_hash_table_unref (self->calls);
  G_OBJECT_CLASS (ptl_metrics_server_parent_class)->finalize (object);
}

static void
ptl_metrics_server_class_init (PtlMetricsServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_metrics_server_finalize;
}

static void
ptl_metrics_server_init (PtlMetricsServer *self)
{
  self->calls = g_hash_table_new (NULL, NULL);
}

PtlMetricsServer *
ptl_metrics_server_new (guint16 port, PtlMetricsFunc func, gpointer data, GError **error)
{
  g_autoptr (PtlMetricsServer) self = g_object_new (PTL_TYPE_METRICS_SERVER, NULL);

  self->port = port;
  self->func = func;
  self->data = data;
  if (!listen_on (self, error))
    return NULL;
  accept_more (self);
  return g_steal_pointer (&self);
}

guint16
ptl_metrics_server_get_port (PtlMetricsServer *self)
{
  return self->port;
}
