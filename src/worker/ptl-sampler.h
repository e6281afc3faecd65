/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-meter.h"
#include "worker/ptl-store-samples.h"

G_BEGIN_DECLS

/**
 * PtlSampler:
 *
 * What the rules carried, minute by minute: it adds up what the meter reads, and writes it in one transaction when
 * the minute is over. A rule that carried nothing and had no connection is not written of, and while that is so of
 * all of them nothing wakes the process.
 *
 * Samples are a comfort: where the store is unwell or the disk is nearly full they are lost, and nothing else is.
 */
#define PTL_TYPE_SAMPLER (ptl_sampler_get_type ())
G_DECLARE_FINAL_TYPE (PtlSampler, ptl_sampler, PTL, SAMPLER, GObject)

PtlSampler *ptl_sampler_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlMeter *meter);
/* Writes what there is of this minute: before the process ends. */
void ptl_sampler_flush (PtlSampler *self);
/* As ptl_store_list_samples(), with the present minute as far as it has come. */
GArray *ptl_sampler_list (PtlSampler *self, const char *rule_id, gint64 from, gint64 until, guint step, GError **error);

G_END_DECLS
