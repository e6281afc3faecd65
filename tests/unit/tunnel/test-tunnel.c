/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tunnel-helpers.h"
#include "tunnel/ptl-tunnel.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

/* Against a real sshd: see tests/support/tunnel-sshd.h. */
typedef struct
{
  TunnelSshd *sshd;
  PtlClock *clock;
  PtlRelay *relay;
  char *state_dir;
  GSocketService *echo;
  guint16 echo_port;
  PtlTunnel *tunnel;
  char *key_line; /* offered */
  char *fingerprint;
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
  g_clear_object (&f->tunnel);
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
on_offered (PtlTunnel *tunnel, const char *key_line, const char *fingerprint, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_null (f->key_line);
  f->key_line = g_strdup (key_line);
  f->fingerprint = g_strdup (fingerprint);
}

static void
make_tunnel (Fixture *f, gboolean remote, const char *listen, const char *target)
{
  g_autoptr (PtlEndpoint) from = ptl_endpoint_parse (listen, PTL_PROTOCOL_TCP, NULL);
  g_autoptr (PtlEndpoint) to = ptl_endpoint_parse (target, PTL_PROTOCOL_TCP, NULL);

  g_clear_object (&f->tunnel);
  f->tunnel = ptl_tunnel_new (f->clock, f->relay, remote, from, to, f->state_dir);
  g_signal_connect (f->tunnel, "offered-key", G_CALLBACK (on_offered), f);
}

/* -R or -L on @port to the echo. */
static void
make_echo_tunnel (Fixture *f, gboolean remote, guint16 port)
{
  g_autofree char *listen
      = port != 0 ? g_strdup_printf ("127.0.0.1:%u", port) : g_strdup ("127.0.0.1");
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", f->echo_port);

  make_tunnel (f, remote, listen, target);
}

static gboolean
start_with (Fixture *f, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_tunnel_start_async (f->tunnel, cancellable, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  return ptl_tunnel_start_finish (f->tunnel, result, error);
}

static void
start_well (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  start_with (f, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  g_assert_null (ptl_tunnel_get_error (f->tunnel));
}

/* It fails, and is left in that state. */
static void
start_badly (Fixture *f, PtlError code, PtlTunnelState state)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (start_with (f, NULL, &error));
  g_assert_error (error, PTL_ERROR, (int)code);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, state);
  g_assert_error (ptl_tunnel_get_error (f->tunnel), PTL_ERROR, (int)code);
  g_assert_cmpuint (ptl_tunnel_get_port (f->tunnel), ==, 0);
}

static void
stop (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ptl_tunnel_stop_async (f->tunnel, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  ptl_tunnel_stop_finish (f->tunnel, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_CLOSED);
  g_assert_cmpint (ptl_tunnel_get_pid (f->tunnel), ==, 0);
}

static guint64
get_ever (Fixture *f)
{
  guint64 now;
  guint64 ever;
  guint64 refused;

  ptl_tunnel_get_connections (f->tunnel, &now, &ever, &refused);
  return ever;
}

static guint64
get_now (Fixture *f)
{
  guint64 now;
  guint64 ever;
  guint64 refused;

  ptl_tunnel_get_connections (f->tunnel, &now, &ever, &refused);
  return now;
}

static void
test_remote (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_CLOSED);
  start_well (f);
  g_assert_cmpuint (ptl_tunnel_get_port (f->tunnel), ==, port);
  pid = ptl_tunnel_get_pid (f->tunnel);
  g_assert_cmpint (getpgid (pid), ==, pid);
  tunnel_assert_echo (port);
  tunnel_assert_echo (port);
  WAIT_FOR (get_ever (f) == 2 && get_now (f) == 0);
  stop (f);
  tunnel_wait_until_gone (pid);
  tunnel_assert_refused (port);
  g_assert_cmpuint (get_ever (f), ==, 2);
}

static void
test_remote_any_port (Fixture *f, gconstpointer data)
{
  guint16 port;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, 0);
  start_well (f);
  port = ptl_tunnel_get_port (f->tunnel);
  g_assert_cmpuint (port, >=, 1024);
  tunnel_assert_echo (port);
  stop (f);
  g_assert_cmpuint (ptl_tunnel_get_port (f->tunnel), ==, 0);
  /* It can be started again. */
  start_well (f);
  tunnel_assert_echo (ptl_tunnel_get_port (f->tunnel));
}

