/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-changes.h"
#include "worker/ptl-notifier.h"

G_BEGIN_DECLS

/**
 * PtlScheduler:
 *
 * Ends rules when their time is over, by wall clock, and says so ten minutes and one minute before. One alarm for
 * the next of all these times: nothing wakes between them.
 */
#define PTL_TYPE_SCHEDULER (ptl_scheduler_get_type ())
G_DECLARE_FINAL_TYPE (PtlScheduler, ptl_scheduler, PTL, SCHEDULER, GObject)

/* @notifier: NULL where there is nobody to tell. */
PtlScheduler *ptl_scheduler_new (PtlClock *clock, PtlInventory *inventory, PtlChanges *changes, PtlNotifier *notifier);
/* Closes what is over now. */
void ptl_scheduler_run (PtlScheduler *self);

G_END_DECLS
