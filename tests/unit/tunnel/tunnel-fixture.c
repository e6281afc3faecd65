/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-fixture.h"

void
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

void
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

void
make_tunnel (Fixture *f, gboolean remote, const char *listen, const char *target)
{
  g_autoptr (PtlEndpoint) from = ptl_endpoint_parse (listen, PTL_PROTOCOL_TCP, NULL);
  g_autoptr (PtlEndpoint) to = ptl_endpoint_parse (target, PTL_PROTOCOL_TCP, NULL);

  g_clear_object (&f->tunnel);
  f->tunnel = ptl_tunnel_new (f->clock, f->relay, remote, from, to, f->state_dir);
  g_signal_connect (f->tunnel, "offered-key", G_CALLBACK (on_offered), f);
}

void
make_echo_tunnel (Fixture *f, gboolean remote, guint16 port)
{
  g_autofree char *listen
      = port != 0 ? g_strdup_printf ("127.0.0.1:%u", port) : g_strdup ("127.0.0.1");
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", f->echo_port);

  make_tunnel (f, remote, listen, target);
}

gboolean
start_with (Fixture *f, GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_tunnel_start_async (f->tunnel, cancellable, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  return ptl_tunnel_start_finish (f->tunnel, result, error);
}

void
start_well (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  start_with (f, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_OPEN);
  g_assert_null (ptl_tunnel_get_error (f->tunnel));
}

void
start_badly (Fixture *f, PtlError code, PtlTunnelState state)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (start_with (f, NULL, &error));
  g_assert_error (error, PTL_ERROR, (int)code);
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, state);
  g_assert_error (ptl_tunnel_get_error (f->tunnel), PTL_ERROR, (int)code);
  g_assert_cmpuint (ptl_tunnel_get_port (f->tunnel), ==, 0);
}

void
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

void
assert_stopped_for_good (Fixture *f)
{
  guint n = tunnel_sshd_count_connections (f->sshd);

  ptl_clock_turn (f->clock, 0, 3600 * SECOND);
  tunnel_run_pending ();
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_STOPPED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, n);
}

void
next_try (Fixture *f)
{
  g_assert_cmpint (ptl_tunnel_get_state (f->tunnel), ==, PTL_TUNNEL_STATE_WAITING);
  ptl_clock_turn (f->clock, 0, 61 * SECOND);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) == PTL_TUNNEL_STATE_CONNECTING);
  WAIT_FOR (ptl_tunnel_get_state (f->tunnel) != PTL_TUNNEL_STATE_CONNECTING);
}
