/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why the engine would not carry a connection, a session or a datagram. */
typedef enum
{
  PTL_REFUSED_AUDIENCE,
  PTL_REFUSED_BANNED,
  PTL_REFUSED_TOTAL,       /* connections at a time */
  PTL_REFUSED_SOURCE,      /* connections at a time of one source */
  PTL_REFUSED_RATE,        /* new ones per second */
  PTL_REFUSED_SOURCE_RATE, /* new ones per second of one source */
  PTL_REFUSED_PROXY,       /* a bad or missing PROXY header */
  PTL_REFUSED_TARGET,      /* no target would take it */
  PTL_REFUSED_REPLIES,     /* the bound on UDP replies to a source that has not proved itself */
  PTL_REFUSED_BYTES,       /* a UDP datagram beyond the bytes per second */
  PTL_N_REFUSED,
} PtlRefused;

/* "audience", "banned", "total", "source", "rate", "source-rate", "proxy", "target", "replies", "bytes". */
const char *ptl_refused_to_string (PtlRefused self);

G_END_DECLS
