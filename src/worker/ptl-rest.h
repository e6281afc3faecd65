/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-store.h"

G_BEGIN_DECLS

/**
 * PtlRest:
 *
 * Gives back what a burst leaves behind (a thousand rules restored, a window that asked for all of them, a look at what
 * answers) and is not needed again for hours: the store's cache and pages of memory after two seconds without
 * anything, the fingerprints after a minute.
 */
#define PTL_TYPE_REST (ptl_rest_get_type ())
G_DECLARE_FINAL_TYPE (PtlRest, ptl_rest, PTL, REST, GObject)

PtlRest *ptl_rest_new (PtlClock *clock, PtlStore *store);
/* Something was done: the time begins anew. */
void ptl_rest_soon (PtlRest *self);

G_END_DECLS
