/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-term.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-time.h"
#include "core/ptl-validate.h"

#define HOUR 3600
#define DAY (24 * HOUR)
#define REVIEW_DAYS 30

const char *
ptl_span_get_label (PtlSpan span)
{
  static const char *const labels[] = {
    [PTL_SPAN_HOUR] = N_ ("1 hour"),
    [PTL_SPAN_THREE_HOURS] = N_ ("3 hours"),
    [PTL_SPAN_MIDNIGHT] = N_ ("Until midnight"),
    [PTL_SPAN_DAY] = N_ ("1 day"),
    [PTL_SPAN_DURATION] = N_ ("Another length…"),
    [PTL_SPAN_TIME] = N_ ("Until a time…"),
    [PTL_SPAN_REVIEW] = N_ ("No end, with review"),
  };

  g_return_val_if_fail (span < PTL_N_SPANS, "");
  return _ (labels[span]);
}

PtlSpan
ptl_span_from_seconds (gint64 seconds)
{
  switch (seconds)
    {
    case HOUR:
      return PTL_SPAN_HOUR;
    case 3 * HOUR:
      return PTL_SPAN_THREE_HOURS;
    case DAY:
      return PTL_SPAN_DAY;
    default:
      return PTL_SPAN_DURATION;
    }
}

gint64
ptl_term_next_midnight (gint64 now)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (now);
  g_autoptr (GDateTime) tomorrow = g_date_time_add_days (moment, 1);
  g_autoptr (GDateTime) midnight = NULL;

  midnight
      = g_date_time_new_local (g_date_time_get_year (tomorrow), g_date_time_get_month (tomorrow),
                               g_date_time_get_day_of_month (tomorrow), 0, 0, 0);
  return midnight != NULL ? g_date_time_to_unix (midnight) : now + DAY;
}

/* "18:00": the next moment with that time of day. */
static gboolean
parse_time_of_day (const char *text, gint64 now, gint64 *time)
{
  g_autoptr (GDateTime) moment = g_date_time_new_from_unix_local (now);
  g_autoptr (GDateTime) today = NULL, tomorrow = NULL;
  guint hour, minute;
  char rest;

  if (sscanf (text, "%2u:%2u%c", &hour, &minute, &rest) != 2 || hour > 23 || minute > 59)
    return FALSE;
  today = g_date_time_new_local (g_date_time_get_year (moment), g_date_time_get_month (moment),
                                 g_date_time_get_day_of_month (moment), hour, minute, 0);
  if (today == NULL)
    return FALSE;
  tomorrow = g_date_time_add_days (today, 1);
  *time = g_date_time_to_unix (g_date_time_to_unix (today) > now ? today : tomorrow);
  return TRUE;
}

gboolean
ptl_term_parse_time (const char *text, gint64 now, gint64 *time, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  char *space;
  gint64 value;

  if (*trimmed == '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type it like 18:00, or 2026-12-24 18:00."),
                     _ ("The time is missing."));
      return FALSE;
    }
  if (parse_time_of_day (trimmed, now, time))
    return TRUE;
  space = strchr (trimmed, ' ');
  if (space != NULL)
    *space = 'T';
  if (!ptl_time_parse (trimmed, &value, NULL))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type it like 18:00, or 2026-12-24 18:00."),
                     /* Translators: %s is what the person typed. */
                     _ ("“%s” is not a time."), text);
      return FALSE;
    }
  *time = value;
  return TRUE;
}

static gboolean
check_length (gint64 seconds, GError **error)
{
  if (seconds >= PTL_EXPIRY_MIN_SECONDS && seconds <= PTL_EXPIRY_MAX_SECONDS)
    return TRUE;
  if (seconds < PTL_EXPIRY_MIN_SECONDS)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Choose a later one."),
                   _ ("That time is over already."));
  else
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Choose a shorter time, or no end with a review."),
                   _ ("A port may stay open for a year at most."));
  return FALSE;
}

static gboolean
parse_duration (const char *text, gint64 *seconds, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));

  if (*trimmed == '\0')
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Type it like 45m, 2h 30m or 3d."),
                     _ ("The length of time is missing."));
      return FALSE;
    }
  return ptl_duration_parse (trimmed, seconds, error);
}

static gboolean
term_from_duration (const char *text, PtlTerm *term, GError **error)
{
  gint64 seconds;

  if (!parse_duration (text, &seconds, error) || !check_length (seconds, error))
    return FALSE;
  *term = (PtlTerm){ PTL_TERM_DURATION, seconds };
  return TRUE;
}

static gboolean
term_from_time (const char *text, gint64 now, PtlTerm *term, GError **error)
{
  gint64 time;

  if (!ptl_term_parse_time (text, now, &time, error) || !check_length (time - now, error))
    return FALSE;
  *term = (PtlTerm){ PTL_TERM_UNTIL, time };
  return TRUE;
}

gboolean
ptl_term_from_span (PtlSpan span, const char *text, gint64 now, PtlTerm *term, GError **error)
{
  switch (span)
    {
    case PTL_SPAN_HOUR:
      *term = (PtlTerm){ PTL_TERM_DURATION, HOUR };
      return TRUE;
    case PTL_SPAN_THREE_HOURS:
      *term = (PtlTerm){ PTL_TERM_DURATION, 3 * HOUR };
      return TRUE;
    case PTL_SPAN_DAY:
      *term = (PtlTerm){ PTL_TERM_DURATION, DAY };
      return TRUE;
    case PTL_SPAN_MIDNIGHT:
      *term = (PtlTerm){ PTL_TERM_UNTIL, ptl_term_next_midnight (now) };
      return TRUE;
    case PTL_SPAN_REVIEW:
      *term = (PtlTerm){ PTL_TERM_REVIEW, now + REVIEW_DAYS * DAY };
      return TRUE;
    case PTL_SPAN_DURATION:
      return term_from_duration (text, term, error);
    case PTL_SPAN_TIME:
      return term_from_time (text, now, term, error);
    case PTL_N_SPANS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

gint64
ptl_term_get_end (const PtlTerm *self, gint64 now)
{
  return self->kind == PTL_TERM_DURATION ? now + self->value : self->value;
}
