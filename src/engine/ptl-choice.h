/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-site.h"

G_BEGIN_DECLS

/**
 * PtlChoice:
 *
 * The target that a connection has, or tries at present; embedded in it, and the thread's. All zero = none yet. It counts
 * for the target.
 */
struct _PtlChoice
{
  PtlEngineTarget *target;
  PtlTargetCounters *counters; /* this thread's */
  guint16 tried;               /* a bit for each target that would not have it */
  guint8 n_left;               /* as good ones that are left to try, @target included */
  guint8 alone : 1;            /* it finds out whether the target is back */
  guint8 taken : 1;            /* the target has taken it: it stays there for its life */
};

/* The first or the next target for a connection from @source. FALSE: none is left. */
gboolean ptl_choice_next (PtlChoice *self, PtlSite *site, const PtlAddress *source);
/* The target did not take it. @error: an errno, 0 = its name leads nowhere. */
void ptl_choice_failed (PtlChoice *self, PtlSite *site, int error);
void ptl_choice_took (PtlChoice *self, PtlSite *site);
/* The connection ends, or begins anew. */
void ptl_choice_clear (PtlChoice *self);
/* After an edit, while no target has taken it yet. FALSE: the one at hand is not among the targets any more, and it is
 * to begin anew. */
gboolean ptl_choice_stays (PtlChoice *self, PtlSite *site);

/* @in: from the one who connects towards the target. */
static inline void
ptl_choice_count (PtlChoice *self, gboolean in, gsize n)
{
  ptl_count (in ? &self->counters->bytes_in : &self->counters->bytes_out, (gint64) n);
}

static inline void
ptl_choice_count_packets (PtlChoice *self, gboolean in, guint n)
{
  ptl_count (in ? &self->counters->packets_in : &self->counters->packets_out, n);
}

G_END_DECLS
