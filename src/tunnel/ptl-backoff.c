/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-backoff.h"

gint64
ptl_backoff_get_us (guint attempt, double random)
{
  gint64 wait = attempt < 6 ? PTL_BACKOFF_FIRST_US << attempt : PTL_BACKOFF_MOST_US;

  return wait - (gint64)((double)wait / 4 * CLAMP (random, 0.0, 1.0));
}
