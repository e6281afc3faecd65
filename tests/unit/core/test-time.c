/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <time.h>

#include "core/ptl-error.h"
#include "core/ptl-time.h"

static void
test_duration (void)
{
  const struct
  {
    const char *text;
    gint64 seconds; /* 0 = refused */
  } cases[] = {
    { "90s", 90 },
    { "45m", 2700 },
    { "2h30m", 9000 },
    { "1d", 86400 },
    { "2w", 1209600 },
    { "1h 30m", 5400 },
    { " 1h ", 3600 },
    { "1d12h30m15s", 131415 },
    { "007m", 420 },
    { "3650d", 315360000 },
    { "0h5m", 300 },
    { "", 0 },
    { " ", 0 },
    { "90", 0 },
    { "0", 0 },
    { "0s", 0 },
    { "h", 0 },
    { "1.5h", 0 },
    { "-5m", 0 },
    { "+5m", 0 },
    { "5 m", 300 },
    { "10 min", 600 },
    { "2 h 30 min", 9000 },
    { "1 d 5min 10 s", 86710 },
    { "5 mi", 0 },
    { "5 mins", 0 },
    { "5 minm", 0 },
    { "2H", 0 },
    { "30m2h", 0 },
    { "1h1h", 0 },
    { "1h30", 0 },
    { "1hour", 0 },
    { "1y", 0 },
    { "1h,30m", 0 },
    { "3654d", 0 },
    { "99999999999999999999999999s", 0 },
    { "9223372036854775807w", 0 },
    { "18446744073709551617s", 0 },
    { "521w1d999999999h", 0 },
    { "5\xc2\xb5s", 0 },
    { "\xff", 0 },
    { "1h\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 seconds = -7;

      if (ptl_duration_parse (cases[i].text, &seconds, &error))
        {
          g_assert_cmpint (seconds, ==, cases[i].seconds);
          continue;
        }
      g_test_message ("%s", error->message);
      g_assert_cmpint (cases[i].seconds, ==, 0);
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_cmpint (seconds, ==, -7);
    }
  g_assert_false (ptl_duration_parse (NULL, NULL, NULL));
}

static void
test_duration_to_string (void)
{
  const struct
  {
    gint64 seconds;
    const char *text;
  } cases[] = {
    { 0, "0s" },
    { 45, "45s" },
    { 60, "1m" },
    { 90, "1m 30s" },
    { 9000, "2h 30m" },
    { 9001, "2h 30m" },
    { 3 * 86400 + 4 * 3600 + 59, "3d 4h" },
    { 86400 + 59, "1d" },
    { 14 * 86400, "14d" },
    { -9000, "-2h 30m" },
    { G_MININT64, "-106751991167300d 15h" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = ptl_duration_to_string (cases[i].seconds);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
set_zone (const char *zone)
{
  g_setenv ("TZ", zone, TRUE);
  tzset ();
}

#define DECEMBER_24_17 G_GINT64_CONSTANT (1798131600) /* 2026-12-24T17:00:00Z */

static void
test_parse (void)
{
  const struct
  {
    const char *text;
    gint64 unix_seconds; /* 0 = refused */
  } cases[] = {
    { "2026-12-24T18:00", DECEMBER_24_17 },
    { "2026-12-24T18:00:30", DECEMBER_24_17 + 30 },
    { "2026-12-24 18:00", DECEMBER_24_17 },
    { "2026-12-24T17:00Z", DECEMBER_24_17 },
    { "2026-12-24T17:00:00z", DECEMBER_24_17 },
    { "2026-12-24T17:00:00.999Z", DECEMBER_24_17 },
    { "2026-12-24T12:00-05:00", DECEMBER_24_17 },
    { "2026-12-24T22:30+0530", DECEMBER_24_17 },
    /* The night the clocks go forward in Berlin: 02:00 to 03:00 does not come. */
    { "2026-03-29T01:59", 1774745940 },
    { "2026-03-29T02:30", 0 },
    { "2026-03-29T03:00", 1774746000 },
    /* And back: 02:30 comes twice; the first one is meant. */
    { "2026-10-25T02:30", 1792888200 },
    { "2026-10-25T03:00", 1792893600 },
    { "", 0 },
    { "tomorrow", 0 },
    { "2026-12-24", 0 },
    { "18:00", 0 },
    { "2026-02-29T10:00", 0 },
    { "2026-13-01T10:00", 0 },
    { "2026-12-24T24:00", 0 },
    { "2026-12-24T23:60", 0 },
    { "2026-12-24T23:59:60", 0 },
    { "2026-12-24T18:0", 0 },
    { "26-12-24T18:00", 0 },
    { "2026-12-24T18:00 ", 0 },
    { " 2026-12-24T18:00", 0 },
    { "2026-12-24T18:00+25:00", 0 },
    { "2026-12-24T18:00+1", 0 },
    { "2026-12-24T18:00:00.Z", 0 },
    { "2026-12-24T18:00ZZ", 0 },
    { "0000-01-01T00:00Z", 0 },
    { "2026/12/24T18:00", 0 },
    { "\xff", 0 },
    { "+026-12-24T18:00", 0 },
  };

  set_zone ("Europe/Berlin");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 found = 0;

      ptl_time_parse (cases[i].text, &found, &error);
      g_test_message ("%s: %s", g_utf8_validate (cases[i].text, -1, NULL) ? cases[i].text : "?",
                      error != NULL ? error->message : "");
      g_assert_cmpint (found, ==, cases[i].unix_seconds);
      g_assert_cmpint (error == NULL, ==, cases[i].unix_seconds != 0);
    }
  set_zone ("UTC");
}

static void
test_rfc3339 (void)
{
  const gint64 times[] = { 0, 1, -1, DECEMBER_24_17, G_GINT64_CONSTANT (253402300799), 951782400 };
  gint64 found = 5;

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = ptl_time_to_rfc3339 (times[i]);

      g_assert_cmpuint (strlen (text), ==, 20);
      g_assert_true (ptl_time_from_rfc3339 (text, &found));
      g_assert_cmpint (found, ==, times[i]);
    }
}

static void
test_rfc3339_bad (void)
{
  const char *const bad[] = {
    "", "2026-12-24T17:00Z", "2026-12-24T17:00:00", "2026-12-24", "x", "2026-12-24T17:00:00Zx", NULL
  };
  g_autofree char *text = ptl_time_to_rfc3339 (DECEMBER_24_17);
  g_autofree char *far = ptl_time_to_rfc3339 (G_MAXINT64);
  g_autofree char *early = ptl_time_to_rfc3339 (G_MININT64);
  gint64 found = 5;

  g_assert_cmpstr (text, ==, "2026-12-24T17:00:00Z");
  g_assert_cmpstr (far, ==, "9999-12-31T23:59:59Z");
  g_assert_cmpstr (early, ==, "0001-01-01T00:00:00Z");
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (ptl_time_from_rfc3339 (bad[i], &found));
  g_assert_cmpint (found, ==, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/duration", test_duration);
  g_test_add_func ("/time/duration-to-string", test_duration_to_string);
  g_test_add_func ("/time/parse", test_parse);
  g_test_add_func ("/time/rfc3339", test_rfc3339);
  g_test_add_func ("/time/rfc3339-bad", test_rfc3339_bad);
  return g_test_run ();
}
