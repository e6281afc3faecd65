/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PtlClock:
 *
 * Where all time comes from. Wall time (CLOCK_REALTIME) says when rules expire; boot time
 * (CLOCK_BOOTTIME, goes on during suspend) paces lease renewals and epochs.
 *
 * Signal `changed (clock)`: the clock was set or turned, or the machine was suspended; who waits
 * for a time computes anew. The worker's alarm emits it by ptl_clock_notify_changed().
 */
#define PTL_TYPE_CLOCK (ptl_clock_get_type ())
G_DECLARE_FINAL_TYPE (PtlClock, ptl_clock, PTL, CLOCK, GObject)

PtlClock *ptl_clock_new (void);
gint64 ptl_clock_get_wall (PtlClock *self);    /* Unix seconds, UTC */
gint64 ptl_clock_get_wall_us (PtlClock *self); /* Unix microseconds, UTC */
gint64 ptl_clock_get_boot_us (PtlClock *self); /* microseconds */
void ptl_clock_notify_changed (PtlClock *self);
/* For tests: moves both clocks by so many microseconds from now on, and emits `changed`. */
void ptl_clock_turn (PtlClock *self, gint64 wall_us, gint64 boot_us);

G_END_DECLS
