/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-connection.h"

G_BEGIN_DECLS

/* So many at a time: a thread that carries bytes is not held up for long. */
#define PTL_WALK_STEP 100

typedef struct _PtlWalk PtlWalk;

/* Runs in the thread of @connection, which it may end. */
typedef void (*PtlWalkFunc) (PtlWalk *walk, PtlSite *site, PtlConnection *connection);

/* Where one thread has got to. */
typedef struct _PtlWalker
{
  PtlConnection *next; /* kept living by ptl_connection_end() */
  guint site;          /* which of the serials */
  guint n_seen;        /* of this site */
  gboolean inside;
  gpointer found; /* what the func makes of it */
} PtlWalker;

/**
 * PtlWalk:
 *
 * Goes over the living connections of a forward, from the youngest on, in all threads at a time and
 * in steps. One walk at a time in an engine.
 */
struct _PtlWalk
{
  const gint64 *serials;
  guint n_serials;
  guint limit; /* of one site in one thread */
  PtlWalkFunc func;
  gconstpointer data;
  PtlWalker walkers[PTL_ENGINE_N_THREADS_MOST];
};

/* An order for ptl_engine_threads_call(), to be repeated until the walk is over. */
void ptl_walk_step (PtlEngineThread *thread, gpointer walk);
/* Between two steps. */
gboolean ptl_walk_is_over (const PtlWalk *self, guint n_threads);

/* For a walk's func: this thread's part of it. */
static inline PtlWalker *
ptl_walk_get_walker (PtlWalk *self, const PtlSite *site)
{
  return &self->walkers[site->thread->index];
}

G_END_DECLS
