/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-rule-item.h"

G_BEGIN_DECLS

#define PTL_THROUGHPUT_SECONDS 60

/**
 * PtlThroughput:
 *
 * How fast a rule's traffic was in the last minute, second by second, as its counters tell. Plain data; it costs nothing
 * for a rule whose counters stand still.
 */
typedef struct _PtlThroughput PtlThroughput;

PtlThroughput *ptl_throughput_new (void);
void ptl_throughput_free (PtlThroughput *self);
/* @bytes: in and out together, ever; @now: monotonic microseconds. The first call says where it begins. Returns whether
 * the bytes differ from before. */
gboolean ptl_throughput_feed (PtlThroughput *self, guint64 bytes, gint64 now);
/* Bytes per second of each of the last 60 seconds, the present one last. Returns the largest; 0 = nothing moved. */
double ptl_throughput_read (const PtlThroughput *self, gint64 now, float rates[PTL_THROUGHPUT_SECONDS]);
/* Bytes per second at present: of the last second in which counters were told. */
double ptl_throughput_get_rate (const PtlThroughput *self, gint64 now);
/* Whether something moved in the last minute. */
gboolean ptl_throughput_is_alive (const PtlThroughput *self, gint64 now);

/* That of @item, kept with it, and fed with its counters as they are now. (transfer none) */
const PtlThroughput *ptl_throughput_of (PtlRuleItem *item);

G_END_DECLS
