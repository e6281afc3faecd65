/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-validate.h"

static void
test_text (void)
{
  g_autofree char *longest = g_strnfill (80, 'x');
  g_autofree char *too_long = g_strnfill (81, 'x');
  const struct
  {
    const char *text;
    gboolean required;
    const char *problem; /* NULL = good */
  } cases[] = {
    { "ann", TRUE, NULL },
    { longest, TRUE, NULL },
    { "", FALSE, NULL },
    { NULL, FALSE, NULL },
    { "", TRUE, "The owner is missing." },
    { NULL, TRUE, "The owner is missing." },
    { "  \t ", TRUE, "The owner is missing." },
    { "\xc2\xa0", TRUE, "The owner is missing." },
    { too_long, TRUE, "The owner is too long: at most 80 characters are allowed." },
    { "an\nn", TRUE, "The owner has characters that cannot be shown." },
    { "an\xe2\x80\xaen", TRUE, "The owner has characters that cannot be shown." },
    { "\xff", TRUE, "The owner is not valid text (UTF-8)." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *what = NULL;

      g_assert_cmpint (ptl_validate_text ("The owner", cases[i].text, 80, cases[i].required,
                                          &error),
                       ==, cases[i].problem == NULL);
      what = error != NULL ? ptl_error_dup_what (error) : NULL;
      g_assert_cmpstr (what, ==, cases[i].problem);
    }
}

static void
test_relay (void)
{
  const struct
  {
    const char *text;
    gboolean host;
    gboolean user;
  } cases[] = {
    { "vps.example.org", TRUE, TRUE },
    { "192.0.2.5", TRUE, TRUE },
    { "2001:db8::1", TRUE, TRUE },
    { "::1", TRUE, TRUE },
    { "my_vps", TRUE, TRUE },
    { "a", TRUE, TRUE },
    { "", FALSE, FALSE },
    { NULL, FALSE, FALSE },
    { "-oProxyCommand=id", FALSE, FALSE },
    { "-l", FALSE, FALSE },
    { ".x", FALSE, FALSE },
    { "_x", FALSE, FALSE },
    { "a b", FALSE, FALSE },
    { "a@b", FALSE, FALSE },
    { "a/b", FALSE, FALSE },
    { "a;id", FALSE, FALSE },
    { "$(id)", FALSE, FALSE },
    { "a%h", FALSE, FALSE },
    { "a\n", FALSE, FALSE },
    { "[::1]", FALSE, FALSE },
    { "b\xc3\xbc"
      "cher",
      FALSE, FALSE },
    { "\xff", FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) host = NULL, user = NULL;

      g_assert_cmpint (ptl_validate_relay_host (cases[i].text, &host), ==, cases[i].host);
      g_assert_cmpint (ptl_validate_relay_user (cases[i].text, &user), ==, cases[i].user);
      if (!cases[i].host)
        g_assert_error (host, PTL_ERROR, PTL_ERROR_INVALID);
      if (!cases[i].user)
        g_assert_error (user, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_relay_length (void)
{
  g_autofree char *long_host = g_strnfill (254, 'a');
  g_autofree char *long_user = g_strnfill (65, 'a');

  g_assert_false (ptl_validate_relay_host (long_host, NULL));
  g_assert_true (ptl_validate_relay_host (long_host + 1, NULL));
  g_assert_false (ptl_validate_relay_user (long_user, NULL));
  g_assert_true (ptl_validate_relay_user (long_user + 1, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/validate/text", test_text);
  g_test_add_func ("/validate/relay", test_relay);
  g_test_add_func ("/validate/relay-length", test_relay_length);
  return g_test_run ();
}
