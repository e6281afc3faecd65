/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-sweep-target.h"

G_BEGIN_DECLS

struct _PtlSweep
{
  GObject parent_instance;

  PtlSweepPace pace;  /* of addresses that are added */
  GPtrArray *targets; /* of PtlSweepTarget; fixed once it runs */
  gboolean ran;
  GThread *thread;
  GMainContext *context; /* the task's */
  GError *error;         /* the thread's, until it is joined */
  guint told_done;       /* by the last "progress" */

  GMutex lock;      /* over what follows, and what is in the targets */
  GPtrArray *found; /* of PtlSweepResult: open, not told yet */
  gboolean news_waits;
  gint64 told_us;
};

PtlSweepTarget *ptl_sweep_find (PtlSweep *self, GInetAddress *address, PtlProtocol protocol);
PtlSweepTarget *ptl_sweep_ensure (PtlSweep *self, GInetAddress *address, PtlProtocol protocol);
PtlSweepSummary *ptl_sweep_summarise (const PtlSweepTarget *target);

G_END_DECLS
