/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-exposure-run.h"

G_BEGIN_DECLS

/* What CheckExposure's @options (src/api) ask for; where they say nothing, the usual. (transfer full). INVALID, NOT_FOUND (no
 * such relay). */
PtlExposureAsk *ptl_exposure_ask_read (GVariant *options, PtlRelays *relays, GError **error);
PtlExposureAsk *ptl_exposure_ask_copy (const PtlExposureAsk *self);
gboolean ptl_exposure_ask_equal (const PtlExposureAsk *a, const PtlExposureAsk *b);

G_END_DECLS
