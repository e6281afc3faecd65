/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "engine/ptl-engine.h"
#include "worker/ptl-backend.h"

G_BEGIN_DECLS

/**
 * PtlBackendEngine:
 *
 * Forwards: one lease each, the engine's bound socket. Nothing of it outlives the process, so there is
 * never anything left to take back.
 */
#define PTL_TYPE_BACKEND_ENGINE (ptl_backend_engine_get_type ())
G_DECLARE_FINAL_TYPE (PtlBackendEngine, ptl_backend_engine, PTL, BACKEND_ENGINE, GObject)

PtlBackend *ptl_backend_engine_new (PtlEngine *engine, PtlClock *clock);

/* What every backend that guards with the engine needs: */
/* (transfer none) (nullable): the engine's lease among @leases. */
const PtlLease *ptl_leases_find_engine (GPtrArray *leases);
/* The engine's counters with the wall time of the last byte. */
gboolean ptl_engine_read_traffic (PtlEngine *engine, PtlClock *clock, const char *id, PtlTraffic *traffic);

G_END_DECLS
