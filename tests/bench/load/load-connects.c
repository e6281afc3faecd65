/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_SIZE 64
#define ANSWER_SIZE 64
/* One that waits longer has failed: otherwise lost ones would hold up all places. */
#define PATIENCE_US (2 * G_USEC_PER_SEC)

typedef struct
{
  int fd;
  gboolean asked;
  guint n_received;
  gint64 began_us;
} Place;

typedef struct
{
  int epoll_fd;
  guint16 port;
  guint64 n_whole;
  guint64 n_failed;
} Connects;

static void
begin (Connects *self, Place *place)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = place };

  *place = (Place){ .fd = load_connect (SOCK_STREAM, self->port), .began_us = load_now_us () };
  load_set_int (place->fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, place->fd, &event) < 0)
    load_fail ("epoll_ctl");
}

static void
end (Connects *self, Place *place, gboolean whole)
{
  close (place->fd);
  self->n_whole += whole;
  self->n_failed += !whole;
  begin (self, place);
}

static void
ask (Place *place)
{
  char request[REQUEST_SIZE] = { 0 };

  place->asked = send (place->fd, request, sizeof request, MSG_NOSIGNAL) == sizeof request;
}

static void
on_ready (Connects *self, Place *place, guint32 events)
{
  char answer[ANSWER_SIZE];
  ssize_t n;

  if (!place->asked && (events & EPOLLOUT))
    ask (place);
  if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
    return;
  while ((n = recv (place->fd, answer, sizeof answer, 0)) > 0)
    place->n_received += (guint) n;
  if (n == 0)
    end (self, place, place->n_received == ANSWER_SIZE);
  else if (errno != EAGAIN)
    end (self, place, FALSE);
}

static void
give_up_old (Connects *self, Place *places, guint n)
{
  gint64 now = load_now_us ();

  for (guint i = 0; i < n; i++)
    if (now - places[i].began_us > PATIENCE_US)
      end (self, &places[i], FALSE);
}

static void
run (Connects *self, Place *places, guint n_places, gint64 until_us)
{
  struct epoll_event events[64];
  gint64 looked_us = load_now_us (), now;

  while ((now = load_now_us ()) < until_us)
    {
      int n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), 50);

      for (int i = 0; i < n; i++)
        on_ready (self, events[i].data.ptr, events[i].events);
      if (now - looked_us < G_USEC_PER_SEC / 4)
        continue;
      looked_us = now;
      give_up_old (self, places, n_places);
    }
}

int
load_connects (guint16 port, guint n_parallel, double seconds)
{
  Connects self = { .epoll_fd = epoll_create1 (EPOLL_CLOEXEC), .port = port };
  g_autofree Place *places = g_new0 (Place, n_parallel);
  gint64 began;

  for (guint i = 0; i < n_parallel; i++)
    begin (&self, &places[i]);
  run (&self, places, n_parallel, load_now_us () + 200 * 1000);
  self.n_whole = self.n_failed = 0;
  load_say_begin ();
  began = load_now_us ();
  run (&self, places, n_parallel, began + (gint64) (seconds * G_USEC_PER_SEC));
  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %f\n", self.n_whole, self.n_failed,
          (double) (load_now_us () - began) / G_USEC_PER_SEC);
  return 0;
}
