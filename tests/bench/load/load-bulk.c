/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BUFFER_SIZE (256 * 1024)
/* Windows grow, and forwarders find out that there is much to carry. */
#define WARM_UP_US (300 * 1000)

static guint64
send_for (int epoll_fd, const char *buffer, gint64 until_us)
{
  guint64 total = 0;

  while (load_now_us () < until_us)
    {
      struct epoll_event events[64];
      int n = epoll_wait (epoll_fd, events, G_N_ELEMENTS (events), 10);

      for (int i = 0; i < n; i++)
        {
          ssize_t sent = send (events[i].data.fd, buffer, BUFFER_SIZE, MSG_NOSIGNAL);

          if (sent < 0 && errno != EAGAIN)
            load_fail ("send");
          total += (guint64) MAX (sent, 0);
        }
    }
  return total;
}

int
load_source (guint16 port, guint n_streams, double seconds)
{
  g_autofree char *buffer = g_malloc0 (BUFFER_SIZE);
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  gint64 began;
  guint64 total;

  for (guint i = 0; i < n_streams; i++)
    {
      struct epoll_event event = { .events = EPOLLOUT };

      event.data.fd = load_connect (SOCK_STREAM, port);
      epoll_ctl (epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event);
    }
  send_for (epoll_fd, buffer, load_now_us () + WARM_UP_US);
  load_say_begin ();
  began = load_now_us ();
  total = send_for (epoll_fd, buffer, began + (gint64) (seconds * G_USEC_PER_SEC));
  printf ("%" G_GUINT64_FORMAT " %f\n", total, (double) (load_now_us () - began) / G_USEC_PER_SEC);
  fflush (stdout);
  while (!load_is_over ())
    send_for (epoll_fd, buffer, load_now_us () + 10 * 1000);
  return 0;
}
