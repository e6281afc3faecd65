/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/ptl-engine.h"
#include "worker/ptl-debts.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* All borrowed. */
typedef struct
{
  PtlStore *store;
  PtlInventory *inventory;
  PtlDebts *debts;
  PtlEngine *engine;
  const char *version;
  gint64 started; /* Unix seconds */
} PtlMetricsSource;

/* How the worker and its living rules are, in Prometheus' text format 0.0.4. What the engine does not carry (direct
 * mappings, tunnels) has no more than its state and counters. */
char *ptl_metrics_text_new (const PtlMetricsSource *source);

G_END_DECLS
