/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks from a relay, through a real sshd (tests/support/tunnel-sshd.h). */
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "exposure/vantage/ptl-vantage.h"
#include "tunnel-helpers.h"
#include "tunnel/ptl-ssh-master.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

typedef struct
{
  TunnelSshd *sshd;
  PtlRelay *relay;
  PtlClock *clock;
  char *state_dir;
  GSocketService *echo;
  guint16 echo_port;
  PtlSshMaster *master;
  char *key_line, *fingerprint;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->sshd = tunnel_sshd_new ();
  if (f->sshd == NULL)
    return;
  f->clock = ptl_clock_new ();
  f->state_dir = g_build_filename (f->sshd->dir, "state dir", NULL);
  f->relay = tunnel_make_relay (f->sshd);
  f->echo = tunnel_make_echo (&f->echo_port);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  g_clear_object (&f->master);
  g_socket_service_stop (f->echo);
  g_socket_listener_close (G_SOCKET_LISTENER (f->echo));
  g_clear_object (&f->echo);
  g_clear_object (&f->clock);
  ptl_relay_free (f->relay);
  g_free (f->state_dir);
  g_free (f->key_line);
  g_free (f->fingerprint);
  tunnel_sshd_free (f->sshd);
}

static void
open_master (Fixture *f, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_ssh_master_open_async (f->relay, f->state_dir, NULL, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  g_clear_object (&f->master);
  g_clear_pointer (&f->key_line, g_free);
  g_clear_pointer (&f->fingerprint, g_free);
  f->master = ptl_ssh_master_open_finish (result, &f->key_line, &f->fingerprint, error);
}

static PtlDial *
start (Fixture *f, const char *settings)
{
  g_autoptr (GError) error = NULL;

  tunnel_sshd_start (f->sshd, settings);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  open_master (f, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->master);
  return ptl_dial_new_relay (ptl_ssh_master_get_control (f->master), f->relay->name);
}

/* One that blocks, in a thread, while the main loop goes on. */
typedef struct
{
  PtlDial *dial;
  guint16 port;
  PtlProtocol protocol;
  gint64 patience_us;
  PtlSeenState state;
  int fd;
  GError *error;
  gboolean done;
} Look;

static void
look_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look *look = data;
  g_autoptr (GInetAddress) address = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  look->fd = ptl_dial_connect (look->dial, address, look->port, look->protocol,
                               g_get_monotonic_time () + look->patience_us, NULL, &look->state,
                               &look->error);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Look *) data)->done = TRUE;
}

static void
begin_look (Look *look)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_looked, look);

  look->fd = -1;
  if (look->patience_us == 0)
    look->patience_us = 10 * SECOND;
  if (look->protocol == 0)
    look->protocol = PTL_PROTOCOL_TCP;
  g_task_set_task_data (task, look, NULL);
  g_task_run_in_thread (task, look_in_thread);
}

static void
run_look (Look *look)
{
  begin_look (look);
  WAIT_FOR (look->done);
}

static gsize
read_some (int fd, char *data, gsize most)
{
  struct pollfd entry = { .fd = fd, .events = POLLIN };
  gssize n;

  while (poll (&entry, 1, 0) == 0)
    g_main_context_iteration (NULL, FALSE);
  n = read (fd, data, most);
  g_assert_cmpint (n, >=, 0);
  return (gsize) n;
}

static void
assert_echo (int fd, gsize length)
{
  g_autofree char *sent = g_malloc (length);
  g_autofree char *back = g_malloc (length);
  gsize out = 0, in = 0;

  for (gsize i = 0; i < length; i++)
    sent[i] = (char) (i * 7 + i / 251);
  while (in < length)
    {
      gssize n
          = out < length ? send (fd, sent + out, length - out, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

      out += n > 0 ? (gsize) n : 0;
      n = recv (fd, back + in, length - in, MSG_DONTWAIT);
      g_assert_cmpint (n, !=, 0);
      in += n > 0 ? (gsize) n : 0;
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpmem (sent, length, back, length);
}

static void
test_open (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  Look look = { 0 };
  char byte;

  if (f->sshd == NULL)
    return;
  look.dial = dial = start (f, NULL);
  look.port = f->echo_port;
  run_look (&look);
  g_assert_no_error (look.error);
  g_assert_cmpint (look.state, ==, PTL_SEEN_OPEN);
  assert_echo (look.fd, 60000);
  /* The half that we end is ended there, and the other half comes to its end. */
  g_assert_cmpint (shutdown (look.fd, SHUT_WR), ==, 0);
  g_assert_cmpuint (read_some (look.fd, &byte, 1), ==, 0);
  close (look.fd);
}

static void
test_closed (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  Look look = { 0 };

  if (f->sshd == NULL)
    return;
  look.dial = dial = start (f, NULL);
  look.port = tunnel_sshd_find_port ();
  run_look (&look);
  g_assert_cmpint (look.fd, ==, -1);
  g_assert_cmpint (look.state, ==, PTL_SEEN_CLOSED);
  g_assert_error (look.error, PTL_ERROR, PTL_ERROR_TARGET);
  g_clear_error (&look.error);
}

/* A listener whose queue is full drops what comes, as a firewall does. */
static GPtrArray *
fill_queue (guint16 *port)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);

  g_ptr_array_add (sockets, listener);
  g_assert_true (g_socket_bind (listener, any, TRUE, NULL));
  g_socket_set_listen_backlog (listener, 0);
  g_assert_true (g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  for (guint i = 0; i < 4; i++)
    {
      GSocket *client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);

      g_socket_set_blocking (client, FALSE);
      g_socket_connect (client, bound, NULL, NULL);
      g_ptr_array_add (sockets, client);
    }
  return sockets;
}

