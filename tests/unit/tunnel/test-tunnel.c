/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel-fixture.h"

#include <unistd.h>

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
  guint16 port = tunnel_sshd_find_ports (2);

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  listen = g_strdup_printf ("127.0.0.1:%u-%u", port, port + 1);
  target = g_strdup_printf ("127.0.0.1:%u-%u", f->echo_port - 1, f->echo_port);
  make_tunnel (f, TRUE, listen, target);
  start_well (f);
  tunnel_assert_echo (port + 1);
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
  ADD ("misuse", test_misuse, NULL);
  ADD ("state-dir-not-writable", test_state_dir_not_writable, NULL);
  return g_test_run ();
}
