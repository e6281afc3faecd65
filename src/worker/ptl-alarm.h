/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"

G_BEGIN_DECLS

/**
 * PtlAlarm:
 *
 * Waits for one time of a #PtlClock, in the main context that was the thread's default when it was
 * made. While none is set nothing wakes the process. A clock that is set or turned, and a suspend,
 * are taken into account; while any alarm is set, they make the clock emit `changed`.
 */
#define PTL_TYPE_ALARM (ptl_alarm_get_type ())
G_DECLARE_FINAL_TYPE (PtlAlarm, ptl_alarm, PTL, ALARM, GObject)

typedef void (*PtlAlarmFunc) (gpointer data);

PtlAlarm *ptl_alarm_new (PtlClock *clock);
/* Calls @func once when the wall clock shows @unix_us or later; at once, from the main loop, where
 * it does already. What was set before is replaced. @func may set the alarm again. */
void ptl_alarm_set_wall (PtlAlarm *self, gint64 unix_us, PtlAlarmFunc func, gpointer data);
/* The same for the time since boot, suspend included. */
void ptl_alarm_set_boot (PtlAlarm *self, gint64 boot_us, PtlAlarmFunc func, gpointer data);
void ptl_alarm_clear (PtlAlarm *self);

G_END_DECLS
