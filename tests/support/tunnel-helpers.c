/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-helpers.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tunnel/ptl-tunnel.h"

gboolean
tunnel_on_too_late (gpointer condition)
{
  g_error ("This took too long: %s", (const char *)condition);
  return G_SOURCE_REMOVE;
}

void
tunnel_run_pending (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
tunnel_on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

PtlRelay *
tunnel_make_relay (TunnelSshd *sshd)
{
  PtlRelay *relay = ptl_relay_new ();

  g_free (relay->id);
  g_free (relay->name);
  g_free (relay->host);
  g_free (relay->user);
  g_free (relay->key_file);
  relay->id = g_uuid_string_random ();
  relay->name = g_strdup ("test relay");
  relay->host = g_strdup ("127.0.0.1");
  relay->user = g_strdup (sshd->user);
  relay->key_file = g_strdup (sshd->key_file);
  relay->port = sshd->port;
  return relay;
}

void
tunnel_trust_host_key (TunnelSshd *sshd, const PtlRelay *relay, const char *state_dir)
{
  g_autofree char *path = g_build_filename (sshd->dir, "host_key.pub", NULL);
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  words = g_strsplit (text, " ", 3);
  line = g_strdup_printf ("[%s]:%u %s %s", relay->host, relay->port, words[0], words[1]);
  ptl_tunnel_trust_key (state_dir, relay, line, &error);
  g_assert_no_error (error);
}

static gboolean
on_echo (GThreadedSocketService *service,
         GSocketConnection *connection,
         GObject *source,
         gpointer user_data)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char data[4096];
  gssize n;

  while ((n = g_input_stream_read (in, data, sizeof data, NULL, NULL)) > 0)
    if (!g_output_stream_write_all (out, data, (gsize)n, NULL, NULL, NULL))
      break;
  return TRUE;
}

GSocketService *
tunnel_make_echo (guint16 *port)
{
  GSocketService *echo = g_threaded_socket_service_new (10);

  *port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (echo), NULL, NULL);
  g_signal_connect (echo, "run", G_CALLBACK (on_echo), NULL);
  return echo;
}

GSocketConnection *
tunnel_connect_to (guint16 port, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_timeout (client, 20);
  return g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, error);
}

/* In a thread, for the main loop takes the connections of the echo, and reads what ssh says. */
static void
echo_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  guint16 port = (guint16)GPOINTER_TO_UINT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = tunnel_connect_to (port, &error);
  GSocket *socket;
  char sent[60000];
  char back[60000];
  gsize n;

  g_assert_no_error (error);
  for (gsize i = 0; i < sizeof sent; i++)
    sent[i] = (char)(i * 7 + i / 251);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), sent,
                             sizeof sent, NULL, NULL, &error);
  g_assert_no_error (error);
  socket = g_socket_connection_get_socket (connection);
  g_assert_true (g_socket_shutdown (socket, FALSE, TRUE, NULL));
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), back,
                           sizeof back, &n, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (back, n, sent, sizeof sent);
  g_task_return_boolean (task, TRUE);
}

void
tunnel_assert_echo (guint16 port)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, tunnel_on_done, &result);

  g_task_set_task_data (task, GUINT_TO_POINTER (port), NULL);
  g_task_run_in_thread (task, echo_in_thread);
  WAIT_FOR (result != NULL);
}

/* The relay's end of a tunnel closes a moment after ours. */
void
tunnel_assert_refused (guint16 port)
{
  gint64 deadline = g_get_monotonic_time () + 10 * (gint64)G_USEC_PER_SEC;

  while (g_get_monotonic_time () < deadline)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnection) connection = tunnel_connect_to (port, &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        return;
      g_thread_yield ();
    }
  g_error ("Port %u is still open", port);
}

void
tunnel_wait_until_gone (GPid pid)
{
  struct pollfd wait = { .fd = (int)syscall (SYS_pidfd_open, pid, 0), .events = POLLIN };

  if (wait.fd < 0)
    return;
  g_assert_cmpint (poll (&wait, 1, 10000), ==, 1);
  close (wait.fd);
}
