/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PTL_BACKOFF_FIRST_US G_USEC_PER_SEC
#define PTL_BACKOFF_MOST_US (60 * G_USEC_PER_SEC)

/* How long to wait before try number @attempt (0 = the first one after a failure), in microseconds:
 * one second doubling to sixty, less up to a quarter by @random (0 to 1), so that many clients of a
 * relay that was away do not come back all at once. */
gint64 ptl_backoff_get_us (guint attempt, double random);

G_END_DECLS
