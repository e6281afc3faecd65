/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-report.h"
#include "worker/ptl-notifier.h"

G_BEGIN_DECLS

/* The notification's tag, and the key of its action: the page of the exposure is to be shown. */
#define PTL_EXPOSURE_NEWS "exposure"
#define PTL_EXPOSURE_SHOW "default"

/* Tells of what is new or changed in @report, if it is any more than information and not accepted. @notifier: may be NULL. */
void ptl_exposure_tell_news (PtlNotifier *notifier, const PtlReport *report);

G_END_DECLS
