/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ddns-pace.h"

static gint64
back_off (guint tries, double random)
{
  guint doublings = MIN (MAX (tries, 1u) - 1, 10u);
  gint64 wait = MIN ((gint64) PTL_DDNS_PACE_FIRST_SECONDS << doublings, PTL_DDNS_PACE_MOST_SECONDS);

  return wait - (gint64) ((double) wait / 4 * CLAMP (random, 0.0, 1.0));
}

gint64
ptl_ddns_pace_get_wait (const PtlDdnsAnswer *answer, guint tries, double random)
{
  switch (answer->verdict)
    {
    case PTL_DDNS_DONE:
    case PTL_DDNS_UNCHANGED:
      return PTL_DDNS_PACE_REST_SECONDS;
    case PTL_DDNS_RETRY:
      return MAX (back_off (tries, random), answer->wait);
    case PTL_DDNS_WAIT:
      /* A provider that goes on asking for it is asked more seldom. */
      return MIN (MAX (answer->wait, PTL_DDNS_WAIT_SECONDS) << MIN (MAX (tries, 1u) - 1, 3u),
                  PTL_DDNS_WAIT_MOST_SECONDS);
    case PTL_DDNS_STOP:
    default:
      return -1;
    }
}
