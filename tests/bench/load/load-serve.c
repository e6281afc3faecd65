/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE (256 * 1024)
#define N_EVENTS 256
#define ANSWER_SIZE 64

/* FALSE: the connection is to be closed. */
typedef gboolean (*ServeFunc) (int fd, char *buffer);

/* Thrown away uncopied: on a machine with few cores an end that costs much would be what is measured. */
static gboolean
sink (int fd, char *buffer)
{
  ssize_t n = recv (fd, buffer, BUFFER_SIZE, MSG_TRUNC);

  return n > 0 || (n < 0 && errno == EAGAIN);
}

/* For small messages that come one at a time: what the socket does not take is an error. */
static gboolean
echo (int fd, char *buffer)
{
  ssize_t n = recv (fd, buffer, BUFFER_SIZE, 0);

  if (n < 0 && errno == EAGAIN)
    return TRUE;
  return n > 0 && send (fd, buffer, (gsize) n, MSG_NOSIGNAL) == n;
}

static gboolean
answer (int fd, char *buffer)
{
  ssize_t n = recv (fd, buffer, BUFFER_SIZE, 0);

  if (n < 0 && errno == EAGAIN)
    return TRUE;
  if (n > 0)
    send (fd, buffer, ANSWER_SIZE, MSG_NOSIGNAL);
  return FALSE;
}

static ServeFunc
find_func (const char *kind)
{
  if (g_str_equal (kind, "sink"))
    return sink;
  if (g_str_equal (kind, "echo"))
    return echo;
  return g_str_equal (kind, "answer") ? answer : NULL;
}

static void
accept_all (int epoll_fd, int listener)
{
  int fd;

  while ((fd = accept4 (listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

      load_set_int (fd, IPPROTO_TCP, TCP_NODELAY, 1);
      if (epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        load_fail ("epoll_ctl");
    }
}

static void
watch (int epoll_fd, int fd)
{
  struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

  if (epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    load_fail ("epoll_ctl");
}

int
load_serve (const char *kind)
{
  ServeFunc serve = find_func (kind);
  g_autofree char *buffer = g_malloc0 (BUFFER_SIZE);
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  int listener;

  if (!serve)
    return 2;
  listener = load_bind (SOCK_STREAM);
  watch (epoll_fd, listener);
  watch (epoll_fd, STDIN_FILENO);
  for (;;)
    {
      struct epoll_event events[N_EVENTS];
      int n = epoll_wait (epoll_fd, events, N_EVENTS, -1);

      for (int i = 0; i < n; i++)
        {
          int fd = events[i].data.fd;

          if (fd == listener)
            accept_all (epoll_fd, listener);
          else if (fd == STDIN_FILENO && load_is_over ())
            return 0;
          else if (fd != STDIN_FILENO && !serve (fd, buffer))
            close (fd);
        }
    }
}
