/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE_MOST 2048
#define N_BATCH 32
/* Datagrams of a source that are under way at a time, where no rate is given. */
#define WINDOW 32
/* What is not back by then is lost. */
#define LOST_US (50 * 1000)
#define STRAGGLERS_US (200 * 1000)
#define N_TIMES_MOST (4 * 1024 * 1024)

/* Room for a batch in one call of the kernel. */
typedef struct
{
  struct mmsghdr messages[N_BATCH];
  struct iovec vectors[N_BATCH];
  struct sockaddr_in from[N_BATCH];
  char bytes[N_BATCH][SIZE_MOST];
} Batch;

typedef struct
{
  int fd;
  guint under_way;
  gint64 heard_us;
} Flow;

typedef struct
{
  Flow *flows;
  struct pollfd *polls;
  guint n_flows;
  guint size;
  Batch *batch;
  guint64 n_sent;
  guint64 n_received;
  guint32 *times;
  guint n_times;
  guint next;
} Udp;

static Batch *
batch_new (gboolean with_from)
{
  Batch *self = g_new0 (Batch, 1);

  for (guint i = 0; i < N_BATCH; i++)
    {
      self->vectors[i].iov_base = self->bytes[i];
      self->messages[i].msg_hdr.msg_iov = &self->vectors[i];
      self->messages[i].msg_hdr.msg_iovlen = 1;
      if (with_from)
        self->messages[i].msg_hdr.msg_name = &self->from[i];
    }
  return self;
}

static int
receive (Batch *self, int fd)
{
  for (guint i = 0; i < N_BATCH; i++)
    {
      self->vectors[i].iov_len = SIZE_MOST;
      if (self->messages[i].msg_hdr.msg_name)
        self->messages[i].msg_hdr.msg_namelen = sizeof self->from[i];
    }
  return recvmmsg (fd, self->messages, N_BATCH, MSG_DONTWAIT, NULL);
}

static void
send_back (Batch *self, int fd, int n)
{
  for (int i = 0; i < n; i++)
    self->vectors[i].iov_len = self->messages[i].msg_len;
  sendmmsg (fd, self->messages, (guint) n, MSG_DONTWAIT);
}

int
load_udp_echo (void)
{
  g_autofree Batch *batch = batch_new (TRUE);
  int fd = load_bind (SOCK_DGRAM);
  struct pollfd polls[] = { { fd, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };

  while (poll (polls, 2, -1) > 0)
    {
      int n;

      while ((n = receive (batch, fd)) > 0)
        send_back (batch, fd, n);
      if (polls[1].revents && load_is_over ())
        break;
    }
  return 0;
}

static void
send_some (Udp *self, Flow *flow, guint n)
{
  gint64 now = load_now_us ();
  int sent;

  for (guint i = 0; i < n; i++)
    {
      memcpy (self->batch->bytes[i], &now, sizeof now);
      self->batch->vectors[i].iov_len = self->size;
    }
  sent = sendmmsg (flow->fd, self->batch->messages, n, MSG_DONTWAIT);
  /* What its own socket does not take is not sent, so it is not lost either. */
  if (sent > 0)
    {
      self->n_sent += (guint) sent;
      flow->under_way += (guint) sent;
    }
}

static void
note_times (Udp *self, int n)
{
  gint64 now = load_now_us (), sent;

  for (int i = 0; i < n && self->n_times < N_TIMES_MOST; i++)
    {
      memcpy (&sent, self->batch->bytes[i], sizeof sent);
      self->times[self->n_times++] = (guint32) (now - sent);
    }
}

static int
receive_some (Udp *self, Flow *flow)
{
  int n = receive (self->batch, flow->fd);

  if (n <= 0)
    return 0;
  note_times (self, n);
  self->n_received += (guint) n;
  flow->under_way -= MIN (flow->under_way, (guint) n);
  flow->heard_us = load_now_us ();
  return n;
}

static void
receive_ready (Udp *self, int wait_ms, gboolean refill)
{
  if (poll (self->polls, self->n_flows, wait_ms) <= 0)
    return;
  for (guint i = 0; i < self->n_flows; i++)
    if (self->polls[i].revents)
      {
        int n = receive_some (self, &self->flows[i]);

        if (refill && n > 0)
          send_some (self, &self->flows[i], (guint) n);
      }
}

/* Each source keeps its window full: as many are sent as come back. */
static void
run_full (Udp *self, gint64 until_us)
{
  gint64 now;

  while ((now = load_now_us ()) < until_us)
    {
      for (guint i = 0; i < self->n_flows; i++)
        {
          Flow *flow = &self->flows[i];

          if (flow->under_way > 0 && now - flow->heard_us < LOST_US)
            continue;
          flow->under_way = 0;
          flow->heard_us = now;
          send_some (self, flow, WINDOW);
        }
      receive_ready (self, 10, TRUE);
    }
}

/* Evenly, a few at a time, each time from the next source. */
static void
run_paced (Udp *self, gint64 until_us, double rate)
{
  gint64 began = load_now_us (), now;
  guint64 due, sent = 0;

  while ((now = load_now_us ()) < until_us)
    {
      due = (guint64) (rate * (double) (now - began) / G_USEC_PER_SEC);
      while (sent < due)
        {
          guint n = (guint) MIN (due - sent, 8);

          send_some (self, &self->flows[self->next++ % self->n_flows], n);
          sent += n;
        }
      receive_ready (self, 0, FALSE);
    }
}

static void
reset (Udp *self)
{
  gint64 until = load_now_us () + STRAGGLERS_US;

  while (load_now_us () < until)
    receive_ready (self, 10, FALSE);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint32 *x = a, *y = b;

  return *x < *y ? -1 : *x > *y;
}

static guint32
get_percentile (const Udp *self, double part)
{
  return self->n_times ? self->times[(guint) ((self->n_times - 1) * part)] : 0;
}

static void
run (Udp *self, double seconds, double rate)
{
  gint64 until = load_now_us () + (gint64) (seconds * G_USEC_PER_SEC);

  if (rate > 0)
    run_paced (self, until, rate);
  else
    run_full (self, until);
}

static void
udp_init (Udp *self, guint16 port)
{
  self->flows = g_new0 (Flow, self->n_flows);
  self->polls = g_new0 (struct pollfd, self->n_flows);
  self->times = g_new (guint32, N_TIMES_MOST);
  self->batch = batch_new (FALSE);
  for (guint i = 0; i < self->n_flows; i++)
    {
      self->flows[i].fd = load_connect (SOCK_DGRAM, port);
      self->polls[i] = (struct pollfd){ self->flows[i].fd, POLLIN, 0 };
    }
}

int
load_udp (guint16 port, guint size, guint n_flows, double seconds, double rate)
{
  Udp self = { .n_flows = n_flows, .size = MIN (size, SIZE_MOST) };
  gint64 began;
  double took;

  udp_init (&self, port);
  run (&self, 0.2, rate);
  reset (&self);
  self.n_sent = self.n_received = self.n_times = 0;
  load_say_begin ();
  began = load_now_us ();
  run (&self, seconds, rate);
  took = (double) (load_now_us () - began) / G_USEC_PER_SEC;
  reset (&self);
  qsort (self.times, self.n_times, sizeof *self.times, compare);
  printf ("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %f %u %u\n", self.n_sent, self.n_received,
          took, get_percentile (&self, 0.5), get_percentile (&self, 0.99));
  return 0;
}
