/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-udp-batch.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>

/* The largest datagram, and what UDP_GRO puts together at most. */
#define PIECE_MOST 65536
/* Not a power of two: else the beginnings of all of them would share a few lines of the cache. */
#define STRIDE (PIECE_MOST + 320)

struct _PtlUdpBatch
{
  struct mmsghdr messages[PTL_UDP_BATCH];
  struct iovec vectors[PTL_UDP_BATCH];
  PtlSockaddr names[PTL_UDP_BATCH];
  PtlUdpControl controls[PTL_UDP_BATCH];
  PtlUdpPiece pieces[PTL_UDP_BATCH];
  guint n_used;
  gboolean is_single; /* the system has no recvmmsg() for us */
  guint8 *memory;
};

PtlUdpBatch *
ptl_udp_batch_new (void)
{
  PtlUdpBatch *self = g_new0 (PtlUdpBatch, 1);

  self->memory = g_malloc (PTL_UDP_BATCH * STRIDE);
  for (guint i = 0; i < PTL_UDP_BATCH; i++)
    {
      self->vectors[i] = (struct iovec){ self->memory + i * STRIDE, PIECE_MOST };
      self->messages[i].msg_hdr.msg_iov = &self->vectors[i];
      self->messages[i].msg_hdr.msg_iovlen = 1;
      self->messages[i].msg_hdr.msg_name = &self->names[i];
      self->messages[i].msg_hdr.msg_control = &self->controls[i];
    }
  self->n_used = PTL_UDP_BATCH;
  return self;
}

void
ptl_udp_batch_free (PtlUdpBatch *self)
{
  if (!self)
    return;
  g_free (self->memory);
  g_free (self);
}

/* udp(7), UDP_GRO: 0 where it is one datagram. */
static guint
get_segment (struct msghdr *message)
{
  for (struct cmsghdr *i = CMSG_FIRSTHDR (message); i; i = CMSG_NXTHDR (message, i))
    if (i->cmsg_level == SOL_UDP && i->cmsg_type == UDP_GRO)
      {
        int size;

        memcpy (&size, CMSG_DATA (i), sizeof size);
        return (guint) MAX (0, size);
      }
  return 0;
}

static int
receive (PtlUdpBatch *self, int fd)
{
  ssize_t n;

  if (!self->is_single)
    {
      int got = recvmmsg (fd, self->messages, PTL_UDP_BATCH, MSG_DONTWAIT, NULL);

      if (got >= 0 || (errno != ENOSYS && errno != EPERM))
        return got;
      self->is_single = TRUE;
    }
  n = recvmsg (fd, &self->messages[0].msg_hdr, MSG_DONTWAIT);
  if (n < 0)
    return -1;
  self->messages[0].msg_len = (unsigned) n;
  return 1;
}

int
ptl_udp_batch_receive (PtlUdpBatch *self, int fd)
{
  int n;

  for (guint i = 0; i < self->n_used; i++)
    {
      self->messages[i].msg_hdr.msg_namelen = sizeof (PtlSockaddr);
      self->messages[i].msg_hdr.msg_controllen = sizeof (PtlUdpControl);
    }
  n = receive (self, fd);
  self->n_used = MIN ((guint) MAX (0, n) + 1, PTL_UDP_BATCH); /* one that failed may be touched */
  for (int i = 0; i < n; i++)
    {
      PtlUdpPiece *piece = &self->pieces[i];
      guint segment = get_segment (&self->messages[i].msg_hdr);

      piece->data = self->vectors[i].iov_base;
      piece->n = self->messages[i].msg_len;
      piece->segment = segment > 0 && segment < piece->n ? segment : piece->n;
    }
  return n;
}

PtlUdpPiece *
ptl_udp_batch_get_pieces (PtlUdpBatch *self)
{
  return self->pieces;
}

void
ptl_udp_batch_get_key (PtlUdpBatch *self, guint i, guint16 offset, PtlUdpKey *key)
{
  ptl_udp_key_init (key, &self->messages[i].msg_hdr, offset);
}
