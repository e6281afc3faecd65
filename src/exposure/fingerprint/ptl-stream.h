/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gnutls/gnutls.h>

#include "exposure/ptl-dial.h"

G_BEGIN_DECLS

/* The most that one connection reads, TLS records and all. */
#define PTL_STREAM_MAX_BYTES (64 * 1024)

/* What became of the last reading. */
typedef enum
{
  PTL_STREAM_OPEN,
  PTL_STREAM_ENDED, /* closed in order by the peer */
  PTL_STREAM_RESET,
  PTL_STREAM_FULL, /* it sent more than one may */
} PtlStreamEnd;

/**
 * PtlStream:
 *
 * One connection of a probe, with TLS or without: non-blocking underneath, and each call ends at
 * its deadline, after %PTL_STREAM_MAX_BYTES, or when it is cancelled. Datagrams too.
 */
typedef struct
{
  int fd;
  gnutls_session_t tls;
  gsize budget; /* bytes that may still be read */
  gint64 deadline_us;
  gint64 first_us; /* of the first byte of TLS; 0 = the deadline alone */
  GCancellable *cancellable;
  PtlStreamEnd end;
  GByteArray *raw;         /* the first bytes of a peer that was asked for TLS */
  gboolean wants_our_name; /* it asked for a client certificate */
  int alert;               /* the last TLS alert, or -1 */
} PtlStream;

/* Takes over @fd. */
PtlStream *ptl_stream_new (int fd, gint64 deadline_us, GCancellable *cancellable);
void ptl_stream_free (PtlStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlStream, ptl_stream_free)

/* Begins TLS by @priority (of GnuTLS). FALSE where it does not come about: @raw then has what the
 * peer said. @name: (nullable): the host's, for SNI. No certificate is believed or refused. */
gboolean ptl_stream_start_tls (PtlStream *self, const char *priority, const char *name);

/* FALSE where not all of it could be sent. */
gboolean ptl_stream_write (PtlStream *self, const void *data, gsize length);
/* Appends what there is to @into, without waiting. The number of bytes; 0 where there was nothing.
 */
gsize ptl_stream_read_now (PtlStream *self, GByteArray *into);
/* Appends to @into until it has @max bytes, the peer ends, @wait_us are over without a byte, or the
 * peer paused for @settle_us after some. FALSE where nothing came. */
gboolean
ptl_stream_read (PtlStream *self, GByteArray *into, gsize max, gint64 wait_us, gint64 settle_us);

G_END_DECLS
