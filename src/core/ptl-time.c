/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-time.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "ptl-error.h"
#include "ptl-text.h"

#define SHOWN_CHARS 40
#define MINUTE ((gint64) 60)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define WEEK (7 * DAY)
#define DURATION_MAX (3653 * DAY)

typedef struct
{
  char letter;
  gint64 seconds;
} Unit;

/* Largest first: a duration names them in this order. */
static const Unit units[] = {
  { 'w', WEEK }, { 'd', DAY }, { 'h', HOUR }, { 'm', MINUTE }, { 's', 1 },
};

static gboolean
fail_duration (const char *text, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  gboolean bare = text != NULL && *text != '\0' && text[strspn (text, "0123456789")] == '\0';

  if (bare)
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write 90s, 45m, 2h30m, 1d or 2w."),
                   /* Translators: %s is a bare number */
                   _ ("“%s” has no unit."), shown);
  else
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like 45m, 2h30m, 1d or 2w."),
                   /* Translators: %s is what was given */
                   _ ("“%s” is not a length of time."), shown);
  return FALSE;
}

static gboolean
fail_too_long (const char *text, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);

  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 /* Translators: %s is a length of time that was given */
                 _ ("“%s” is too long: ten years are the most."), shown);
  return FALSE;
}

/* -1: not a unit that may follow one of @least. */
static int
find_unit (char letter, int least)
{
  for (int i = least; i < (int) G_N_ELEMENTS (units); i++)
    if (units[i].letter == letter)
      return i;
  return -1;
}

gboolean
ptl_duration_parse (const char *text, gint64 *seconds, GError **error)
{
  const char *p = text != NULL ? text : "";
  gint64 total = 0;
  gboolean too_long = FALSE;
  int next = 0;

  do
    {
      gint64 number = 0;
      int unit;

      p += strspn (p, " ");
      if (!g_ascii_isdigit (*p))
        return fail_duration (text, error);
      /* Held at the limit, so that no number of digits overflows. */
      for (; g_ascii_isdigit (*p); p++)
        number = MIN (number * 10 + (*p - '0'), DURATION_MAX + 1);
      p += strspn (p, " ");
      unit = find_unit (*p, next);
      if (unit < 0)
        return fail_duration (text, error);
      /* "2 h 30 min" is how the window writes it. */
      p += strncmp (p, "min", 3) == 0 ? 3 : 1;
      next = unit + 1;
      too_long |= number > DURATION_MAX / units[unit].seconds;
      total += too_long ? 0 : number * units[unit].seconds;
    }
  while (p[strspn (p, " ")] != '\0');
  if (too_long || total > DURATION_MAX)
    return fail_too_long (text, error);
  if (total == 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                     _ ("The length of time must be more than nothing."));
      return FALSE;
    }
  *seconds = total;
  return TRUE;
}

char *
ptl_duration_to_string (gint64 seconds)
{
  const char *sign = seconds < 0 ? "-" : "";
  guint64 left = seconds < 0 ? 0 - (guint64) seconds : (guint64) seconds;

  /* From days on: nobody counts a rule's end in weeks and days. */
  for (gsize i = 1; i + 1 < G_N_ELEMENTS (units); i++)
    {
      guint64 unit = (guint64) units[i].seconds;
      guint64 second = left % unit / (guint64) units[i + 1].seconds;

      if (left < unit)
        continue;
      if (second == 0)
        return g_strdup_printf ("%s%" G_GUINT64_FORMAT "%c", sign, left / unit, units[i].letter);
      return g_strdup_printf ("%s%" G_GUINT64_FORMAT "%c %" G_GUINT64_FORMAT "%c", sign,
                              left / unit, units[i].letter, second, units[i + 1].letter);
    }
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT "s", sign, left);
}

typedef struct
{
  int year, month, day, hour, minute, second;
  gboolean has_seconds;
  gboolean has_zone;
  gint64 offset; /* seconds east of UTC, where there is a zone */
} Stamp;

/* Takes exactly @n digits. */
static gboolean
take_digits (const char **p, int n, int *value)
{
  int found = 0;

  for (int i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit ((*p)[i]))
        return FALSE;
      found = found * 10 + ((*p)[i] - '0');
    }
  *p += n;
  *value = found;
  return TRUE;
}

static gboolean
take_char (const char **p, const char *any_of)
{
  if (**p == '\0' || strchr (any_of, **p) == NULL)
    return FALSE;
  *p += 1;
  return TRUE;
}

