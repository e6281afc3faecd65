/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-bucket.h"

static gint64
cost_ns (guint64 rate, guint64 n)
{
  return (gint64) (n * 1000 * G_USEC_PER_SEC / rate);
}

/* @most_ns: FALSE where it is booked, with @before of what is asked, beyond that. */
static gboolean
book (PtlBucket *self, gint64 now_ns, gint64 cost, gint64 before, gint64 most_ns, gint64 *until_ns)
{
  gint64 booked = atomic_load_explicit (&self->booked_until_ns, memory_order_relaxed);
  gint64 start;

  do
    {
      start = MAX (booked, now_ns);
      if (start + before > most_ns)
        return FALSE;
    }
  while (!atomic_compare_exchange_weak_explicit (&self->booked_until_ns, &booked, start + cost,
                                                 memory_order_relaxed, memory_order_relaxed));
  *until_ns = start + cost;
  return TRUE;
}

gboolean
ptl_bucket_take (PtlBucket *self, guint64 rate, gint64 burst_us, guint64 n, gint64 now_us)
{
  gint64 cost = cost_ns (rate, n), until_ns;

  return book (self, now_us * 1000, cost, cost, (now_us + burst_us) * 1000, &until_ns);
}

gboolean
ptl_bucket_overdraw (PtlBucket *self, guint64 rate, gint64 burst_us, guint64 n, gint64 now_us)
{
  gint64 until_ns;

  return book (self, now_us * 1000, cost_ns (rate, n), 1, (now_us + burst_us) * 1000, &until_ns);
}

gint64
ptl_bucket_book (PtlBucket *self, guint64 rate, gint64 burst_us, guint64 n, gint64 now_us)
{
  gint64 until_ns = 0;

  book (self, now_us * 1000, cost_ns (rate, n), 0, G_MAXINT64, &until_ns);
  return until_ns / 1000 - burst_us;
}

void
ptl_bucket_give_back (PtlBucket *self, guint64 rate, guint64 n)
{
  atomic_fetch_sub_explicit (&self->booked_until_ns, cost_ns (rate, n), memory_order_relaxed);
}
