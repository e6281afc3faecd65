/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE_MOST 2000
#define N_BATCH 32
#define PIECE_MOST 65536
/* Datagrams of a source that are under way at a time, where no rate is given. */
#define WINDOW 32
/* What is not back by then is lost. */
#define LOST_US (50 * 1000)
/* How often a rate is kept to: the processor is the forwarder's in between. */
#define TICK_US 100
#define STRAGGLERS_US (200 * 1000)
#define N_TIMES_MOST (4 * 1024 * 1024)

/* Merged: a burst goes out, and comes in, in one piece of equal datagrams (UDP_SEGMENT, UDP_GRO), as a network card
 * and its driver hand it over, so that the near ends are no hindrance. A forwarder that does not know of that gets
 * the datagrams one by one. Else the near ends send and receive them one by one, many in a call. */
typedef union
{
  struct cmsghdr align;
  char bytes[CMSG_SPACE (sizeof (int))];
} Control;

/* Room for a batch in one call of the kernel. */
typedef struct
{
  struct mmsghdr messages[N_BATCH];
  struct iovec vectors[N_BATCH];
  struct sockaddr_in from[N_BATCH];
  Control controls[N_BATCH];
  char bytes[N_BATCH][PIECE_MOST];
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
  gboolean merged;
} Udp;

static Batch *
batch_new (gboolean with_from)
{
  Batch *self = g_new0 (Batch, 1);

  for (guint i = 0; i < N_BATCH; i++)
    {
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
      self->vectors[i].iov_base = self->bytes[i];
      self->vectors[i].iov_len = PIECE_MOST;
      self->messages[i].msg_hdr.msg_control = &self->controls[i];
      self->messages[i].msg_hdr.msg_controllen = sizeof self->controls[i];
      if (self->messages[i].msg_hdr.msg_name)
        self->messages[i].msg_hdr.msg_namelen = sizeof self->from[i];
    }
  return recvmmsg (fd, self->messages, N_BATCH, MSG_DONTWAIT, NULL);
}

/* Of the datagrams that came in one piece. */
static guint
get_size (Batch *self, int i)
{
  struct msghdr *message = &self->messages[i].msg_hdr;
  struct cmsghdr *control = CMSG_FIRSTHDR (message);
  int size = 0;

  if (control && control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO)
    memcpy (&size, CMSG_DATA (control), sizeof size);
  return size > 0 ? (guint) size : self->messages[i].msg_len;
}

static guint
count (Batch *self, int i)
{
  guint size = get_size (self, i);

  return size > 0 ? (self->messages[i].msg_len + size - 1) / size : 1;
}

/* @n bytes, to go as datagrams of @size. */
static void
prepare (Batch *self, int i, gsize n, guint size)
{
  struct msghdr *message = &self->messages[i].msg_hdr;
  struct cmsghdr *control = &self->controls[i].align;
  guint16 segment = (guint16) size;

  self->vectors[i].iov_len = n;
  message->msg_control = n > size ? control : NULL;
  message->msg_controllen = n > size ? CMSG_SPACE (sizeof segment) : 0;
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN (sizeof segment);
  memcpy (CMSG_DATA (control), &segment, sizeof segment);
}

static void
send_back (Batch *self, int fd, int n)
{
  for (int i = 0; i < n; i++)
    prepare (self, i, self->messages[i].msg_len, get_size (self, i));
  sendmmsg (fd, self->messages, (guint) n, MSG_DONTWAIT);
}

int
load_udp_echo (gboolean merged)
{
  g_autofree Batch *batch = batch_new (TRUE);
  int fd = load_bind (SOCK_DGRAM);
  struct pollfd polls[] = { { fd, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };

  load_set_int (fd, SOL_UDP, UDP_GRO, merged);
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

/* Returns how many of the @n messages went. */
static int
send_messages (Udp *self, int fd, guint n, gsize n_bytes)
{
  for (guint i = 0; i < n; i++)
    {
      self->batch->vectors[i].iov_base = self->batch->bytes[0] + i * n_bytes;
      prepare (self->batch, (int) i, n_bytes, self->size);
    }
  return sendmmsg (fd, self->batch->messages, n, MSG_DONTWAIT);
}

/* The first bytes of each say when. */
static guint
send_burst (Udp *self, int fd, guint n)
{
  gint64 now = load_now_us ();
  int sent;

  for (guint i = 0; i < n; i++)
    memcpy (self->batch->bytes[0] + i * self->size, &now, sizeof now);
  if (self->merged)
    return send_messages (self, fd, 1, n * self->size) == 1 ? n : 0;
  sent = send_messages (self, fd, n, self->size);
  return (guint) MAX (0, sent);
}

/* What its own socket does not take is not sent, so it is not lost either. */
static void
send_some (Udp *self, Flow *flow, guint n)
{
  for (guint part; n > 0; n -= part)
    {
      guint sent;

      part = MIN (n, N_BATCH);
      sent = send_burst (self, flow->fd, part);
      self->n_sent += sent;
      flow->under_way += sent;
    }
}

static void
note_times (Udp *self, int i)
{
  gint64 now = load_now_us (), sent;
  guint size = get_size (self->batch, i), n = count (self->batch, i);

  for (guint j = 0; j < n && self->n_times < N_TIMES_MOST; j++)
    {
      memcpy (&sent, self->batch->bytes[i] + j * size, sizeof sent);
      self->times[self->n_times++] = (guint32) (now - sent);
    }
}

static guint
receive_some (Udp *self, Flow *flow)
{
  int n_pieces = receive (self->batch, flow->fd);
  guint n = 0;

  for (int i = 0; i < n_pieces; i++)
    {
      n += count (self->batch, i);
      note_times (self, i);
    }
  if (n == 0)
    return 0;
  self->n_received += n;
  flow->under_way -= MIN (flow->under_way, n);
  flow->heard_us = load_now_us ();
  return n;
}

static void
receive_ready (Udp *self, long wait_us, gboolean refill)
{
  struct timespec wait = { .tv_nsec = wait_us * 1000 };

  if (ppoll (self->polls, self->n_flows, &wait, NULL) <= 0)
    return;
  for (guint i = 0; i < self->n_flows; i++)
    if (self->polls[i].revents)
      {
        guint n = receive_some (self, &self->flows[i]);

        if (refill && n > 0)
          send_some (self, &self->flows[i], n);
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
      receive_ready (self, 10 * 1000, TRUE);
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
      receive_ready (self, TICK_US, FALSE);
    }
}

static void
reset (Udp *self)
{
  gint64 until = load_now_us () + STRAGGLERS_US;

  while (load_now_us () < until)
    receive_ready (self, 10 * 1000, FALSE);
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
      load_set_int (self->flows[i].fd, SOL_UDP, UDP_GRO, self->merged);
      self->polls[i] = (struct pollfd){ self->flows[i].fd, POLLIN, 0 };
    }
}

int
load_udp (gboolean merged, guint16 port, guint size, guint n_flows, double seconds, double rate)
{
  Udp self = { .merged = merged, .n_flows = n_flows, .size = CLAMP (size, sizeof (gint64), SIZE_MOST) };
  gint64 began;
  double took;

  prctl (PR_SET_TIMERSLACK, 1000);
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
