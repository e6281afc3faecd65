/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/sweep/ptl-port-set.h"

#include <string.h>

#include "core/ptl-error.h"

static void
test_parsed (void)
{
  static const struct
  {
    const char *text;
    const char *again; /* as ptl_port_set_to_string() says it */
    guint n;
  } cases[] = {
    { "80", "80", 1 },
    { "1", "1", 1 },
    { "65535", "65535", 1 },
    { "1-65535", "1-65535", 65535 },
    { "22,80,8000-8100", "22,80,8000-8100", 103 },
    { "80,22", "22,80", 2 },
    { "80,80,80", "80", 1 },
    { "1-10,5-20", "1-20", 20 },
    { "63,64,65", "63-65", 3 },
    { "64", "64", 1 },
    { "65534-65535", "65534-65535", 2 },
    { "5-5", "5", 1 },
    { " 22 , 80\t", "22,80", 2 },
    { "00080", "80", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlPortSet set;
      g_autoptr (GError) error = NULL;
      g_autofree char *again = NULL;

      g_assert_true (ptl_port_set_parse (cases[i].text, &set, &error));
      g_assert_no_error (error);
      again = ptl_port_set_to_string (&set);
      g_assert_cmpstr (again, ==, cases[i].again);
      g_assert_cmpuint (ptl_port_set_count (&set), ==, cases[i].n);
      g_assert_false (ptl_port_set_has (&set, 0));
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *why;
  } cases[] = {
    { "", "No ports were given" },
    { " \t", "No ports were given" },
    { ",", "nothing between" },
    { "22,", "nothing between" },
    { ",22", "nothing between" },
    { "22,,80", "nothing between" },
    { "0", "lowest port is 1" },
    { "0-80", "lowest port is 1" },
    { "65536", "highest port is 65535" },
    { "1-65536", "highest port is 65535" },
    { "99999999999999999999", "highest port is 65535" },
    { "80-22", "runs backwards" },
    { "80-", "no end" },
    { "-80", "does not begin with a number" },
    { "-", "does not begin with a number" },
    { "ssh", "does not begin with a number" },
    { "22a", "only digits" },
    { "22-80-90", "only digits" },
    { "22 80", "only digits" },
    { "22 - 80", "only digits" },
    { "0x50", "only digits" },
    { "8.0", "only digits" },
    { "80;22", "only digits" },
    { "+80", "does not begin with a number" },
    { "\xff\xfe", "does not begin with a number" },
    { "٣", "does not begin with a number" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlPortSet set = { 0 };
      g_autoptr (GError) error = NULL;

      ptl_port_set_add (&set, 7);
      g_assert_false (ptl_port_set_parse (cases[i].text, &set, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      if (strstr (error->message, cases[i].why) == NULL)
        g_error ("“%s”: %s", cases[i].text, error->message);
      /* What was there before stays. */
      g_assert_cmpuint (ptl_port_set_count (&set), ==, 1);
    }
}

/* What is wrong is said with harmless text, and not with all of it. */
static void
test_hostile (void)
{
  g_autofree char *hostile = g_strconcat ("\033[2J\n", NULL);
  g_autofree char *zeroes = g_strnfill (100000, 'x');
  g_autoptr (GError) error = NULL;

  g_assert_false (ptl_port_set_parse (hostile, NULL, &error));
  g_assert_null (strchr (error->message, '\033'));
  g_clear_error (&error);
  g_assert_false (ptl_port_set_parse (zeroes, NULL, &error));
  g_assert_cmpuint (strlen (error->message), <, 400);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/port-set/parsed", test_parsed);
  g_test_add_func ("/exposure/port-set/refused", test_refused);
  g_test_add_func ("/exposure/port-set/hostile", test_hostile);
  return g_test_run ();
}
