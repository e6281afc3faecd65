/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-throughput.h"

#include <string.h>

/* The worker tells of counters once a second while they move; a moment later that second is still the present one. */
#define PRESENT_US (5 * G_USEC_PER_SEC / 2)
/* Of what moved after a pause nobody knows when: it counts for the last second of it. */
#define LONGEST_US G_USEC_PER_SEC
#define SHORTEST_US (G_USEC_PER_SEC / 4)

struct _PtlThroughput
{
  gboolean begun;
  guint64 bytes;
  gint64 fed;      /* monotonic microseconds */
  gint64 moved;    /* when the bytes last differed */
  gint64 second;   /* that the last of @rates is of */
  double rate;
  float rates[PTL_THROUGHPUT_SECONDS]; /* a ring: [second % 60] */
};

PtlThroughput *
ptl_throughput_new (void)
{
  return g_new0 (PtlThroughput, 1);
}

void
ptl_throughput_free (PtlThroughput *self)
{
  g_free (self);
}

/* Seconds in which nothing was told are quiet ones. */
static void
go_to (PtlThroughput *self, gint64 second)
{
  gint64 quiet = MIN (second - self->second, PTL_THROUGHPUT_SECONDS);

  for (gint64 i = 0; i < quiet; i++)
    self->rates[(second - i) % PTL_THROUGHPUT_SECONDS] = 0;
  self->second = second;
}

gboolean
ptl_throughput_feed (PtlThroughput *self, guint64 bytes, gint64 now)
{
  guint64 more = bytes - self->bytes;
  gint64 since = now - self->fed;

  if (self->begun && bytes == self->bytes)
    return FALSE;
  self->bytes = bytes;
  self->fed = now;
  if (!self->begun || more > G_MAXINT64)
    {
      /* Where it begins, or begins anew. */
      self->begun = TRUE;
      go_to (self, now / G_USEC_PER_SEC);
      return FALSE;
    }
  go_to (self, now / G_USEC_PER_SEC);
  self->moved = now;
  self->rate = (double) more * G_USEC_PER_SEC / (double) CLAMP (since, SHORTEST_US, LONGEST_US);
  self->rates[self->second % PTL_THROUGHPUT_SECONDS] = (float) self->rate;
  return TRUE;
}

gboolean
ptl_throughput_is_alive (const PtlThroughput *self, gint64 now)
{
  return self->moved != 0 && now / G_USEC_PER_SEC - self->moved / G_USEC_PER_SEC < PTL_THROUGHPUT_SECONDS;
}

double
ptl_throughput_read (const PtlThroughput *self, gint64 now, float rates[PTL_THROUGHPUT_SECONDS])
{
  gint64 last = now / G_USEC_PER_SEC;
  float max = 0;

  memset (rates, 0, PTL_THROUGHPUT_SECONDS * sizeof *rates);
  for (gint64 i = 0; i < PTL_THROUGHPUT_SECONDS; i++)
    {
      gint64 second = last - i;

      if (second > self->second || second <= self->second - PTL_THROUGHPUT_SECONDS || second < 0)
        continue;
      rates[PTL_THROUGHPUT_SECONDS - 1 - i] = self->rates[second % PTL_THROUGHPUT_SECONDS];
      max = MAX (max, rates[PTL_THROUGHPUT_SECONDS - 1 - i]);
    }
  return (double) max;
}

double
ptl_throughput_get_rate (const PtlThroughput *self, gint64 now)
{
  return self->moved != 0 && now - self->moved < PRESENT_US ? self->rate : 0;
}

const PtlThroughput *
ptl_throughput_of (PtlRuleItem *item)
{
  static GQuark quark;
  const PtlTraffic *traffic = &ptl_rule_item_get_rule (item)->traffic;
  PtlThroughput *self;

  if (!quark)
    quark = g_quark_from_static_string ("ptl-throughput");
  self = g_object_get_qdata (G_OBJECT (item), quark);
  if (!self)
    {
      self = ptl_throughput_new ();
      g_object_set_qdata_full (G_OBJECT (item), quark, self, (GDestroyNotify) ptl_throughput_free);
    }
  ptl_throughput_feed (self, traffic->bytes_in + traffic->bytes_out, g_get_monotonic_time ());
  return self;
}
