/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-sockaddr.h"

static void
test_target_down (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int closed = bind_to (SOCK_STREAM, "127.0.0.1", 0); /* bound, and nobody listens */
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, get_local_port (closed));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_ended (fd);
  close (fd);
  close (closed);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
}

static void
test_unix_target_missing (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlEndpoint) from = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new_unix ("/nonexistent/socket");
  g_autoptr (PtlForward) forward = ptl_forward_new (from, target, NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_ended (fd);
  close (fd);
}

/* A listener whose queue is full does not answer: a black hole. */
static void
test_black_hole (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  int hole = bind_to (SOCK_STREAM, "127.0.0.1", 0), fillers[4], fd;
  guint16 target = get_local_port (hole), port;
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", target, NULL);
  gint64 start;

  listen (hole, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    {
      PtlSockaddr address;

      ptl_sockaddr_parse (&address, "127.0.0.1", target);
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      connect (fillers[i], &address.any, sizeof address.in);
    }
  forward->connect_timeout_ms = 150;
  port = open_forward (engine, "f", forward);
  start = g_get_monotonic_time ();
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_ended (fd);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 140 * 1000);
  close (fd);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
  close (hole);
}

/* Likewise a unix socket, which says so at once and never when it has room again. */
static void
test_unix_queue_full (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autofree char *dir = g_dir_make_tmp ("ptl-engine-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (PtlEndpoint) from = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new_unix (path);
  g_autoptr (PtlForward) forward = ptl_forward_new (from, target, NULL);
  int server = socket (AF_UNIX, SOCK_STREAM, 0), filler = socket (AF_UNIX, SOCK_STREAM, 0), fd,
      accepted;
  PtlSockaddr address;
  guint16 port;

  ptl_sockaddr_set_path (&address, path);
  g_assert_cmpint (bind (server, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  g_assert_cmpint (listen (server, 0), ==, 0);
  g_assert_cmpint (connect (filler, &address.any, ptl_sockaddr_get_length (&address)), ==, 0);
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  wait_until (get_traffic (engine, "f").connections_now == 1);
  accepted = accept (server, NULL, NULL); /* the filler: now there is room */
  close (accepted);
  accepted = accept (server, NULL, NULL);
  send_all (accepted, "hello", 5);
  {
    char buffer[5];

    receive_all (fd, buffer, 5);
  }
  close (accepted);
  close (filler);
  close (server);
  close (fd);
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_name (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "localhost", peer_get_port (peer), NULL);
  g_autoptr (PtlForward) unknown
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "no-such-host.invalid", 9, NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fds[5], lost;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_echo (fds[i], "by name");
      close (fds[i]);
    }
  unknown->connect_timeout_ms = 3000;
  port = open_forward (engine, "g", unknown);
  lost = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_ended (lost);
  close (lost);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/target-down", test_target_down);
  g_test_add_func ("/engine/unix-target-missing", test_unix_target_missing);
  g_test_add_func ("/engine/black-hole", test_black_hole);
  g_test_add_func ("/engine/unix-queue-full", test_unix_queue_full);
  g_test_add_func ("/engine/name", test_name);
  return g_test_run ();
}
