/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-discovery.h"
#include "worker/ptl-alarm.h"
#include "worker/ptl-exposure-settings.h"

G_BEGIN_DECLS

/**
 * PtlExposureSchedule:
 *
 * When the exposure is to be checked by itself: once a day or a week after the last check, and when this computer came into
 * another network. What was missed (a suspend, a computer that was off) is made up for once.
 *
 * Signal `due`: it is to be checked now.
 */
#define PTL_TYPE_EXPOSURE_SCHEDULE (ptl_exposure_schedule_get_type ())
G_DECLARE_FINAL_TYPE (PtlExposureSchedule, ptl_exposure_schedule, PTL, EXPOSURE_SCHEDULE, GObject)

PtlExposureSchedule *ptl_exposure_schedule_new (PtlClock *clock, PtlDiscovery *discovery);
/* @last: Unix seconds of the last check, 0 = there was none: then one is due soon. */
void ptl_exposure_schedule_plan (PtlExposureSchedule *self, const PtlExposureSettings *settings, gint64 last);
/* One that was due did not come about: it is tried again before long. */
void ptl_exposure_schedule_try_again (PtlExposureSchedule *self);
/* Unix seconds of the next one by the clock, 0 = none. */
gint64 ptl_exposure_schedule_get_next (PtlExposureSchedule *self);

/* When the next one is due, in Unix seconds: @every seconds after @last, and soon where that has passed or there was none.
 * A clock that was set back puts it off by no more than @every. Pure. */
gint64 ptl_exposure_schedule_find (gint64 last, gint64 every, gint64 now);

G_END_DECLS
