/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sweep-target.h"

G_BEGIN_DECLS

/* What the thread tells, while it holds the lock. */
typedef struct
{
  void (*found) (gpointer data, const PtlSweepTarget *target, guint16 port); /* open */
  void (*tick) (gpointer data);                                              /* after every look */
  gpointer data;
} PtlSweepHooks;

/* Asks all that is to be asked at @targets; blocks, in a thread of its own. @lock is held whenever
 * they are touched. */
gboolean ptl_sweep_loop_run (GPtrArray *targets,
                             GMutex *lock,
                             const PtlSweepHooks *hooks,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
