/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-fixture.h"

#include <string.h>

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/tunnel/" name, Fixture, data, set_up, func, tear_down)
  ADD ("relay-goes-and-comes", test_relay_goes_and_comes, NULL);
  ADD ("relay-comes-later", test_relay_comes_later, NULL);
  ADD ("silent-relay", test_silent_relay, NULL);
  ADD ("no-ssh-server", test_no_ssh_server, NULL);
  ADD ("name-not-found", test_name_not_found, NULL);
  return g_test_run ();
}
