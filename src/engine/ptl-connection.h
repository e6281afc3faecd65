/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-endpoint.h"
#include "ptl-choice.h"
#include "ptl-sources.h"

G_BEGIN_DECLS

/**
 * PtlConnection:
 *
 * What a TCP connection and a UDP session have in common, embedded in them. Belongs to the thread.
 */
struct _PtlConnection
{
  guint64 id;
  PtlConnection *younger;
  PtlConnection *older;
  gint64 began_us; /* CLOCK_BOOTTIME */
  guint64 bytes_in;
  guint64 bytes_out;
  PtlSourceEntry *entry; /* of its source, which it counts for; NULL = has not begun */
  guint64 told_in;       /* what of the bytes the entry has */
  guint64 told_out;
  PtlChoice choice;
  PtlAddress to; /* where it is connected to; family 0 = nowhere yet, or a unix socket */
  guint16 to_port;
  PtlBucket buckets[2]; /* of its own bytes: from the client, from the target */
  gboolean udp;
};

/* What of it only its kind knows. */
typedef struct
{
  PtlAddress source;
  guint16 port;
  gint64 used_us;
} PtlConnectionEnds;

/* A connection taken down in its thread, where nothing is spelled out. */
typedef struct
{
  guint64 id;
  PtlProtocol protocol;
  PtlAddress source;
  guint16 port;
  PtlAddress to;
  guint16 to_port;
  char path[sizeof ((struct sockaddr_un *) NULL)->sun_path]; /* where @to is of no family; "" = nowhere yet */
  gint64 age_us;
  gint64 idle_us;
  guint64 bytes_in;
  guint64 bytes_out;
} PtlConnectionRecord;

/* Numbers it, counts it, and puts it first among the site's.
 * @entry: (transfer full): from ptl_admission_begin(). */
void ptl_connection_begin (PtlConnection *self,
                           PtlSite *site,
                           PtlProtocol protocol,
                           PtlSourceEntry *entry);
/* Gives its source the bytes that it did not have yet. */
void ptl_connection_tell_source (PtlConnection *self);
/* Of one that never began too. The site may be gone afterwards. */
void ptl_connection_end (PtlConnection *self, PtlSite *site);
/* A target has taken it. */
void ptl_connection_connected (PtlConnection *self, PtlSite *site);
/* @address: but for its port. Kept, because asking the system for each of many takes too long. */
void ptl_connection_set_target (PtlConnection *self, const PtlSockaddr *address, guint16 port);
void ptl_connection_first_byte (PtlConnection *self, PtlSite *site);

/* @in: from the one who connects towards the target. Who sees the rule's bytes sees all else that
 * comes of them. */
static inline void
ptl_connection_count (PtlConnection *self, PtlSite *site, gboolean in, gsize n)
{
  ptl_choice_count (&self->choice, in, n);
  if (G_UNLIKELY (!in && self->bytes_out == 0))
    ptl_connection_first_byte (self, site);
  if (in)
    self->bytes_in += n;
  else
    self->bytes_out += n;
  ptl_site_count_bytes (site, in, n);
}

void ptl_connection_get_ends (const PtlConnection *self, PtlConnectionEnds *ends);
void
ptl_connection_record (const PtlConnection *self, const PtlSite *site, PtlConnectionRecord *record);
/* Ends it now, TCP with a reset. */
void ptl_connection_cut (PtlConnection *self);

G_END_DECLS
