/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backend-tunnel-fixture.h"

#include <string.h>

#include "tunnel/ptl-tunnel.h"

/* 127.0.0.2 stands for the relay's public address: what listens on 127.0.0.1 alone is not reached
 * there. */
static void
use_second_address (Fixture *f)
{
  g_free (f->relay->host);
  f->relay->host = g_strdup ("127.0.0.2");
  ptl_backend_tunnel_set_relay (PTL_BACKEND_TUNNEL (f->backend), f->relay);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  f->rule = make_rule (f, PTL_WAY_REMOTE, NULL, tunnel_sshd_find_port ());
}

static void
test_gateway_ports_missing (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, "ListenAddress 127.0.0.2\nGatewayPorts no");
  use_second_address (f);
  open_well (f, FALSE);
  assert_told (f, "ready ");
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "degraded:relay-refused ");
  /* The relay is set right, and its ssh server started again. */
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "unreachable degraded:relay-unreachable ");
  tunnel_sshd_start (f->sshd, "ListenAddress 127.0.0.2\nGatewayPorts clientspecified");
  ptl_clock_turn (f->clock, 0, 2 * SECOND);
  WAIT_FOR (strstr (f->told->str, "recovered") != NULL);
  assert_told (f, "ready recovered ");
  WAIT_FOR (get_ever (f) == 1); /* tried from here */
  assert_told (f, "");
}

/* Something else was in the way, and is not any more. */
static void
test_reached_later (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) server = g_socket_listener_new ();
  g_autoptr (GInetAddress) host = g_inet_address_new_from_string ("127.0.0.2");
  g_autoptr (GSocketAddress) address = NULL;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, "ListenAddress 127.0.0.2\nGatewayPorts no");
  use_second_address (f);
  open_well (f, FALSE);
  WAIT_FOR (strstr (f->told->str, "degraded") != NULL);
  g_string_truncate (f->told, 0);
  address = g_inet_socket_address_new (host, f->rule->public_endpoint->first);
  g_assert_true (g_socket_listener_add_address (server, address, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, NULL, NULL));
  ptl_clock_turn (f->clock, 0, 15 * SECOND);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "recovered ");
}

static void
test_unknown_key (Fixture *f, gconstpointer data)
{
  guint n;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  f->rule = make_rule (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_badly (f, FALSE, PTL_ERROR_HOST_KEY_UNKNOWN);
  assert_told (f, "offered key-offered ");
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_UNKNOWN);
  n = tunnel_sshd_count_connections (f->sshd);
  /* A restore does not ask the relay again, whatever the time. */
  ptl_clock_turn (f->clock, 0, 100 * 3600 * SECOND);
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_UNKNOWN);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, n);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, f->key_line, NULL));
  tunnel_assert_echo (open_well (f, TRUE)->endpoint->first);
}

static void
test_changed_key (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  f->rule = make_rule (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_CHANGED);
  assert_told (f, "key-changed ");
  ptl_clock_turn (f->clock, 0, 100 * 3600 * SECOND);
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_CHANGED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  /* A person who opens it by hand is no restore. */
  open_badly (f, FALSE, PTL_ERROR_HOST_KEY_CHANGED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 2);
}

static void
test_login_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *authorized = NULL;
  g_autofree char *kept = NULL;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  authorized = g_build_filename (f->sshd->dir, "authorized_keys", NULL);
  g_assert_true (g_file_get_contents (authorized, &kept, NULL, NULL));
  g_assert_true (g_file_set_contents (authorized, "", -1, NULL));
  open_badly (f, TRUE, PTL_ERROR_RELAY_REFUSED);
  assert_told (f, "refused ");
  open_badly (f, TRUE, PTL_ERROR_RELAY_REFUSED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  ptl_clock_turn (f->clock, 0, 3601 * SECOND);
  open_badly (f, TRUE, PTL_ERROR_RELAY_REFUSED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 2);
  g_assert_true (g_file_set_contents (authorized, kept, -1, NULL));
  ptl_backend_tunnel_try_again (PTL_BACKEND_TUNNEL (f->backend), f->relay->id);
  open_well (f, TRUE);
}

static void
test_relay_goes_and_comes (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  open_well (f, FALSE);
  assert_told (f, "ready ");
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "unreachable degraded:relay-unreachable ");
  ptl_clock_turn (f->clock, 0, 2 * SECOND);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "unreachable "); /* no news for the rule */
  tunnel_sshd_start (f->sshd, NULL);
  ptl_clock_turn (f->clock, 0, 61 * SECOND);
  WAIT_FOR (strstr (f->told->str, "recovered") != NULL);
  assert_told (f, "ready recovered ");
  tunnel_assert_echo (port);
}

static void
test_stopped_while_open (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_well (f, FALSE);
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (strstr (f->told->str, "degraded") != NULL);
  g_string_truncate (f->told, 0);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  ptl_clock_turn (f->clock, 0, 61 * SECOND);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "key-changed degraded:host-key-changed ");
  g_assert_true (ptl_tunnel_forget_key (f->state_dir, f->relay, NULL));
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  ptl_backend_tunnel_try_again (PTL_BACKEND_TUNNEL (f->backend), f->relay->id);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "ready recovered ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/backend-tunnel/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("gateway-ports-missing", test_gateway_ports_missing);
  ADD ("reached-later", test_reached_later);
  ADD ("unknown-key", test_unknown_key);
  ADD ("changed-key", test_changed_key);
  ADD ("login-refused", test_login_refused);
  ADD ("relay-goes-and-comes", test_relay_goes_and_comes);
  ADD ("stopped-while-open", test_stopped_while_open);
  return g_test_run ();
}