static void
test_local (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, FALSE, port);
  start_well (f);
  g_assert_cmpuint (ptl_tunnel_get_port (f->tunnel), ==, port);
  tunnel_assert_echo (port);
  stop (f);
  tunnel_assert_refused (port);
}

static void
test_range (Fixture *f, gconstpointer data)
{
  g_autofree char *target = NULL;
  g_autofree char *listen = NULL;
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  listen = g_strdup_printf ("127.0.0.1:%u-%u", port - 1, port);
  target = g_strdup_printf ("127.0.0.1:%u-%u", f->echo_port - 1, f->echo_port);
  make_tunnel (f, TRUE, listen, target);
  start_well (f);
  tunnel_assert_echo (port);
}

/* The socket of a program here, reached from the relay. */
static void
test_unix_target (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *target = NULL;
  g_autofree char *listen = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  path = g_build_filename (f->sshd->dir, "100% a.sock", NULL);
  address = g_unix_socket_address_new (path);
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (f->echo), address,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                                                NULL, NULL, NULL));
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  target = g_strdup_printf ("unix:%s", path);
  listen = g_strdup_printf ("127.0.0.1:%u", port);
  make_tunnel (f, TRUE, listen, target);
  start_well (f);
  tunnel_assert_echo (port);
}

static void
test_unknown_key (Fixture *f, gconstpointer data)
{
  g_autofree char *fingerprint = NULL;
  g_autofree char *wanted = NULL;
  guint16 port = tunnel_sshd_find_port ();
  guint n;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, port);
  start_badly (f, PTL_ERROR_HOST_KEY_UNKNOWN, PTL_TUNNEL_STATE_STOPPED);
  fingerprint = tunnel_sshd_dup_fingerprint (f->sshd);
  wanted = g_strdup_printf ("ED25519 %s", fingerprint);
  g_assert_cmpstr (f->fingerprint, ==, wanted);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, wanted));
  n = tunnel_sshd_count_connections (f->sshd);
  ptl_clock_turn (f->clock, 0, 3600 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, n);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, f->key_line, NULL));
  start_well (f);
  tunnel_assert_echo (port);
}

/* The key that was accepted is the only one that will do, even if it was another one a moment
 * before. */
static void
test_switched_key (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_HOST_KEY_UNKNOWN, PTL_TUNNEL_STATE_STOPPED);
  tunnel_sshd_stop (f->sshd);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, f->key_line, NULL));
  start_badly (f, PTL_ERROR_HOST_KEY_CHANGED, PTL_TUNNEL_STATE_STOPPED);
}

static void
test_changed_key (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_HOST_KEY_CHANGED, PTL_TUNNEL_STATE_STOPPED);
  ptl_clock_turn (f->clock, 0, 3600 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_STOPPED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  g_assert_null (f->key_line);
  /* A person forgets the old one. */
  g_assert_true (ptl_tunnel_forget_key (f->state_dir, f->relay, NULL));
  start_badly (f, PTL_ERROR_HOST_KEY_UNKNOWN, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (f->key_line);
}

static void
test_changed_kind_of_key (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *public_path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *out = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  if (f->sshd == NULL)
    return;
  path = g_build_filename (f->sshd->dir, "ecdsa", NULL);
  public_path = g_strconcat (path, ".pub", NULL);
  out = tunnel_sshd_run (
      (const char *const[]){ "ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", path, NULL });
  g_assert_true (g_file_get_contents (public_path, &text, NULL, NULL));
  words = g_strsplit (text, " ", 3);
  line = g_strdup_printf ("[127.0.0.1]:%u %s %s", f->relay->port, words[0], words[1]);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, line, NULL));
  tunnel_sshd_start (f->sshd, NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_HOST_KEY_CHANGED, PTL_TUNNEL_STATE_STOPPED);
  g_assert_null (f->key_line);
}

static void
assert_stopped_for_good (Fixture *f)
{
  guint n = tunnel_sshd_count_connections (f->sshd);

  ptl_clock_turn (f->clock, 0, 3600 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_STOPPED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, n);
}

static void
use_key (Fixture *f, const char *name, const char *passphrase)
{
  g_autofree char *out = NULL;

  g_free (f->relay->key_file);
  f->relay->key_file = g_build_filename (f->sshd->dir, name, NULL);
  if (passphrase != NULL)
    out = tunnel_sshd_run ((const char *const[]){ "ssh-keygen", "-q", "-t", "ed25519", "-N",
                                                  passphrase, "-f", f->relay->key_file, NULL });
}