static void
test_filtered (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  g_autoptr (GPtrArray) sockets = NULL;
  Look look = { .patience_us = SECOND / 2 };
  Look next = { 0 };

  if (f->sshd == NULL)
    return;
  look.dial = next.dial = dial = start (f, NULL);
  sockets = fill_queue (&look.port);
  run_look (&look);
  g_assert_cmpint (look.fd, ==, -1);
  g_assert_cmpint (look.state, ==, PTL_SEEN_FILTERED);
  g_assert_error (look.error, PTL_ERROR, PTL_ERROR_TIMED_OUT);
  g_clear_error (&look.error);
  /* One that was given up takes nothing from the next. */
  next.port = f->echo_port;
  run_look (&next);
  g_assert_no_error (next.error);
  assert_echo (next.fd, 100);
  close (next.fd);
}

static void
test_prohibited (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  g_autofree char *advice = NULL;
  Look look = { 0 };

  if (f->sshd == NULL)
    return;
  look.dial = dial = start (f, "AllowTcpForwarding no");
  look.port = f->echo_port;
  run_look (&look);
  g_assert_cmpint (look.state, ==, PTL_SEEN_FAILED);
  g_assert_error (look.error, PTL_ERROR, PTL_ERROR_RELAY_REFUSED);
  advice = ptl_error_dup_advice (look.error);
  g_assert_nonnull (strstr (advice, "AllowTcpForwarding"));
  g_clear_error (&look.error);
}

static void
test_udp (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  Look look = { .protocol = PTL_PROTOCOL_UDP };

  if (f->sshd == NULL)
    return;
  look.dial = dial = start (f, NULL);
  look.port = f->echo_port;
  run_look (&look);
  g_assert_cmpint (look.state, ==, PTL_SEEN_FAILED);
  g_assert_error (look.error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
  g_clear_error (&look.error);
}

static void
test_many (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (PtlDial) dial = NULL;
  Look looks[60] = { 0 };
  guint16 port;

  if (f->sshd == NULL)
    return;
  dial = start (f, NULL);
  g_socket_listener_set_backlog (listener, 100);
  port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      looks[i].dial = dial;
      looks[i].port = port;
      begin_look (&looks[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      WAIT_FOR (looks[i].done);
      g_assert_no_error (looks[i].error);
      close (looks[i].fd);
    }
}

static gboolean
on_flood (GThreadedSocketService *service,
          GSocketConnection *connection,
          GObject *source,
          gpointer data)
{
  static const char block[65536];

  while (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), block,
                                    sizeof block, NULL, NULL, NULL))
    ;
  g_atomic_int_set ((gint *) data, 1);
  return TRUE;
}

/* A service that talks without end gives a quarter of a mebibyte, and stands still; it harms nobody
 * else. */
static void
test_endless (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  g_autoptr (GSocketService) flood = NULL;
  Look look = { 0 };
  Look other = { 0 };
  gint ended = 0;
  gsize n = 0;
  char block[65536];

  if (f->sshd == NULL)
    return;
  look.dial = other.dial = dial = start (f, NULL);
  flood = g_threaded_socket_service_new (2);
  look.port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (flood), NULL, NULL);
  g_signal_connect (flood, "run", G_CALLBACK (on_flood), &ended);
  run_look (&look);
  g_assert_no_error (look.error);
  while (n < 256 * 1024)
    n += read_some (look.fd, block, sizeof block);
  other.port = f->echo_port;
  run_look (&other);
  g_assert_no_error (other.error);
  assert_echo (other.fd, 1000);
  g_assert_cmpint (recv (look.fd, block, sizeof block, MSG_DONTWAIT), ==, -1);
  g_assert_cmpuint (n, ==, 256 * 1024);
  close (other.fd);
  /* Whoever has had enough ends it there too. */
  close (look.fd);
  WAIT_FOR (g_atomic_int_get (&ended) == 1);
  g_socket_service_stop (flood);
  g_socket_listener_close (G_SOCKET_LISTENER (flood));
}

