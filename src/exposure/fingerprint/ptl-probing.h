/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-fingerprints.h"
#include "ptl-stream.h"

G_BEGIN_DECLS

/* What has been found out. Texts are safe to show; NULL = not known. */
typedef struct
{
  char *service;
  char *product;
  char *version;
  int auth;                          /* PTL_AUTH_UNTOLD = not asked yet */
  GPtrArray *evidence;               /* (element-type utf8) */
  const PtlApplication *application; /* where it is a web application */
  gboolean last;                     /* no further step of a talk is wanted */
  gboolean weak;                     /* SSH: a password is taken; RDP: without NLA; SMB: SMB1 */
} PtlFound;

/**
 * PtlProbing:
 *
 * One endpoint being looked at, by one thread: how to reach it, until when, and what is known so
 * far.
 */
typedef struct
{
  PtlFingerprints *set; /* (nullable) until ptl_probing_want_set() */
  PtlDial *dial;
  GInetAddress *address;
  guint16 port;
  GCancellable *cancellable; /* (nullable) */
  char *host;                /* the address as it stands in a URI: "[::1]" */
  gint64 deadline_us;        /* of all of it */
  gint64 patience_us;        /* how long this peer may take to answer */
  gboolean hurry;            /* somebody is kept waiting: the first word decides */
  gint64 spoken_us;          /* the deadline of a hurry, once something was heard */
  gboolean unfinished;       /* more is to be found out, had it the time */
  gboolean in_tls;           /* connections begin TLS now */
  const char *priority;      /* with this of GnuTLS */
  const char *sni;           /* (nullable): and this name */
  PtlTlsFacts *tls;
  gboolean wants_our_name; /* a client certificate is asked for */
  PtlSeenState state;
  guint n_refused; /* connections, though it was open */
  PtlFound found;
  GByteArray *first; /* the first bytes that nobody recognised */
} PtlProbing;

PtlProbing *ptl_probing_new (PtlFingerprints *set,
                             PtlDial *dial,
                             GInetAddress *address,
                             guint16 port,
                             GCancellable *cancellable);
void ptl_probing_free (PtlProbing *self);
/* Reads what is built in, where it was made without a set: that takes a moment. */
void ptl_probing_want_set (PtlProbing *self);
/* Somebody is kept waiting: see ptl_identify_soon_async(). */
void ptl_probing_set_hurry (PtlProbing *self);
/* It has said something: a hurry goes on a little longer. */
void ptl_probing_note_words (PtlProbing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlProbing, ptl_probing_free)

/* TRUE where it has to end: its time is over, or it is cancelled. */
gboolean ptl_probing_is_over (PtlProbing *self);
/* A connection for one probe, inside TLS where that is how it is spoken here; NULL where none came
 * about. */
PtlStream *ptl_probing_open (PtlProbing *self);
/* A socket for datagrams. */
PtlStream *ptl_probing_open_udp (PtlProbing *self);
/* Keeps @bytes, where no earlier ones are kept. */
void ptl_probing_keep_first (PtlProbing *self, const void *bytes, gsize length);

/* Later words go over earlier ones; NULL and PTL_AUTH_UNTOLD change nothing. */
void ptl_found_set (PtlFound *self, const char *service, const char *product, const char *version);
void ptl_found_set_auth (PtlFound *self, int auth);
/* Adds a sentence of evidence, made safe. */
void ptl_found_note (PtlFound *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void ptl_found_clear (PtlFound *self);

/* Severity, advice and the rest, as what is known is told. */
PtlIdentity *ptl_probing_to_identity (PtlProbing *self);

G_END_DECLS