static void
test_login_refused (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  use_key (f, "stranger", "");
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_RELAY_REFUSED, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, f->relay->user));
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  assert_stopped_for_good (f);
}

static void
test_key_file_missing (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  use_key (f, "missing", NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_PERMISSION, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "is not there"));
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 0);
}

static void
test_key_file_locked (Fixture *f, gconstpointer data)
{
  g_autofree char *authorized = NULL;
  g_autofree char *public_path = NULL;
  g_autofree char *text = NULL;

  if (f->sshd == NULL)
    return;
  use_key (f, "locked", "secret");
  public_path = g_strconcat (f->relay->key_file, ".pub", NULL);
  authorized = g_build_filename (f->sshd->dir, "authorized_keys", NULL);
  g_assert_true (g_file_get_contents (public_path, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (authorized, text, -1, NULL));
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_PERMISSION, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "passphrase"));
  assert_stopped_for_good (f);
}

static void
test_key_file_open_to_others (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  g_assert_cmpint (g_chmod (f->relay->key_file, 0644), ==, 0);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_PERMISSION, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "chmod 600"));
}

static void
test_forwarding_refused (Fixture *f, gconstpointer settings)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, settings);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, tunnel_sshd_find_port ());
  start_badly (f, PTL_ERROR_RELAY_REFUSED, PTL_TUNNEL_STATE_STOPPED);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "forward ports"));
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  assert_stopped_for_good (f);
}

static void
next_try (Fixture *f)
{
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_WAITING);
  ptl_clock_turn (f->clock, 0, 61 * SECOND);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_CONNECTING);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) != PTL_TUNNEL_STATE_CONNECTING);
}

static void
test_remote_port_taken (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, f->sshd->port);
  start_badly (f, PTL_ERROR_RELAY_REFUSED, PTL_TUNNEL_STATE_WAITING);
  for (guint i = 0; ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_WAITING; i++)
    {
      g_assert_cmpuint (i, <, 20);
      next_try (f);
    }
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 8);
  assert_stopped_for_good (f);
}

static void
test_remote_port_freed (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) holder = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (holder, NULL, NULL);

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  start_badly (f, PTL_ERROR_RELAY_REFUSED, PTL_TUNNEL_STATE_WAITING);
  g_socket_listener_close (holder);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  g_assert_cmpuint (ptl_tunnel_get_port (f->tunnel), ==, port);
}

static void
test_local_port_taken (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, FALSE, f->echo_port);
  start_badly (f, PTL_ERROR_PORT_TAKEN, PTL_TUNNEL_STATE_STOPPED);
  assert_stopped_for_good (f);
}

/* ssh listens here all the same; that the relay lets nobody through shows with the first
 * connection. */
static void
test_local_refused (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  g_autoptr (GSocketConnection) connection = NULL;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, "AllowTcpForwarding no");
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, FALSE, port);
  start_well (f);
  connection = tunnel_connect_to (port, NULL);
  g_assert_nonnull (connection);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_STOPPED);
  g_assert_error (ptl_tunnel_get_error (f->tunnel), PTL_ERROR, PTL_ERROR_RELAY_REFUSED);
  tunnel_assert_refused (port);
}

static void
test_relay_goes_and_comes (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  start_well (f);
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_WAITING);
  g_assert_error (ptl_tunnel_get_error (f->tunnel), PTL_ERROR, PTL_ERROR_RELAY_UNREACHABLE);
  next_try (f);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_WAITING);
  tunnel_sshd_start (f->sshd, NULL);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  g_assert_null (ptl_tunnel_get_error (f->tunnel));
  tunnel_assert_echo (port);
  /* It comes back as another. */
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_WAITING);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_STOPPED);
  g_assert_error (ptl_tunnel_get_error (f->tunnel), PTL_ERROR, PTL_ERROR_HOST_KEY_CHANGED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
}

static void
test_relay_comes_later (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_RELAY_UNREACHABLE, PTL_TUNNEL_STATE_WAITING);
  tunnel_sshd_start (f->sshd, NULL);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  tunnel_assert_echo (ptl_tunnel_get_port (f->tunnel));
}

static void
freeze_ssh (Fixture *f)
{
  GPid pid = ptl_tunnel_get_pid (f->tunnel);
  siginfo_t info;

  kill (pid, SIGSTOP);
  g_assert_cmpint (waitid (P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT), ==, 0);
}

