/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Times are Unix seconds in UTC, durations are seconds. */

/* "90s", "45m", "2h30m", "1d", "2w", "1h 30m"; a bare number is refused, for its unit is not known.
 * At most ten years. */
gboolean ptl_duration_parse (const char *text, gint64 *seconds, GError **error);
/* The two largest units: "2h 30m", "45s", "3d 4h". Not for people: the window has its own words. */
char *ptl_duration_to_string (gint64 seconds);

/* "2026-12-24T18:00", with optional seconds, in local time unless "Z" or an offset is given. */
gboolean ptl_time_parse (const char *text, gint64 *unix_seconds, GError **error);
char *ptl_time_to_rfc3339 (gint64 unix_seconds); /* "2026-12-24T17:00:00Z" */
gboolean ptl_time_from_rfc3339 (const char *text, gint64 *unix_seconds);

G_END_DECLS
