/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exposure/report/ptl-report-facts.h"
#include "exposure/sweep/ptl-sweep-owner.h"
#include "worker/ptl-exposure-look.h"

G_BEGIN_DECLS

/* What is swept. */
typedef struct
{
  const char *const *addresses; /* literals */
  const char *ports;            /* TCP, as ptl_port_set_parse() takes them; "" = all, and the UDP ports that are known */
  PtlSweepOwner owner;          /* whose they are: a router's are asked slowly */
  gboolean tell_all;            /* of ports that were named one by one, closed ones are told of too */
  gint64 at;                    /* Unix seconds: for the looks */
} PtlExposureSweep;

/* Adds to @facts a look for each port that was found open, still to be taken, and for the others of those that were named
 * what came of it. @saved: (inout): where a sweep that was cancelled left off, of the same addresses and ports, or NULL; set
 * where this one is cancelled, cleared where it is done. It must live until @callback. */
void ptl_exposure_sweep_async (const PtlExposureSweep *sweep,
                               PtlReportFacts *facts,
                               char **saved,
                               PtlExposureLookFunc progress,
                               gpointer progress_data,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean ptl_exposure_sweep_finish (GAsyncResult *result, GError **error);

G_END_DECLS