static void
test_frozen_is_stopped (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  start_well (f);
  pid = ptl_tunnel_get_pid (f->tunnel);
  freeze_ssh (f);
  stop (f);
  tunnel_wait_until_gone (pid);
}

static void
test_frozen_is_noticed (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, port);
  start_well (f);
  pid = ptl_tunnel_get_pid (f->tunnel);
  freeze_ssh (f);
  ptl_clock_turn (f->clock, 0, 16 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  ptl_clock_turn (f->clock, 0, 16 * SECOND);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_WAITING);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "hung"));
  tunnel_wait_until_gone (pid);
  next_try (f);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  tunnel_assert_echo (port);
}

/* Takes connections (the kernel does), and never says a word. */
static void
test_silent_relay (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) mute = g_socket_listener_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  f->relay->port = g_socket_listener_add_any_inet_port (mute, NULL, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, 0);
  ptl_tunnel_start_async (f->tunnel, NULL, tunnel_on_done, &result);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_CONNECTING);
  ptl_clock_turn (f->clock, 0, 46 * SECOND);
  WAIT_FOR (result != NULL);
  g_assert_false (ptl_tunnel_start_finish (f->tunnel, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_RELAY_UNREACHABLE);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_WAITING);
}

static gboolean
on_cancel (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) mute = g_socket_listener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  f->relay->port = g_socket_listener_add_any_inet_port (mute, NULL, NULL);
  make_echo_tunnel (f, TRUE, 0);
  g_idle_add (on_cancel, cancellable);
  g_assert_false (start_with (f, cancellable, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_CLOSED);
  g_assert_cmpint (ptl_tunnel_get_pid (f->tunnel), ==, 0);
}

static gboolean
on_web_server (GSocketService *service,
               GSocketConnection *connection,
               GObject *source,
               gpointer user_data)
{
  static const char page[] = "HTTP/1.1 400 Bad Request\r\n\r\n\001\002\003\n";

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), page,
                             sizeof page - 1, NULL, NULL, NULL);
  return FALSE;
}

static void
test_no_ssh_server (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketService) web = g_socket_service_new ();

  if (f->sshd == NULL)
    return;
  f->relay->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (web), NULL, NULL);
  g_signal_connect (web, "incoming", G_CALLBACK (on_web_server), NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_RELAY_UNREACHABLE, PTL_TUNNEL_STATE_WAITING);
  g_socket_service_stop (web);
  g_socket_listener_close (G_SOCKET_LISTENER (web));
}

static void
test_name_not_found (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  g_free (f->relay->host);
  f->relay->host = g_strdup ("no-such-host.invalid");
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_RELAY_UNREACHABLE, PTL_TUNNEL_STATE_WAITING);
  g_assert_nonnull (strstr (ptl_tunnel_get_error (f->tunnel)->message, "no-such-host.invalid"));
}

/* An ssh that ignores TERM, with a child that does too. */
static void
test_stubborn_ssh (Fixture *f, gconstpointer data)
{
  static const char script[] = "#!/bin/sh\ntrap '' TERM\nsleep 1000 &\necho $! > \"$0.pid\"\n"
                               "echo on >&2\nwhile :; do wait; sleep 1; done\n";
  g_autofree char *old_path = g_strdup (g_getenv ("PATH"));
  g_autofree char *path = NULL;
  g_autofree char *program = NULL;
  g_autofree char *pid_file = NULL;
  g_autofree char *child = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  GPid pid;

  if (f->sshd == NULL)
    return;
  program = g_build_filename (f->sshd->dir, "ssh", NULL);
  pid_file = g_strconcat (program, ".pid", NULL);
  path = g_strdup_printf ("%s:%s", f->sshd->dir, old_path);
  g_assert_true (g_file_set_contents (program, script, -1, NULL));
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  make_echo_tunnel (f, TRUE, 0);
  g_setenv ("PATH", path, TRUE);
  ptl_tunnel_start_async (f->tunnel, NULL, NULL, NULL);
  g_setenv ("PATH", old_path, TRUE);
  pid = ptl_tunnel_get_pid (f->tunnel);
  g_assert_cmpint (pid, >, 0);
  WAIT_FOR (g_file_test (pid_file, G_FILE_TEST_EXISTS));
  ptl_tunnel_stop_async (f->tunnel, tunnel_on_done, &result);
  ptl_clock_turn (f->clock, 0, 1 * SECOND);
  tunnel_run_pending ();
  g_assert_null (result);
  ptl_clock_turn (f->clock, 0, 2 * SECOND);
  WAIT_FOR (result != NULL);
  g_assert_true (ptl_tunnel_stop_finish (f->tunnel, result, NULL));
  tunnel_wait_until_gone (pid);
  g_assert_true (g_file_get_contents (pid_file, &child, NULL, NULL));
  tunnel_wait_until_gone ((GPid) g_ascii_strtoll (child, NULL, 10));
}

