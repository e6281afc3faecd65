/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-exposure-run.h"
#include "worker/ptl-notifier.h"

G_BEGIN_DECLS

/**
 * PtlExposure:
 *
 * The checks of the exposure, and their reports. One check runs at a time; who asks for the same
 * while it runs waits for the same one. It ends when nobody waits for it any more.
 *
 * Signal `changed`: ptl_exposure_dup_state() has another answer.
 */
#define PTL_TYPE_EXPOSURE (ptl_exposure_get_type ())
G_DECLARE_FINAL_TYPE (PtlExposure, ptl_exposure, PTL, EXPOSURE, GObject)

/* @notifier: may be NULL. */
PtlExposure *ptl_exposure_new (const PtlExposureParts *parts, PtlNotifier *notifier);
/* The property ExposureCheck (src/api). (transfer full) */
GVariant *ptl_exposure_dup_state (PtlExposure *self);

/* @options: as CheckExposure takes them. @waiter: who waits, so that ptl_exposure_leave() can say
 * that they do not any more. INVALID, BUSY where another check runs. */
void ptl_exposure_check_async (PtlExposure *self,
                               GVariant *options,
                               const char *waiter,
                               const char *who,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* The report's id (transfer full). CANCELLED */
char *ptl_exposure_check_finish (PtlExposure *self, GAsyncResult *result, GError **error);
/* Whoever @waiter is gets CANCELLED at once; the check itself ends where nobody else waits. */
void ptl_exposure_leave (PtlExposure *self, const char *waiter);

/* Whether it is to be checked by itself, or is just now: then the worker stays. */
gboolean ptl_exposure_is_needed (PtlExposure *self);
/* @changes: as SetExposureCheck takes them. INVALID, STORE_* */
gboolean ptl_exposure_set (PtlExposure *self, GVariant *changes, const char *who, GError **error);

/* See ptl-exposure-reports.h. */
PtlReport *ptl_exposure_get_report (PtlExposure *self, const char *id, GError **error);
GPtrArray *ptl_exposure_list_reports (PtlExposure *self, GError **error);
GPtrArray *ptl_exposure_compare_reports (PtlExposure *self, const char *from, const char *to, GError **error);
gboolean ptl_exposure_accept (PtlExposure *self,
                              const char *key,
                              gint64 until,
                              const char *reason,
                              const char *who,
                              GError **error);

G_END_DECLS
