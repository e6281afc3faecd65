/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void
load_fail (const char *what)
{
  fprintf (stderr, "load: %s: %s\n", what, strerror (errno));
  exit (1);
}

gint64
load_now_us (void)
{
  return g_get_monotonic_time ();
}

void
load_set_int (int fd, int level, int option, int value)
{
  setsockopt (fd, level, option, &value, sizeof value);
}

static struct sockaddr_in
loopback (guint16 port)
{
  return (struct sockaddr_in){
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
}

static int
open_socket (int type)
{
  int fd = socket (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0)
    load_fail ("socket");
  /* Some systems have BBR, whose pacing of the near end would be measured on loopback. */
  if (type == SOCK_STREAM)
    setsockopt (fd, IPPROTO_TCP, TCP_CONGESTION, "reno", strlen ("reno"));
  /* What a datagram benchmark loses is to be lost by what is measured. */
  if (type == SOCK_DGRAM)
    {
      load_set_int (fd, SOL_SOCKET, SO_RCVBUFFORCE, 8 * 1024 * 1024);
      load_set_int (fd, SOL_SOCKET, SO_SNDBUFFORCE, 8 * 1024 * 1024);
    }
  return fd;
}

int
load_bind (int type)
{
  int fd = open_socket (type);
  struct sockaddr_in address = loopback (0);
  socklen_t length = sizeof address;

  if (bind (fd, (struct sockaddr *) &address, length) < 0
      || getsockname (fd, (struct sockaddr *) &address, &length) < 0
      || (type == SOCK_STREAM && listen (fd, SOMAXCONN) < 0))
    load_fail ("bind");
  printf ("port %u\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

int
load_connect (int type, guint16 port)
{
  int fd = open_socket (type);
  struct sockaddr_in address = loopback (port);

  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0 && errno != EINPROGRESS)
    load_fail ("connect");
  return fd;
}

gboolean
load_is_over (void)
{
  struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
  char bytes[64];

  return poll (&input, 1, 0) > 0 && read (STDIN_FILENO, bytes, sizeof bytes) <= 0;
}

void
load_say_begin (void)
{
  printf ("begin\n");
  fflush (stdout);
}
