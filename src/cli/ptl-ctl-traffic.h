/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-ctl-json.h"
#include "ptl-ctl.h"

G_BEGIN_DECLS

/* What the worker counts of a rule, and who is on it. */

/* Whether the engine carries it: of others nothing is known. */
gboolean ptl_ctl_is_counted (const PtlRule *rule);
/* a{sv} as of GetStatistics. (transfer full) */
GVariant *ptl_ctl_get_statistics (PtlCtl *self, const char *id, GError **error);
guint64 ptl_ctl_sum_refused (GVariant *statistics);
/* What is newer in @statistics than in the rule as it was published. */
void ptl_ctl_take_counters (GVariant *statistics, PtlTraffic *traffic);
guint64 ptl_ctl_get_counter (GVariant *dict, const char *key);

/* Lines for a person. Where something is connected it looks twice, for how fast it moves. */
void ptl_ctl_print_statistics (PtlCtl *self, const char *id, GVariant *statistics);
/* The member "statistics"; null where @statistics is NULL. */
void ptl_ctl_json_statistics (JsonBuilder *builder, GVariant *statistics);

/* aa{sv} as of ListConnections. (transfer full) */
GVariant *ptl_ctl_list_connections (PtlCtl *self, const char *id, guint limit, GError **error);
void ptl_ctl_print_connections (PtlCtl *self, GVariant *connections);
/* The member "connections". */
void ptl_ctl_json_connections (JsonBuilder *builder, GVariant *connections);

/* "1.2 MB/s" */
char *ptl_ctl_dup_rate (double bytes_per_second);
/* "85 µs", "1.3 ms", "2.0 s" */
char *ptl_ctl_dup_microseconds (guint64 us);

G_END_DECLS
