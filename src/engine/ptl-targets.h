/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-engine-target.h"
#include "ptl-forward.h"
#include "ptl-target-stats.h"

G_BEGIN_DECLS

#define PTL_TARGETS_ALL (PTL_TARGETS_MAX + 1)

/**
 * PtlTargets:
 *
 * The targets of a forward and how connections are shared among them. What is set is immutable, how the targets fare is
 * shared by the threads; an edit makes a new one, which takes over the targets that stay. Counted.
 */
typedef struct
{
  gatomicrefcount refs;
  guint n;
  PtlEngineTarget *items[PTL_TARGETS_ALL]; /* the first is the rule's own */
  gboolean backup[PTL_TARGETS_ALL];
  PtlBalance balance;
  guint rise;
  guint fall;
  gint64 check_interval_us; /* 0 = no checks */
  gint64 check_timeout_us;
  _Atomic guint turn;
} PtlTargets;

/* @id: of the forward. @before: NULL, or those before an edit. */
PtlTargets *ptl_targets_new (const char *id,
                             const PtlForward *forward,
                             guint n_threads,
                             PtlTargetNews *news,
                             const PtlTargets *before);
PtlTargets *ptl_targets_ref (PtlTargets *self);
void ptl_targets_unref (PtlTargets *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTargets, ptl_targets_unref)

/* What their names may lead to. */
void ptl_targets_set_gate (const PtlTargets *self, PtlGate *gate);
/* -1 where it is not one of them. */
int ptl_targets_find (const PtlTargets *self, const PtlEngineTarget *target);
/* The index of the target for a connection from @source, of those that are not in @tried (a bit each): one that is up,
 * else a backup that is up, else any; -1 where none is left. @n_left: how many of as good ones there are, this
 * one included. @alone: it was out, and this connection alone finds out whether it is back. */
int ptl_targets_choose (PtlTargets *self,
                        const PtlAddress *source,
                        gint64 now_us,
                        guint tried,
                        guint *n_left,
                        gboolean *alone);
/* What a connection came to, for what is thought of its target. @error: an errno, 0 = the name leads nowhere. */
void ptl_targets_took (const PtlTargets *self, PtlEngineTarget *target, gint64 now_us);
/* TRUE: this put it out, for a while, and none is up any more. */
gboolean
ptl_targets_failed (const PtlTargets *self, PtlEngineTarget *target, int error, gint64 now_us);
gboolean ptl_targets_are_all_out (const PtlTargets *self);
/* (transfer full): why none of them is up; NULL where one is. */
GError *ptl_targets_dup_trouble (const PtlTargets *self);
/* (transfer full) (element-type PtlTargetStats): the first target first. */
GPtrArray *ptl_targets_list (const PtlTargets *self);

G_END_DECLS
