/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-engine-thread.h"
#include "ptl-engine.h"
#include "ptl-tally.h"
#include "ptl-targets.h"
#include "ptl-walk.h"

G_BEGIN_DECLS

/* A forward as the main loop knows it; the threads have a PtlSite each. */
typedef struct
{
  gint64 serial;
  GArray *former; /* serials of sites that it moved away from: their connections go on */
  PtlForward *forward;
  guint16 port; /* the first, as bound */
  PtlTally *tally;
  PtlTargets *targets;
} PtlEngineEntry;

/* NULL where there is no such forward. */
const PtlEngineEntry *ptl_engine_get_entry (PtlEngine *self, const char *id);
/* Runs @func in each thread, of which there are some as soon as there is a forward, and waits. */
void ptl_engine_call (PtlEngine *self, PtlEngineFunc func, gpointer data);
guint ptl_engine_get_n_threads (PtlEngine *self);
/* Over all connections of a forward. Of @walk all is set but the serials. */
void ptl_engine_walk (PtlEngine *self, const PtlEngineEntry *entry, PtlWalk *walk);

G_END_DECLS
