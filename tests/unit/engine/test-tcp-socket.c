/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-tcp-socket.h"

static int
get_int (int fd, int level, int option)
{
  int value = -1;
  socklen_t length = sizeof value;

  g_assert_cmpint (getsockopt (fd, level, option, &value, &length), ==, 0);
  return value;
}

static char *
dup_congestion_control (int fd)
{
  char name[16] = { 0 };
  socklen_t length = sizeof name - 1;

  g_assert_cmpint (getsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, name, &length), ==, 0);
  return g_strdup (name);
}

static void
test_unpace (void)
{
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  int near_by = connect_ok (SOCK_STREAM, "127.0.0.1", peer_get_port (peer));
  int nowhere = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_autofree char *usual = dup_congestion_control (nowhere);
  g_autofree char *chosen = NULL, *left = NULL;

  ptl_tcp_socket_unpace (near_by);
  ptl_tcp_socket_unpace (nowhere);
  chosen = dup_congestion_control (near_by);
  left = dup_congestion_control (nowhere);
  g_assert_cmpstr (chosen, ==, "reno");
  g_assert_cmpstr (left, ==, usual);
  assert_echo (near_by, "still the same stream");
  close (near_by);
  close (nowhere);
}

static void
test_guard (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  ptl_tcp_socket_prepare (fd);
  g_assert_cmpint (get_int (fd, IPPROTO_TCP, TCP_NODELAY), ==, 1);
  g_assert_cmpint (get_int (fd, SOL_SOCKET, SO_KEEPALIVE), ==, 0);
  ptl_tcp_socket_guard (fd, 120 * G_USEC_PER_SEC);
  g_assert_cmpint (get_int (fd, SOL_SOCKET, SO_KEEPALIVE), ==, 1);
  g_assert_cmpint (get_int (fd, IPPROTO_TCP, TCP_USER_TIMEOUT), ==, 120 * 1000);
  /* The last probe goes out when the time is over. */
  g_assert_cmpint (get_int (fd, IPPROTO_TCP, TCP_KEEPIDLE)
                       + get_int (fd, IPPROTO_TCP, TCP_KEEPINTVL)
                             * get_int (fd, IPPROTO_TCP, TCP_KEEPCNT),
                   ==, 120);
  close (fd);
}

static void
test_unix_sockets_take_no_harm (void)
{
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
  ptl_tcp_socket_hurry (pair[0]);
  ptl_tcp_socket_guard (pair[0], G_USEC_PER_SEC);
  ptl_tcp_socket_unpace (pair[0]);
  send_all (pair[0], "x", 1);
  ptl_tcp_socket_reset (pair[0]);
  close (pair[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tcp-socket/unpace", test_unpace);
  g_test_add_func ("/engine/tcp-socket/guard", test_guard);
  g_test_add_func ("/engine/tcp-socket/unix", test_unix_sockets_take_no_harm);
  return g_test_run ();
}
