/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-changes.h"

G_BEGIN_DECLS

/**
 * PtlRestorer:
 *
 * Opens again what should be open and is held by nothing: after a restart, or where the way it was before
 * an edit could not be had back. Some at a time, so that a thousand rules do not flood a router, and with a growing
 * pause where it fails.
 */
#define PTL_TYPE_RESTORER (ptl_restorer_get_type ())
G_DECLARE_FINAL_TYPE (PtlRestorer, ptl_restorer, PTL, RESTORER, GObject)

PtlRestorer *ptl_restorer_new (PtlClock *clock, PtlInventory *inventory, PtlChanges *changes);
void ptl_restorer_add (PtlRestorer *self, const char *id);
/* Tries all that wait now: the network changed, the store is well again, a host key is trusted. */
void ptl_restorer_kick (PtlRestorer *self);

G_END_DECLS
