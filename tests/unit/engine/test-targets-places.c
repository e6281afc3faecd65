/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Several targets of one rule: those of every kind and protocol. */

/* The n-th port leads to the n-th port of each target, and a unix socket is one as well. */
static void
test_places (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autofree char *dir = g_dir_make_tmp ("ptl-targets-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", tell_name, (gpointer) "a");
  Peer *local = peer_new_unix (path, tell_name, (gpointer) "u");
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_new_unix (path);
  guint counts[2] = { 0 };
  guint16 port;

  g_ptr_array_add (forward->options->targets, ptl_target_new (endpoint, FALSE));
  port = open_forward (engine, "f", forward);
  for (guint i = 0; i < 6; i++)
    {
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

      counts[receive_name (fd) == 'u']++;
      close (fd);
    }
  g_assert_cmpuint (counts[0], ==, 3);
  g_assert_cmpuint (counts[1], ==, 3);
  ptl_engine_stop (engine);
  peer_free (local);
  g_unlink (path);
  g_rmdir (dir);
}

/* Each target has two ports in a row. */
static void
bind_pair (Peer **pair, PeerFunc func, const char *names)
{
  for (guint i = 0; i < 50; i++)
    {
      guint16 port = (guint16) g_random_int_range (20000, 30000);

      pair[0] = peer_try_new_at ("127.0.0.1", port, func, (gpointer) names);
      if (!pair[0])
        continue;
      pair[1] = peer_try_new_at ("127.0.0.1", port + 1, func, (gpointer) (names + 1));
      if (pair[1])
        return;
      peer_free (pair[0]);
    }
  g_assert_not_reached ();
}

static void
test_ranges (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  Peer *pairs[2][2], *probe[2];
  g_autoptr (PtlForward) forward = NULL;
  g_autoptr (PtlEndpoint) second = NULL;
  guint16 listen;

  bind_pair (pairs[0], tell_name, "ab");
  bind_pair (pairs[1], tell_name, "AB");
  bind_pair (probe, tell_name, "xy");
  listen = peer_get_port (probe[0]);
  peer_free (probe[0]);
  peer_free (probe[1]);
  forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", listen, "127.0.0.1",
                         peer_get_port (pairs[0][0]), NULL);
  forward->listen->last++;
  forward->target->last++;
  second = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", peer_get_port (pairs[1][0]),
                             peer_get_port (pairs[1][1]));
  g_ptr_array_add (forward->options->targets, ptl_target_new (second, FALSE));
  open_forward (engine, "f", forward);
  for (guint i = 0; i < 8; i++)
    {
      guint16 offset = i / 2 % 2;
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", listen + offset);

      g_assert_cmpint (g_ascii_tolower (receive_name (fd)), ==, 'a' + (char) offset);
      close (fd);
    }
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < 2; j++)
      g_assert_cmpuint (peer_get_n_accepted (pairs[i][j]), >, 0);
  ptl_engine_stop (engine);
  for (guint i = 0; i < 2; i++)
    for (guint j = 0; j < 2; j++)
      peer_free (pairs[i][j]);
}

/* UDP */

/* A session stays with the target that answered it. */
static void
test_udp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) a = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (UdpEcho) b = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", udp_echo_get_port (a), NULL);
  int fds[6];
  guint16 port;

  forward_add_target (forward, "127.0.0.1", udp_echo_get_port (b), FALSE);
  port = open_forward (engine, "f", forward);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      assert_echo (fds[i], "ping");
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  g_assert_cmpuint (udp_echo_get_n_sources (a), ==, 3);
  g_assert_cmpuint (udp_echo_get_n_sources (b), ==, 3);
  g_assert_cmpuint (udp_echo_get_n_received (a), ==, 9);
  ptl_engine_stop (engine);
}

/* What a target refuses is sent to the next one. */
static void
test_udp_failover (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) b = udp_echo_new ("127.0.0.1", 0);
  int probe = bind_to (SOCK_DGRAM, "127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", get_local_port (probe), NULL);
  guint16 port;

  close (probe);
  forward_add_target (forward, "127.0.0.1", udp_echo_get_port (b), FALSE);
  forward->options->values[PTL_OPTION_HEALTH_FALL] = 1;
  port = open_forward (engine, "f", forward);
  for (guint i = 0; i < 4; i++)
    {
      int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);

      assert_echo (fd, "ping");
      close (fd);
    }
  g_assert_cmpuint (udp_echo_get_n_sources (b), ==, 4);
  ptl_engine_stop (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/targets-places/places", test_places);
  g_test_add_func ("/targets-places/ranges", test_ranges);
  g_test_add_func ("/targets-places/udp", test_udp);
  g_test_add_func ("/targets-places/udp-failover", test_udp_failover);
  return g_test_run ();
}
