/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "engine/ptl-engine.h"
#include "worker/ptl-backend.h"
#include "worker/ptl-inventory.h"

G_BEGIN_DECLS

/**
 * PtlMeter:
 *
 * Counters of the living rules, over restarts of the back ends too. It reads them once a second while
 * something moves, and not at all while nothing does: the engine wakes it.
 *
 * Signals:
 *  `keep (GHashTable of ids)`: these are to be kept in the store, at most once a minute
 *  `moved (const PtlRule *, const PtlTraffic *)`: the rule, with the counters it had, and those that were read
 */
#define PTL_TYPE_METER (ptl_meter_get_type ())
G_DECLARE_FINAL_TYPE (PtlMeter, ptl_meter, PTL, METER, GObject)

PtlMeter *ptl_meter_new (PtlClock *clock, PtlEngine *engine, PtlInventory *inventory);
void ptl_meter_set_backend (PtlMeter *self, PtlKind kind, PtlBackend *backend);
/* Reads one rule's counters now, before its back end forgets them. TRUE: they are others than before. */
gboolean ptl_meter_read (PtlMeter *self, const char *id);
/* What a back end knows of the rule's peak, which may lie between two readings. */
void ptl_meter_note_peak (PtlMeter *self, const char *id, guint64 peak);
/* Emits `keep` for what is not kept yet. */
void ptl_meter_keep_now (PtlMeter *self);

G_END_DECLS
