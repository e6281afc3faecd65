/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <time.h>

#include "core/ptl-error.h"
#include "gui/wizard/ptl-term.h"

#define NOW 1766599200 /* 2025-12-24 18:00 UTC */
#define HOUR 3600
#define DAY (24 * HOUR)

static void
test_spans (void)
{
  static const struct
  {
    PtlSpan span;
    const char *text;
    PtlTermKind kind;
    gint64 value;
    gint64 end;
  } rows[] = {
    { PTL_SPAN_HOUR, "", PTL_TERM_DURATION, HOUR, NOW + HOUR },
    { PTL_SPAN_THREE_HOURS, "ignored", PTL_TERM_DURATION, 3 * HOUR, NOW + 3 * HOUR },
    { PTL_SPAN_MIDNIGHT, "", PTL_TERM_UNTIL, NOW + 6 * HOUR, NOW + 6 * HOUR },
    { PTL_SPAN_DAY, "", PTL_TERM_DURATION, DAY, NOW + DAY },
    { PTL_SPAN_REVIEW, "", PTL_TERM_REVIEW, NOW + 30 * DAY, NOW + 30 * DAY },
    { PTL_SPAN_DURATION, " 2h 30m ", PTL_TERM_DURATION, 9000, NOW + 9000 },
    { PTL_SPAN_DURATION, "45m", PTL_TERM_DURATION, 2700, NOW + 2700 },
    { PTL_SPAN_TIME, "20:00", PTL_TERM_UNTIL, NOW + 2 * HOUR, NOW + 2 * HOUR },
    { PTL_SPAN_TIME, "17:59", PTL_TERM_UNTIL, NOW + DAY - 60, NOW + DAY - 60 },
    { PTL_SPAN_TIME, "18:00", PTL_TERM_UNTIL, NOW + DAY, NOW + DAY },
    { PTL_SPAN_TIME, "2025-12-25 18:00", PTL_TERM_UNTIL, NOW + DAY, NOW + DAY },
    { PTL_SPAN_TIME, "2025-12-25T18:00", PTL_TERM_UNTIL, NOW + DAY, NOW + DAY },
    { PTL_SPAN_TIME, "2025-12-25T18:00Z", PTL_TERM_UNTIL, NOW + DAY, NOW + DAY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      PtlTerm term;

      g_assert_true (ptl_term_from_span (rows[i].span, rows[i].text, NOW, &term, &error));
      g_assert_no_error (error);
      g_assert_cmpint (term.kind, ==, rows[i].kind);
      g_assert_cmpint (term.value, ==, rows[i].value);
      g_assert_cmpint (ptl_term_get_end (&term, NOW), ==, rows[i].end);
    }
}

static void
test_wrong (void)
{
  static const struct
  {
    PtlSpan span;
    const char *text;
  } rows[] = {
    { PTL_SPAN_DURATION, "" },
    { PTL_SPAN_DURATION, "3" },
    { PTL_SPAN_DURATION, "0m" },
    { PTL_SPAN_DURATION, "-1h" },
    { PTL_SPAN_DURATION, "500d" },
    { PTL_SPAN_DURATION, "soon" },
    { PTL_SPAN_TIME, "" },
    { PTL_SPAN_TIME, "25:00" },
    { PTL_SPAN_TIME, "18:60" },
    { PTL_SPAN_TIME, "18:00x" },
    { PTL_SPAN_TIME, "tomorrow" },
    { PTL_SPAN_TIME, "2025-12-24 17:00" },
    { PTL_SPAN_TIME, "2099-12-24 17:00" },
    { PTL_SPAN_TIME, "2025-02-30 17:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      PtlTerm term = { PTL_TERM_REVIEW, -7 };

      if (ptl_term_from_span (rows[i].span, rows[i].text, NOW, &term, &error))
        g_error ("“%s” was taken", rows[i].text);
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_cmpint (term.value, ==, -7);
    }
}

/* The person's own midnight, also on the days that are an hour shorter or longer. */
static void
test_midnight (void)
{
  static const struct
  {
    gint64 now;
    gint64 midnight;
  } rows[] = {
    { 1766617200 - 1, 1766617200 }, /* 2025-12-24 23:59:59 CET */
    { 1766617200, 1766617200 + DAY },
    { 1774738800, 1774821600 }, /* 2026-03-29 00:00 CET: the clocks go forward */
    { 1792879200, 1792969200 }, /* 2026-10-25 00:00 CEST: and back */
  };

  g_setenv ("TZ", "Europe/Berlin", TRUE);
  tzset ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (ptl_term_next_midnight (rows[i].now), ==, rows[i].midnight);
  g_setenv ("TZ", "UTC", TRUE);
  tzset ();
}

static void
test_labels (void)
{
  g_autoptr (GHashTable) labels = g_hash_table_new (g_str_hash, g_str_equal);

  for (PtlSpan span = 0; span < PTL_N_SPANS; span++)
    g_assert_true (g_hash_table_add (labels, (char *)ptl_span_get_label (span)));
  g_assert_cmpint (ptl_span_from_seconds (HOUR), ==, PTL_SPAN_HOUR);
  g_assert_cmpint (ptl_span_from_seconds (3 * HOUR), ==, PTL_SPAN_THREE_HOURS);
  g_assert_cmpint (ptl_span_from_seconds (DAY), ==, PTL_SPAN_DAY);
  g_assert_cmpint (ptl_span_from_seconds (HOUR + 1), ==, PTL_SPAN_DURATION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/term/spans", test_spans);
  g_test_add_func ("/term/wrong", test_wrong);
  g_test_add_func ("/term/midnight", test_midnight);
  g_test_add_func ("/term/labels", test_labels);
  return g_test_run ();
}
