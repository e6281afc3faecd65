/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-exposure-words.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_SCHEDULE_OFF,
  PTL_SCHEDULE_DAILY,
  PTL_SCHEDULE_WEEKLY,
  PTL_N_SCHEDULES /*< skip >*/
} PtlSchedule;
/* "off", "daily", "weekly" */
const char *ptl_schedule_to_string (PtlSchedule schedule);
/* Seconds from one check to the next; 0 = none comes by itself. */
gint64 ptl_schedule_get_seconds (PtlSchedule schedule);

/* When the exposure is checked by itself, and whom a check may ask: kept in the store. */
typedef struct
{
  PtlSchedule schedule;
  gboolean on_network_change;
  guint granted; /* bits: 1 << PtlVantageKind: those that the person has agreed to */
  guint refused; /* those that the person was asked for, and did not agree to */
  const char *servers[PTL_N_VANTAGES]; /* interned: of records, where it is not the usual one; else NULL */
} PtlExposureSettings;

void ptl_exposure_settings_load (PtlExposureSettings *self, PtlStore *store);
/* @changes: Schedule s, OnNetworkChange b, Consent a{sb}, Servers a{ss}; those named change, and of the last two the kinds named. They are
 * validated, kept and logged (event "set-exposure"), or nothing is changed. INVALID, STORE_*. */
gboolean ptl_exposure_settings_apply (PtlExposureSettings *self,
                                      PtlStore *store,
                                      GVariant *changes,
                                      const char *who,
                                      GError **error);
/* The same keys into @dict; Consent has those kinds alone that the person was asked for. */
void ptl_exposure_settings_fill (const PtlExposureSettings *self, GVariantDict *dict);

G_END_DECLS