static void
test_no_ssh (Fixture *f, gconstpointer data)
{
  g_autofree char *old_path = g_strdup (g_getenv ("PATH"));
  g_autofree char *program = NULL;

  if (f->sshd == NULL)
    return;
  program = g_build_filename (f->sshd->dir, "ssh", NULL);
  g_assert_true (g_file_set_contents (program, "#!/no/such/program\n", -1, NULL));
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  make_echo_tunnel (f, TRUE, 0);
  g_setenv ("PATH", f->sshd->dir, TRUE);
  start_badly (f, PTL_ERROR_FAILED, PTL_TUNNEL_STATE_STOPPED);
  g_setenv ("PATH", old_path, TRUE);
}

static void
test_dropped_while_open (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  GPid pid;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, FALSE, port);
  start_well (f);
  pid = ptl_tunnel_get_pid (f->tunnel);
  g_clear_object (&f->tunnel);
  tunnel_wait_until_gone (pid);
  tunnel_assert_refused (port);
}

static void
test_misuse (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  make_tunnel (f, TRUE, ":8080", "unix:/run/a:b");
  start_badly (f, PTL_ERROR_INVALID, PTL_TUNNEL_STATE_STOPPED);
  stop (f);
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  make_echo_tunnel (f, TRUE, 0);
  start_well (f);
  g_assert_false (start_with (f, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_STATE);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  stop (f);
  stop (f);
}

static void
test_state_dir_not_writable (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  g_free (f->state_dir);
  f->state_dir = g_build_filename (f->sshd->key_file, "below a file", NULL);
  make_echo_tunnel (f, TRUE, 0);
  start_badly (f, PTL_ERROR_FAILED, PTL_TUNNEL_STATE_STOPPED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/tunnel/" name, Fixture, data, set_up, func, tear_down)
  ADD ("remote", test_remote, NULL);
  ADD ("remote-any-port", test_remote_any_port, NULL);
  ADD ("local", test_local, NULL);
  ADD ("range", test_range, NULL);
  ADD ("unix-target", test_unix_target, NULL);
  ADD ("unknown-key", test_unknown_key, NULL);
  ADD ("switched-key", test_switched_key, NULL);
  ADD ("changed-key", test_changed_key, NULL);
  ADD ("changed-kind-of-key", test_changed_kind_of_key, NULL);
  ADD ("login-refused", test_login_refused, NULL);
  ADD ("key-file-missing", test_key_file_missing, NULL);
  ADD ("key-file-locked", test_key_file_locked, NULL);
  ADD ("key-file-open-to-others", test_key_file_open_to_others, NULL);
  ADD ("forwarding-refused", test_forwarding_refused, "AllowTcpForwarding no");
  ADD ("listening-refused", test_forwarding_refused, "PermitListen 127.0.0.1:9");
  ADD ("remote-port-taken", test_remote_port_taken, NULL);
  ADD ("remote-port-freed", test_remote_port_freed, NULL);
  ADD ("local-port-taken", test_local_port_taken, NULL);
  ADD ("local-refused", test_local_refused, NULL);
  ADD ("relay-goes-and-comes", test_relay_goes_and_comes, NULL);
  ADD ("relay-comes-later", test_relay_comes_later, NULL);
  ADD ("frozen-is-stopped", test_frozen_is_stopped, NULL);
  ADD ("frozen-is-noticed", test_frozen_is_noticed, NULL);
  ADD ("silent-relay", test_silent_relay, NULL);
  ADD ("cancel", test_cancel, NULL);
  ADD ("no-ssh-server", test_no_ssh_server, NULL);
  ADD ("name-not-found", test_name_not_found, NULL);
  ADD ("stubborn-ssh", test_stubborn_ssh, NULL);
  ADD ("no-ssh", test_no_ssh, NULL);
  ADD ("dropped-while-open", test_dropped_while_open, NULL);
  ADD ("misuse", test_misuse, NULL);
  ADD ("state-dir-not-writable", test_state_dir_not_writable, NULL);
  return g_test_run ();
}
