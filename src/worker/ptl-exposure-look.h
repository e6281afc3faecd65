/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-clock.h"
#include "exposure/report/ptl-report-facts.h"

G_BEGIN_DECLS

/* How many of how many are done. */
typedef void (*PtlExposureLookFunc) (guint done, guint total, gpointer user_data);

/* Looks at the endpoints of @looks (element-type PtlReportLook), but for those that were taken, a bounded number at a time,
 * and fills in their state, time, detail and what answers there. Whatever comes of it is an answer: it fails only with
 * CANCELLED, once nothing of it is left. */
void ptl_exposure_look_async (GPtrArray *looks,
                              PtlClock *clock,
                              PtlExposureLookFunc progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean ptl_exposure_look_finish (GAsyncResult *result, GError **error);

G_END_DECLS
