/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-fixture.h"

#include <string.h>

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, data) g_test_add ("/tunnel/" name, Fixture, data, set_up, func, tear_down)
  ADD ("forwarding-refused", test_forwarding_refused, "AllowTcpForwarding no");
  ADD ("listening-refused", test_forwarding_refused, "PermitListen 127.0.0.1:9");
  ADD ("remote-port-taken", test_remote_port_taken, NULL);
  ADD ("remote-port-freed", test_remote_port_freed, NULL);
  ADD ("local-port-taken", test_local_port_taken, NULL);
  ADD ("local-refused", test_local_refused, NULL);
  return g_test_run ();
}