static gboolean
take_zone (const char **p, Stamp *stamp)
{
  int sign = **p == '-' ? -1 : 1;
  int hours, minutes;

  if (**p == '\0')
    return TRUE;
  stamp->has_zone = TRUE;
  if (take_char (p, "Zz"))
    return TRUE;
  if (!take_char (p, "+-") || !take_digits (p, 2, &hours))
    return FALSE;
  take_char (p, ":");
  if (!take_digits (p, 2, &minutes) || hours > 23 || minutes > 59)
    return FALSE;
  stamp->offset = sign * (hours * HOUR + minutes * MINUTE);
  return TRUE;
}

static gboolean
take_seconds (const char **p, Stamp *stamp)
{
  if (!take_char (p, ":"))
    return TRUE;
  stamp->has_seconds = TRUE;
  if (!take_digits (p, 2, &stamp->second))
    return FALSE;
  if (!take_char (p, "."))
    return TRUE;
  if (!g_ascii_isdigit (**p))
    return FALSE;
  while (g_ascii_isdigit (**p))
    *p += 1;
  return TRUE;
}

static gboolean
take_stamp (const char *text, Stamp *stamp)
{
  const char *p = text;

  return take_digits (&p, 4, &stamp->year) && take_char (&p, "-")
         && take_digits (&p, 2, &stamp->month) && take_char (&p, "-")
         && take_digits (&p, 2, &stamp->day) && take_char (&p, "Tt ")
         && take_digits (&p, 2, &stamp->hour) && take_char (&p, ":")
         && take_digits (&p, 2, &stamp->minute) && take_seconds (&p, stamp) && take_zone (&p, stamp)
         && *p == '\0';
}

/* As if the stamp were UTC. FALSE where there is no such day or hour. */
static gboolean
stamp_to_seconds (const Stamp *stamp, gint64 *seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (stamp->year, stamp->month, stamp->day,
                                                    stamp->hour, stamp->minute, stamp->second);

  if (time == NULL)
    return FALSE;
  *seconds = g_date_time_to_unix (time);
  return TRUE;
}

static gint64
local_offset (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_seconds);

  return time != NULL ? g_date_time_get_utc_offset (time) / G_TIME_SPAN_SECOND : 0;
}

/* @seconds: of a clock on the wall. An hour that comes twice (the clocks go back) means the first
 * one, so that nothing stays open longer than meant; one that never comes (they go forward) is
 * none. */
static gboolean
local_to_unix (gint64 seconds, gint64 *unix_seconds)
{
  gint64 before = local_offset (seconds - DAY);
  gint64 after = local_offset (seconds + DAY);
  gint64 first = seconds - MAX (before, after);
  gint64 second = seconds - MIN (before, after);

  if (first + local_offset (first) == seconds)
    *unix_seconds = first;
  else if (second + local_offset (second) == seconds)
    *unix_seconds = second;
  else
    return FALSE;
  return TRUE;
}

gboolean
ptl_time_parse (const char *text, gint64 *unix_seconds, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (text, -1, SHOWN_CHARS);
  Stamp stamp = { 0 };
  gint64 seconds;

  if (text == NULL || !take_stamp (text, &stamp))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like 2026-12-24T18:00."),
                   /* Translators: %s is what was given */
                   _ ("“%s” is not a date and time."), shown);
  else if (!stamp_to_seconds (&stamp, &seconds))
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Look at the month, the day and the hour again."),
                   /* Translators: %s is a date and time that does not exist */
                   _ ("There is no such time as “%s”."), shown);
  else if (stamp.has_zone)
    {
      *unix_seconds = seconds - stamp.offset;
      return TRUE;
    }
  else if (local_to_unix (seconds, unix_seconds))
    return TRUE;
  else
    ptl_error_set (error, PTL_ERROR_INVALID, _ ("Choose a time before or after the change."),
                   /* Translators: %s is a local date and time */
                   _ ("“%s” does not come: the clocks are put forward over it."), shown);
  return FALSE;
}

char *
ptl_time_to_rfc3339 (gint64 unix_seconds)
{
  /* What RFC 3339 can write: the years 1 to 9999. */
  gint64 clamped
      = CLAMP (unix_seconds, G_GINT64_CONSTANT (-62135596800), G_GINT64_CONSTANT (253402300799));
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (clamped);

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02dZ", g_date_time_get_year (time),
                          g_date_time_get_month (time), g_date_time_get_day_of_month (time),
                          g_date_time_get_hour (time), g_date_time_get_minute (time),
                          g_date_time_get_second (time));
}

gboolean
ptl_time_from_rfc3339 (const char *text, gint64 *unix_seconds)
{
  Stamp stamp = { 0 };
  gint64 seconds;

  if (text == NULL || !take_stamp (text, &stamp) || !stamp.has_seconds || !stamp.has_zone
      || !stamp_to_seconds (&stamp, &seconds))
    return FALSE;
  *unix_seconds = seconds - stamp.offset;
  return TRUE;
}
