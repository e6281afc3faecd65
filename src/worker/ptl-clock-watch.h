/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"

G_BEGIN_DECLS

/**
 * PtlClockWatch:
 *
 * Makes a clock emit `changed` when the system's wall clock is set or the machine wakes from
 * suspend. There is one for each clock and it costs no wake-ups. Held by alarms that are set.
 */
typedef struct _PtlClockWatch PtlClockWatch;

PtlClockWatch *ptl_clock_watch_acquire (PtlClock *clock);
void ptl_clock_watch_release (PtlClockWatch *self);

G_END_DECLS
