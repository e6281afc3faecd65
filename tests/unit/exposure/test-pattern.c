/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/fingerprint/ptl-pattern.h"

#include <string.h>

#include "core/ptl-error.h"

static void
test_costly_are_refused (void)
{
  static const char *const costly[]
      = { "(a+)+", "(?:a*)*b", "(a|b*)+", "(x+y){10,}", "((ab)+c)*", "(a)\\1",    "(?<=x)y",
          "(?R)",  "a(",       "[abc",    "a)",         "(*ANY)x",   "\\k<name>", "(?:a{2,})+" };

  for (guint i = 0; i < G_N_ELEMENTS (costly); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_pattern_new (costly[i], FALSE, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_groups (void)
{
  static const char bytes[] = "\x00\x05head\x00\x01\x02";
  g_autoptr (PtlPattern) pattern
      = ptl_pattern_new ("^\\x00([\\s\\S])(h[a-z]+)\\x00([\\s\\S]{2})$", FALSE, NULL);
  g_autoptr (GPtrArray) groups = NULL;
  g_autofree char *text = NULL;

  g_assert_true (ptl_pattern_match (pattern, bytes, sizeof bytes - 1, &groups));
  text = ptl_pattern_expand ("#1 $2 #3 $7!", groups);
  g_assert_cmpstr (text, ==, "5 head 258 !");
}

static void
test_shown_is_safe (void)
{
  static const char bytes[] = "v=\x1b[31m<b>\xff\xe2\x80\xaegnp\n";
  g_autoptr (PtlPattern) pattern = ptl_pattern_new ("v=([\\s\\S]*)", FALSE, NULL);
  g_autofree char *text = ptl_pattern_extract (pattern, bytes, sizeof bytes - 1);

  g_assert_nonnull (text);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strchr (text, '\x1b'));
  g_assert_null (strstr (text, "\xe2\x80\xae"));
}

/* Many steps that come to nothing end at the limit of steps. */
static void
test_limit (void)
{
  g_autofree char *text = g_strnfill (60000, 'a');
  g_autoptr (PtlPattern) pattern = ptl_pattern_new ("a*a*a*a*a*b", FALSE, NULL);
  gint64 began = g_get_monotonic_time ();

  g_assert_false (ptl_pattern_match (pattern, text, strlen (text), NULL));
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_TIME_SPAN_SECOND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pattern/costly-are-refused", test_costly_are_refused);
  g_test_add_func ("/pattern/groups", test_groups);
  g_test_add_func ("/pattern/shown-is-safe", test_shown_is_safe);
  g_test_add_func ("/pattern/limit", test_limit);
  return g_test_run ();
}
