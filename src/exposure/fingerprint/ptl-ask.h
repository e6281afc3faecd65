/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-probing.h"

G_BEGIN_DECLS

typedef struct _PtlAsk PtlAsk;

/**
 * PtlAsk:
 *
 * One way to find out whether a certain service answers: bytes to send, and what to make of the
 * answer. Those that bytes need code for stand in ptl-asks.c; those made of data (PtlTalk) are put
 * before them.
 */
struct _PtlAsk
{
  const char *service;
  guint16 ports[6]; /* usual ones, up to a 0 */
  gboolean udp;
  gboolean usual_only;
  gboolean no_tls;
  gboolean greets; /* it speaks first: nothing is sent */
  const PtlTalk *talk;
  /* What is said first (transfer full); NULL where @greets. */
  GBytes *(*say) (const PtlAsk *self, PtlProbing *probing);
  /* Whether the bytes are this service's; writes what they tell. Pure. */
  gboolean (*hear) (const PtlAsk *self, const guint8 *bytes, gsize length, PtlFound *found);
  /* (nullable): finds out more, on @stream or on connections of its own. */
  void (*detail) (const PtlAsk *self, PtlProbing *probing, PtlStream *stream);
};

/* The ones in code, up to one without a service. */
extern const PtlAsk ptl_asks[];

/* @talk as an ask; it borrows it. */
PtlAsk ptl_ask_of_talk (const PtlTalk *talk);
gboolean ptl_ask_is_usual (const PtlAsk *self, guint16 port);

/* Says it on @stream and hears: TRUE where it is this. What came otherwise is in @heard. */
gboolean
ptl_ask_run (const PtlAsk *self, PtlProbing *probing, PtlStream *stream, GByteArray *heard);

G_END_DECLS
