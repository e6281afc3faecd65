/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-foreign-alarm.h"

/* A flood goes on while they come; what is slower than a flood is counted anew with every ten minutes. */
static void
begin_anew_if_over (PtlForeignAlarm *self, gint64 boot_us)
{
  gint64 reference = self->flood ? self->last_us : self->since_us;

  if (self->count > 0 && boot_us - reference < PTL_FLOOD_US)
    return;
  self->since_us = boot_us;
  self->count = 0;
  self->flood = FALSE;
}

PtlForeignNews
ptl_foreign_alarm_weigh (PtlForeignAlarm *self, guint n, gint64 boot_us)
{
  if (n == 0)
    return PTL_FOREIGN_NEWS_NONE;
  begin_anew_if_over (self, boot_us);
  self->count += n;
  self->last_us = boot_us;
  if (self->flood)
    return PTL_FOREIGN_NEWS_NONE;
  self->flood = self->count > PTL_FLOOD_ENTRIES;
  return self->flood ? PTL_FOREIGN_NEWS_FLOOD : PTL_FOREIGN_NEWS_EACH;
}
