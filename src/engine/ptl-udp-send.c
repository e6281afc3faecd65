/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-send.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

#define N_MESSAGES 32
#define N_VECTORS 64
/* What one call may be split into: UDP_MAX_SEGMENTS of the older kernels, and the largest IP packet
 * less its headers. */
#define N_SEGMENTS 64
#define RUN_BYTES_MOST 65000

/* Datagrams of equal size in a row, of which the last may be smaller: the system splits them. */
typedef struct
{
  guint segment;
  guint n;    /* datagrams */
  guint most; /* datagrams */
  gboolean open;
} Run;

typedef struct
{
  PtlUdpSending *sending;
  struct mmsghdr messages[N_MESSAGES];
  Run runs[N_MESSAGES];
  PtlUdpControl controls[N_MESSAGES];
  struct iovec vectors[N_VECTORS];
  guint n_messages;
  guint n_vectors;
  PtlSockaddr to;
  PtlUdpControl from;
  gsize n_from;
  gboolean stopped;
} Outbox;

guint16
ptl_udp_probe_segments (int fd)
{
  int none = 0;

  return setsockopt (fd, SOL_UDP, UDP_SEGMENT, &none, sizeof none) == 0 ? G_MAXUINT16 : 0;
}

static void
set_segment (struct msghdr *message, gsize at, guint16 size)
{
  struct cmsghdr *header = (gpointer) ((guint8 *) message->msg_control + at);

  header->cmsg_len = CMSG_LEN (sizeof size);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  memcpy (CMSG_DATA (header), &size, sizeof size);
  message->msg_controllen = at + CMSG_SPACE (sizeof size);
}

static void
address (Outbox *self, guint i)
{
  struct msghdr *message = &self->messages[i].msg_hdr;

  message->msg_name = self->sending->key ? &self->to : NULL;
  message->msg_namelen = self->sending->key ? ptl_sockaddr_get_length (&self->to) : 0;
  message->msg_control = &self->controls[i];
  message->msg_controllen = self->n_from;
  memcpy (&self->controls[i], &self->from, self->n_from);
  if (self->runs[i].n > 1)
    set_segment (message, self->n_from, (guint16) self->runs[i].segment);
  if (message->msg_controllen == 0)
    message->msg_control = NULL;
}

static void
count (Outbox *self, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      self->sending->n_datagrams += self->runs[i].n;
      self->sending->n_bytes += self->messages[i].msg_len;
    }
}

/* A device that cannot, or segments that its packets do not hold: so by themselves, and what is as
 * large as these at once next time. */
static void
send_split (Outbox *self, guint i, int error)
{
  const struct msghdr *message = &self->messages[i].msg_hdr;
  guint segment = self->runs[i].segment;
  PtlUdpPiece pieces[N_VECTORS];

  *self->sending->segment_most = error == EINVAL || error == EMSGSIZE ? (guint16) (segment - 1) : 0;
  for (guint j = 0; j < message->msg_iovlen; j++)
    {
      guint n = (guint) message->msg_iov[j].iov_len;

      pieces[j] = (PtlUdpPiece){ message->msg_iov[j].iov_base, n, MIN (n, segment) };
    }
  ptl_udp_send (self->sending, pieces, (guint) message->msg_iovlen);
}

/* Not about how large the datagrams are: a firewall, or no route. */
static gboolean
is_about_way (int error)
{
  return error == EPERM || error == EACCES || error == ECONNREFUSED || error == EHOSTUNREACH
         || error == ENETUNREACH;
}

/* An ICMP error belongs to an earlier datagram and keeps this one from being sent: so once again.
 * TRUE: through with this message. */
static gboolean
fail (Outbox *self, guint i, int error, gboolean again)
{
  if (error == EAGAIN || error == ENOBUFS || error == ENOMEM)
    {
      self->stopped = TRUE;
      return TRUE;
    }
  if (error == ECONNREFUSED)
    {
      self->sending->refused = TRUE;
      self->stopped = self->sending->stops;
    }
  if (!again)
    return self->stopped;
  if (self->runs[i].n > 1 && !is_about_way (error))
    send_split (self, i, error);
  return TRUE;
}

/* As sendmmsg(); one by one where the system or a sandbox does not have it for us. */
static int
send_many (int fd, struct mmsghdr *messages, guint n)
{
  int sent = sendmmsg (fd, messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
  ssize_t one;

  if (sent >= 0 || (errno != ENOSYS && errno != EPERM))
    return sent;
  one = sendmsg (fd, &messages->msg_hdr, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (one < 0)
    return -1;
  messages->msg_len = (unsigned) one;
  return 1;
}

static void
flush (Outbox *self)
{
  guint done = 0;
  gboolean again = FALSE;

  for (guint i = 0; i < self->n_messages; i++)
    address (self, i);
  while (done < self->n_messages && !self->stopped)
    {
      int n = send_many (self->sending->fd, &self->messages[done], self->n_messages - done);

      if (n > 0)
        {
          count (self, done, (guint) n);
          done += (guint) n;
          again = FALSE;
          continue;
        }
      again = !fail (self, done, errno, again);
      done += !again;
    }
  self->n_messages = self->n_vectors = 0;
}

static guint
get_most (const PtlUdpSending *self, guint segment)
{
  if (segment == 0 || segment > *self->segment_most)
    return 1;
  return CLAMP (RUN_BYTES_MOST / segment, 1, N_SEGMENTS);
}

/* The last one where @segment may go with it, else a new one. */
static guint
get_run (Outbox *self, guint segment, gboolean whole)
{
  Run *run = self->n_messages ? &self->runs[self->n_messages - 1] : NULL;

  if (self->n_vectors == N_VECTORS)
    flush (self);
  else if (run && run->open && run->n < run->most
           && (segment == run->segment || (whole && segment > 0 && segment < run->segment)))
    return self->n_messages - 1;
  if (self->n_messages == N_MESSAGES)
    flush (self);
  self->runs[self->n_messages] = (Run){ segment, 0, get_most (self->sending, segment), TRUE };
  self->messages[self->n_messages].msg_hdr
      = (struct msghdr){ .msg_iov = &self->vectors[self->n_vectors] };
  return self->n_messages++;
}

/* As much of it as the run takes; returns how many bytes. */
static guint
put (Outbox *self, const guint8 *data, guint n, guint segment)
{
  guint i = get_run (self, segment, n == segment);
  Run *run = &self->runs[i];
  guint part = MIN (n, (run->most - run->n) * run->segment);

  self->vectors[self->n_vectors++] = (struct iovec){ (guint8 *) data, part };
  self->messages[i].msg_hdr.msg_iovlen++;
  run->n += run->segment ? (part + run->segment - 1) / run->segment : 1;
  run->open = run->segment > 0 && part % run->segment == 0;
  return part;
}

void
ptl_udp_send (PtlUdpSending *self, const PtlUdpPiece *pieces, guint n)
{
  Outbox outbox;

  outbox.sending = self;
  outbox.n_messages = outbox.n_vectors = 0;
  outbox.stopped = FALSE;
  outbox.n_from = 0;
  if (self->key)
    {
      ptl_udp_key_get_peer (self->key, &outbox.to);
      outbox.n_from = ptl_udp_key_set_control (self->key, &outbox.from);
    }
  for (guint i = 0; i < n && !outbox.stopped; i++)
    {
      guint at = 0;

      do
        at += put (&outbox, pieces[i].data + at, pieces[i].n - at,
                   MIN (pieces[i].segment, pieces[i].n - at));
      while (at < pieces[i].n);
    }
  flush (&outbox);
}
