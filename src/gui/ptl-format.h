/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/* Words for people, all translatable and pure: the same input gives the same text. Times are Unix seconds,
 * durations are seconds. Texts are plain, never markup. */

/* The two largest units: "2 h 13 min", "3 days 4 h", "45 s"; from a week on "20 days"; "0 s" for what is over. */
char *ptl_format_duration (gint64 seconds);
/* The same in whole words, for screen readers and sentences: "2 hours 13 minutes". */
char *ptl_format_duration_long (gint64 seconds);
/* When a rule ends: "in 2 h 13 min", "closing now", "review in 20 days", "review is due". */
char *ptl_format_expires (gint64 expires, gint64 review, gint64 now);
/* For a narrow row: "2 h 13 min left", "review in 20 days". */
char *ptl_format_time_left (gint64 expires, gint64 review, gint64 now);
/* Seconds from @now until either of the two above says another thing; at least 1. */
guint ptl_format_next_change (gint64 expires, gint64 review, gint64 now);
/* A point in time in the person's own zone: "today 18:00", "tomorrow 09:30", "24 December 2026 18:00"; "" for 0. */
char *ptl_format_time (gint64 time, gint64 now);
/* With seconds, for a log: "2026-12-24 18:00:05" in local time. */
char *ptl_format_log_time (gint64 time);

/* "1.2 MB in, 300 kB out"; "no traffic yet"; "not counted" where the way cannot tell. */
char *ptl_format_traffic (const PtlRule *rule);
/* "3 connected now, 12 ever"; "" where the way cannot tell. */
char *ptl_format_connections (const PtlRule *rule);
gboolean ptl_format_counts_traffic (const PtlRule *rule);
/* @text (transfer full) with a capital at its beginning. */
char *ptl_format_capitalize (char *text);
/* "1.2 MB/s", of bytes per second. */
char *ptl_format_rate (guint64 bytes);

/* "Open", "Degraded", "Expired", ... */
const char *ptl_format_state (PtlRuleState state, PtlCloseReason reason);
const char *ptl_format_state_icon (PtlRuleState state, PtlCloseReason reason);
/* The style class of a state: "success", "warning", "error", "accent" or "dim-label". */
const char *ptl_format_state_style (PtlRuleState state);
const char *ptl_format_kind (PtlKind kind);
/* "TCP", "UDP", "TCP and UDP" */
const char *ptl_format_protocol (PtlProtocol protocol);
/* As ptl_endpoint_to_string(), in words where the address or the port is not known: "port 25565", "any free port". */
char *ptl_format_endpoint (const PtlEndpoint *endpoint);
/* "upnp" -> "UPnP", "pcp" -> "PCP", ...; unknown names as they are. */
const char *ptl_format_system (const char *system);
/* "Anyone", or the networks; and those that may not, all the same. */
char *ptl_format_audience (const PtlRule *rule);
/* "10.0.0.0/8, 192.0.2.7/32", those allowed by name; of very many only the first. */
char *ptl_format_networks (const PtlAudience *audience);
/* Those denied. */
char *ptl_format_denied (const PtlAudience *audience);
/* An event's `what` and `result` as a sentence's start: "Opened", "Opening failed". */
const char *ptl_format_event (const char *what, const char *result);
const char *ptl_format_step (const char *step);

G_END_DECLS
