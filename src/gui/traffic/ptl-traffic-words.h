/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-traffic.h"
#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* What is said of traffic, all translatable, plain text and pure. */

/* Why there is none to be seen, in a sentence; NULL where there is: the engine carries the rule. */
const char *ptl_traffic_why_not (PtlKind kind, PtlWay way);
/* "1.2 MB/s in, 300 kB/s out, 5 connections" */
char *ptl_traffic_describe_now (guint64 rate_in, guint64 rate_out, guint64 connections);
/* "12: 9 not among those who may connect, 3 too many of one address"; "none" */
char *ptl_traffic_describe_refused (const PtlTrafficStats *stats);
/* "half within 0.3 ms, 90 % within 1.2 ms, 99 % within 15 ms"; "" for none yet */
char *ptl_traffic_describe_times (const PtlTrafficTimes *times);
/* "0.3 ms", "12 ms", "1.5 s" */
char *ptl_traffic_format_microseconds (guint64 us);
/* "62 % of connections, 3 now, 1.2 MB in, 300 kB out" */
char *ptl_traffic_describe_target (const PtlTrafficTarget *target, const PtlTrafficStats *stats);
/* "Counted since today 16:52", where the engine opened the rule anew after it was declared:
 * targets, sources and times of before it does not know; NULL where it knows all. @now: Unix
 * seconds. */
char *ptl_traffic_describe_since (const PtlRule *rule, gint64 now);
/* "Up", "Down", and of a backup that too */
char *ptl_traffic_target_state (const PtlTrafficTarget *target);
/* "3 connected now, 12 ever · 1.2 MB in, 300 kB out", "shut out for 9 min". @now: Unix seconds. */
char *ptl_traffic_describe_source (const PtlTrafficSource *source, gint64 now);
/* "3 min · 1.2 MB in, 300 kB out" */
char *ptl_traffic_describe_connection (const PtlTrafficConnection *connection, gint64 age);
/* "TCP to 192.168.1.5:80"; "TCP" while no target has taken it */
char *ptl_traffic_describe_leading (const PtlTrafficConnection *connection);
/* The address of "192.0.2.7:5678" or "[2001:db8::7]:5678"; an address or network as it is. NULL for what is neither. */
char *ptl_traffic_dup_address (const char *source);

G_END_DECLS
