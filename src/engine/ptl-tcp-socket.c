/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tcp-socket.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEEPALIVE_PROBES 4
/* The system's questions to one that takes nothing are so far apart at most (TCP_RTO_MAX). */
#define PROBES_APART_MS (120 * 1000)
/* So many whose handshake is not through yet: then it is as without Fast Open. */
#define N_FAST_OPEN 256

static void
set_int (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

/* Keep-alive finds out about the peer of an idle connection, the user time-out about one that bytes
 * are on their way to. */
void
ptl_tcp_socket_guard (int fd, gint64 timeout_us, gboolean stalls)
{
  int seconds = (int) (timeout_us / G_USEC_PER_SEC);

  set_int (fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_int (fd, IPPROTO_TCP, TCP_KEEPIDLE, MAX (1, seconds / 2));
  set_int (fd, IPPROTO_TCP, TCP_KEEPINTVL, MAX (1, seconds / 2 / KEEPALIVE_PROBES));
  set_int (fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
  set_int (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, stalls ? 0 : (int) (timeout_us / 1000));
}

/* Bytes wait, and none is under way: its window is closed. The system asks now and then whether it
 * still is (RFC 9293 section 3.8.6.1), and who is there answers; but the user time-out counts that
 * as silence. */
gboolean
ptl_tcp_socket_stalls (int fd, gint64 timeout_us)
{
  struct tcp_info info;
  socklen_t length = sizeof info;
  int unreceived = 0, unsent = 0;

  if (ioctl (fd, SIOCOUTQNSD, &unsent) < 0 || unsent == 0 || ioctl (fd, SIOCOUTQ, &unreceived) < 0
      || unreceived != unsent)
    return FALSE;
  return getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0
         && info.tcpi_last_ack_recv < timeout_us / 1000 + PROBES_APART_MS;
}

/* Some systems have BBR for all connections. On loopback there is nothing to find out about the
 * way, and the timers of its pacing cost more than the bytes. It is for the life of a connection,
 * so it is to be kept off before there is one. Every system has "reno", and everyone may choose it
 * (tcp(7)). */
static void
keep_unpaced (int fd)
{
  setsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen ("reno"));
}

/* Small messages are to go out at once. */
static void
prepare (int fd, const PtlSockaddr *address)
{
  set_int (fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (ptl_sockaddr_is_loopback (address))
    keep_unpaced (fd);
}

/* Fast Open takes place only where the system's administrator allows it to servers (tcp(7),
 * tcp_fastopen) and the client asks for it, who knows that its first bytes may come twice (RFC
 * 7413, section 2.1). Towards the target it is not used: connecting would not begin before there is
 * something to send, so a server that speaks first would wait, and a target that is down would be
 * found out too late to try the next. */
void
ptl_tcp_socket_prepare_listener (int fd, const PtlSockaddr *address)
{
  prepare (fd, address);
  set_int (fd, IPPROTO_TCP, TCP_FASTOPEN, N_FAST_OPEN);
}

void
ptl_tcp_socket_prepare (int fd, const PtlSockaddr *address)
{
  prepare (fd, address);
  set_int (fd, IPPROTO_TCP, TCP_QUICKACK, 0);
}

void
ptl_tcp_socket_hurry (int fd)
{
  set_int (fd, IPPROTO_TCP, TCP_QUICKACK, 1);
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
