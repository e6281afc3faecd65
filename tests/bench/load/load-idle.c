/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* So many are on their way at a time: fewer than any backlog holds. */
#define N_AT_ONCE 64
#define PATIENCE_MS 5000

static gboolean
wait_for (int fd, short events)
{
  struct pollfd poll_fd = { fd, events, 0 };

  return poll (&poll_fd, 1, PATIENCE_MS) > 0 && (poll_fd.revents & events);
}

static gboolean
is_echoed (int fd)
{
  char byte;

  return wait_for (fd, POLLIN) && recv (fd, &byte, 1, 0) == 1;
}

static guint
open_some (guint16 port, guint n)
{
  int fds[N_AT_ONCE];
  guint held = 0;

  for (guint i = 0; i < n; i++)
    fds[i] = load_connect (SOCK_STREAM, port);
  for (guint i = 0; i < n; i++)
    if (wait_for (fds[i], POLLOUT))
      send (fds[i], "x", 1, MSG_NOSIGNAL);
  for (guint i = 0; i < n; i++)
    held += is_echoed (fds[i]);
  return held;
}

int
load_idle (guint16 port, guint n)
{
  guint held = 0;

  load_say_begin ();
  for (guint at = 0; at < n; at += N_AT_ONCE)
    held += open_some (port, MIN (N_AT_ONCE, n - at));
  printf ("%u\n", held);
  fflush (stdout);
  while (!load_is_over ())
    wait_for (STDIN_FILENO, POLLIN);
  return 0;
}
