/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"

G_BEGIN_DECLS

/**
 * PtlAlarm:
 *
 * Calls back once, from the main loop, when the clock's boot time has come; a clock that is turned or a machine that
 * was suspended is taken into account. Freed before that, it never calls.
 */
typedef struct _PtlAlarm PtlAlarm;
typedef void (*PtlAlarmFunc) (gpointer user_data);

/* @delay_us: from now, in boot time. */
PtlAlarm *ptl_alarm_new (PtlClock *clock, gint64 delay_us, PtlAlarmFunc func, gpointer user_data);
void ptl_alarm_free (PtlAlarm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlAlarm, ptl_alarm_free)

G_END_DECLS
