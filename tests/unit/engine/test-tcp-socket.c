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

/* What @host leads to, prepared, against what the system chooses. */
static void
assert_paced_as_usual (const char *host, gboolean as_usual)
{
  PtlSockaddr address;
  int usual_fd, fd;
  g_autofree char *usual = NULL, *chosen = NULL;

  g_assert_true (ptl_sockaddr_parse (&address, host, 80));
  usual_fd = socket (address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  fd = socket (address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ptl_tcp_socket_prepare (fd, &address);
  usual = dup_congestion_control (usual_fd);
  chosen = dup_congestion_control (fd);
  g_assert_cmpstr (chosen, ==, as_usual ? usual : "reno");
  close (usual_fd);
  close (fd);
}

static void
test_pacing (void)
{
  assert_paced_as_usual ("127.0.0.1", FALSE);
  assert_paced_as_usual ("127.1.2.3", FALSE);
  assert_paced_as_usual ("::1", FALSE);
  assert_paced_as_usual ("192.0.2.1", TRUE);
  assert_paced_as_usual ("2001:db8::1", TRUE);
  assert_paced_as_usual ("0.0.0.0", TRUE);
}

static void
test_guard (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  PtlSockaddr address;

  g_assert_true (ptl_sockaddr_parse (&address, "192.0.2.1", 80));
  ptl_tcp_socket_prepare (fd, &address);
  g_assert_cmpint (get_int (fd, IPPROTO_TCP, TCP_NODELAY), ==, 1);
  g_assert_cmpint (get_int (fd, SOL_SOCKET, SO_KEEPALIVE), ==, 0);
  ptl_tcp_socket_guard (fd, 120 * G_USEC_PER_SEC, FALSE);
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
  ptl_tcp_socket_guard (pair[0], G_USEC_PER_SEC, FALSE);
  send_all (pair[0], "x", 1);
  ptl_tcp_socket_reset (pair[0]);
  close (pair[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tcp-socket/pacing", test_pacing);
  g_test_add_func ("/engine/tcp-socket/guard", test_guard);
  g_test_add_func ("/engine/tcp-socket/unix", test_unix_sockets_take_no_harm);
  return g_test_run ();
}
