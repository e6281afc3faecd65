/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/**
 * PtlBucket:
 *
 * A token bucket that any thread may take from: not a level that somebody has to refill, but the time
 * until which its rate is booked, which is the same thing and one number. Zeroed = full. The rate is
 * the caller's, tokens per second, so that an edit has nothing to convert.
 */
typedef struct
{
  _Atomic gint64 booked_until_ns; /* CLOCK_BOOTTIME */
} PtlBucket;

/* Takes @n tokens where @burst_us worth of them covers that; else none. */
gboolean
ptl_bucket_take (PtlBucket *self, guint64 rate, gint64 burst_us, guint64 n, gint64 now_us);
/* Takes @n tokens where one is left, however many they are: the next ones wait for longer. For what
 * cannot be split. */
gboolean
ptl_bucket_overdraw (PtlBucket *self, guint64 rate, gint64 burst_us, guint64 n, gint64 now_us);
/* Takes @n tokens ahead and returns from when on (in microseconds) they are there: the turns of those
 * who wait come in the order in which they booked. */
gint64 ptl_bucket_book (PtlBucket *self, guint64 rate, gint64 burst_us, guint64 n, gint64 now_us);
void ptl_bucket_give_back (PtlBucket *self, guint64 rate, guint64 n);

G_END_DECLS
