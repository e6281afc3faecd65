/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tcp-socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ptl-sockaddr.h"

#define KEEPALIVE_PROBES 4

static void
set_int (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

/* Keep-alive finds out about the peer of an idle connection, the user time-out about one that bytes
 * are on their way to. */
void
ptl_tcp_socket_guard (int fd, gint64 timeout_us)
{
  int seconds = (int) (timeout_us / G_USEC_PER_SEC);

  set_int (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_int (fd, IPPROTO_TCP, TCP_KEEPIDLE, MAX (1, seconds / 2));
  set_int (fd, IPPROTO_TCP, TCP_KEEPINTVL, MAX (1, seconds / 2 / KEEPALIVE_PROBES));
  set_int (fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
  set_int (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int) (timeout_us / 1000));
}

void
ptl_tcp_socket_set_no_delay (int fd)
{
  set_int (fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

void
ptl_tcp_socket_prepare (int fd)
{
  ptl_tcp_socket_set_no_delay (fd);
  set_int (fd, IPPROTO_TCP, TCP_QUICKACK, 0);
}

void
ptl_tcp_socket_hurry (int fd)
{
  set_int (fd, IPPROTO_TCP, TCP_QUICKACK, 1);
}

static gboolean
is_within_this_computer (int fd)
{
  PtlSockaddr here, there;
  socklen_t here_length = sizeof here, there_length = sizeof there;
  PtlAddress a, b;

  if (getsockname (fd, &here.any, &here_length) < 0
      || getpeername (fd, &there.any, &there_length) < 0 || there.any.sa_family == AF_UNIX)
    return FALSE;
  ptl_sockaddr_get_address (&here, &a);
  ptl_sockaddr_get_address (&there, &b);
  return ptl_address_equal (&a, &b) || (b.family == 4 && b.bytes[0] == 127);
}

/* Some systems have BBR for all connections. On loopback there is nothing to find out about the
 * way, and its timers cost more than the bytes. Every system has "reno", and everyone may choose it
 * (tcp(7)). */
void
ptl_tcp_socket_unpace (int fd)
{
  if (is_within_this_computer (fd))
    setsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen ("reno"));
}

void
ptl_tcp_socket_reset_on_close (int fd)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

void
ptl_tcp_socket_reset (int fd)
{
  ptl_tcp_socket_reset_on_close (fd);
  close (fd);
}
