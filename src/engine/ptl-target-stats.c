/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-target-stats.h"

void
ptl_target_stats_free (PtlTargetStats *self)
{
  if (!self)
    return;
  g_free (self->endpoint);
  g_free (self);
}