/* What was not ended before is, with its directory; until then it is this user's alone. */
static void
test_end (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlDial) dial = NULL;
  g_autofree char *dir = NULL;
  GStatBuf info;
  Look look = { 0 };
  Look after = { 0 };
  GPid pid;
  char byte;

  if (f->sshd == NULL)
    return;
  look.dial = after.dial = dial = start (f, NULL);
  dir = g_path_get_dirname (ptl_ssh_master_get_control (f->master));
  g_assert_cmpint (g_stat (dir, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0700);
  pid = ptl_ssh_master_get_pid (f->master);
  g_assert_cmpint (getpgid (pid), ==, pid);
  look.port = after.port = f->echo_port;
  run_look (&look);
  g_assert_no_error (look.error);
  g_clear_object (&f->master);
  tunnel_wait_until_gone (pid);
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (read_some (look.fd, &byte, 1), ==, 0);
  close (look.fd);
  run_look (&after);
  g_assert_cmpint (after.state, ==, PTL_SEEN_FAILED);
  g_assert_error (after.error, PTL_ERROR, PTL_ERROR_RELAY_UNREACHABLE);
  g_clear_error (&after.error);
}

static void
test_keys (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) changed = NULL;
  g_autofree char *fingerprint = NULL;

  if (f->sshd == NULL)
    return;
  fingerprint = tunnel_sshd_dup_fingerprint (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  open_master (f, &unknown);
  g_assert_error (unknown, PTL_ERROR, PTL_ERROR_HOST_KEY_UNKNOWN);
  g_assert_nonnull (f->key_line);
  g_assert_true (g_str_has_suffix (f->fingerprint, fingerprint));
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  tunnel_sshd_stop (f->sshd);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  open_master (f, &changed);
  g_assert_error (changed, PTL_ERROR, PTL_ERROR_HOST_KEY_CHANGED);
  g_assert_null (f->key_line);
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  ptl_ssh_master_open_async (f->relay, f->state_dir, cancellable, tunnel_on_done, &result);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_null (ptl_ssh_master_open_finish (result, NULL, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
}

/* The whole question: an answer each, in the order of the endpoints. */
static void
test_ask (Fixture *f, gconstpointer data)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GPtrArray) endpoints
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_endpoint_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (PtlDial) dial = NULL;
  g_autoptr (GError) error = NULL;
  static const PtlSeenState expected[] = { PTL_SEEN_OPEN, PTL_SEEN_CLOSED, PTL_SEEN_FAILED,
                                             PTL_SEEN_OPEN };
  PtlVantageAsk ask = { .kind = PTL_VANTAGE_RELAY, .endpoints = endpoints, .identify = TRUE };

  if (f->sshd == NULL)
    return;
  ask.clock = f->clock;
  ask.dial = dial = start (f, NULL);
  g_ptr_array_add (endpoints, ptl_vantage_endpoint_new (loopback, f->echo_port, PTL_PROTOCOL_TCP));
  g_ptr_array_add (endpoints,
                   ptl_vantage_endpoint_new (loopback, tunnel_sshd_find_port (), PTL_PROTOCOL_TCP));
  g_ptr_array_add (endpoints, ptl_vantage_endpoint_new (loopback, f->echo_port, PTL_PROTOCOL_UDP));
  g_ptr_array_add (endpoints,
                   ptl_vantage_endpoint_new (loopback, f->sshd->port, PTL_PROTOCOL_TCP));
  ptl_vantage_ask_async (&ask, NULL, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  answers = ptl_vantage_ask_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answers->len, ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      const PtlVantageAnswer *answer = answers->pdata[i];

      g_assert_cmpint (answer->sighting->state, ==, expected[i]);
      g_assert_cmpint (answer->sighting->vantage, ==, PTL_VANTAGE_RELAY);
      g_assert_cmpint (answer->sighting->at, >, 1600000000);
    }
  /* The relay itself, asked who it is from there. */
  g_assert_cmpstr (((const PtlVantageAnswer *) answers->pdata[3])->identity->service, ==, "ssh");
  g_assert_cmpstr (((const PtlVantageAnswer *) answers->pdata[3])->identity->product, ==, "OpenSSH");
}

#define ADD(name, func) g_test_add ("/vantage/relay/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("open", test_open);
  ADD ("closed", test_closed);
  ADD ("filtered", test_filtered);
  ADD ("prohibited", test_prohibited);
  ADD ("udp", test_udp);
  ADD ("many", test_many);
  ADD ("endless", test_endless);
  ADD ("end", test_end);
  ADD ("keys", test_keys);
  ADD ("cancelled", test_cancelled);
  ADD ("ask", test_ask);
  return g_test_run ();
}
