/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "gui/fields/ptl-audience-text.h"

static void
test_right (void)
{
  static const struct
  {
    const char *text;
    const char *networks; /* joined by a bar */
  } rows[] = {
    { "203.0.113.7", "203.0.113.7/32" },
    { " 203.0.113.7 ,198.51.100.0/24 ", "203.0.113.7/32|198.51.100.0/24" },
    { "2001:db8::/32;10.0.0.0/8\t192.0.2.1", "2001:db8::/32|10.0.0.0/8|192.0.2.1/32" },
    { "::ffff:192.0.2.0/120", "192.0.2.0/24" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) networks = NULL;
      g_autofree char *joined = NULL;

      g_assert_true (ptl_audience_parse (rows[i].text, &networks, &error));
      g_assert_no_error (error);
      joined = g_strjoinv ("|", networks);
      g_assert_cmpstr (joined, ==, rows[i].networks);
    }
}

static void
test_wrong (void)
{
  static const char *const rows[] = {
    "",   "  ",  ",;,",    "everyone", "203.0.113.7/33", "203.0.113.7/24", "10.0.0.0/8, nonsense",
    "-1", "<b>", "10.0.0",
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      char **networks = NULL;

      g_assert_false (ptl_audience_parse (rows[i], &networks, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_null (networks);
    }
}

static void
test_compose (void)
{
  static const struct
  {
    PtlWho who;
    const char *networks, *except;
    const char *audience; /* as on the bus, joined by a bar */
  } rows[] = {
    { PTL_WHO_ANYONE, "10.0.0.0/8", "10.0.0.5", "" },
    { PTL_WHO_ONLY, "10.0.0.0/8 192.0.2.7", "", "10.0.0.0/8|192.0.2.7/32" },
    { PTL_WHO_ONLY, "10.0.0.0/8", " 10.0.0.5, 10.1.0.0/16", "10.0.0.0/8|!10.0.0.5/32|!10.1.0.0/16" },
    { PTL_WHO_BUT, "203.0.113.0/24", "10.0.0.5", "!203.0.113.0/24" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlAudience) audience
          = ptl_audience_compose (rows[i].who, rows[i].networks, rows[i].except, &error);
      g_autoptr (PtlAudience) again = NULL;
      g_autofree char *joined = NULL, *networks = NULL, *except = NULL;
      g_auto (GStrv) texts = NULL;
      PtlWho who;

      g_assert_no_error (error);
      texts = ptl_audience_to_strv (audience);
      joined = g_strjoinv ("|", texts);
      g_assert_cmpstr (joined, ==, rows[i].audience);
      who = ptl_audience_take_apart (audience, &networks, &except);
      g_assert_cmpint (who, ==, rows[i].who);
      again = ptl_audience_compose (who, networks, except, NULL);
      g_assert_true (ptl_audience_equal (audience, again));
    }
}

/* Who names networks names one; and nobody is let in and turned away at once. */
static void
test_compose_wrong (void)
{
  static const struct
  {
    PtlWho who;
    const char *networks, *except;
  } rows[] = {
    { PTL_WHO_ONLY, "", "10.0.0.5" },
    { PTL_WHO_BUT, " , ", "" },
    { PTL_WHO_ONLY, "10.0.0.0/8", "nonsense" },
    { PTL_WHO_ONLY, "10.0.0.0/8", "10.0.0.0/8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_audience_compose (rows[i].who, rows[i].networks, rows[i].except, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audience-text/right", test_right);
  g_test_add_func ("/audience-text/wrong", test_wrong);
  g_test_add_func ("/audience-text/compose", test_compose);
  g_test_add_func ("/audience-text/compose-wrong", test_compose_wrong);
  return g_test_run ();
}
