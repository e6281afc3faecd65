/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"

G_BEGIN_DECLS

/**
 * PtlCountdown:
 *
 * Calls back once, from the main loop, when the clock's boot time has come; a clock that is turned
 * or a machine that was suspended is taken into account. Freed before that, it never calls.
 */
typedef struct _PtlCountdown PtlCountdown;
typedef void (*PtlCountdownFunc) (gpointer user_data);

/* @delay_us: from now, in boot time. */
PtlCountdown *
ptl_countdown_new (PtlClock *clock, gint64 delay_us, PtlCountdownFunc func, gpointer user_data);
void ptl_countdown_free (PtlCountdown *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlCountdown, ptl_countdown_free)

G_END_DECLS
