/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-text.h"

#define R "\xef\xbf\xbd"

static void
test_safe (void)
{
  const struct
  {
    const char *text;
    const char *safe;
  } cases[] = {
    { "", "" },
    { "FRITZ!Box 7590", "FRITZ!Box 7590" },
    { "Gr\xc3\xbc\xc3\x9f"
      "e \xe4\xb8\xad\xe6\x96\x87 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
      "Gr\xc3\xbc\xc3\x9f"
      "e \xe4\xb8\xad\xe6\x96\x87 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d" },
    { "<b>&amp;</b>", "<b>&amp;</b>" },
    { "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f" },
    { "a\nb\tc\rd\x0b"
      "e",
      "a b c d e" },
    { "\x1b[2Jx\x07\x7f", R "[2Jx" R R },
    { "\xc2\x85\xc2\x9b", " " R },
    { "\xe2\x80\xa8|\xe2\x80\xa9", " | " },
    { "\xff\xfe", R R },
    { "\xc3", R },
    { "\xc0\xaf", R R },
    { "\xed\xa0\x80", R R R },
    { "\xf4\x90\x80\x80", R R R R },
    /* bidi: 202A-202E, 2066-2069, 200E, 200F, 061C */
    { "\xe2\x80\xaa\xe2\x80\xab\xe2\x80\xac\xe2\x80\xad\xe2\x80\xae", R R R R R },
    { "\xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9", R R R R },
    { "\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c", R R R },
    /* zero width: 200B, 200C, 200D, 2060, FEFF; soft hyphen; Hangul filler; braille blank; a tag; a
       selector */
    { "\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x81\xa0\xef\xbb\xbf", R R R R R },
    { "\xc2\xad\xe3\x85\xa4\xe2\xa0\x80\xf3\xa0\x81\x81\xf3\xa0\x84\x80\xef\xb8\x80", R R R R R R },
    { "\xef\xbf\xbe\xef\xb7\x90", R R },
    { "e\xcc\x81", "e\xcc\x81" },
    { "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
      "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81" R R },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = ptl_text_make_safe (cases[i].text, -1, 100);
      g_autofree char *again = ptl_text_make_safe (safe, -1, 100);

      g_assert_cmpstr (safe, ==, cases[i].safe);
      g_assert_cmpstr (again, ==, safe);
      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_cmpint (ptl_text_is_safe (cases[i].text, 100), ==,
                       strcmp (cases[i].text, safe) == 0);
    }
}

static void
test_cut (void)
{
  const struct
  {
    const char *text;
    gsize max;
    const char *safe;
  } cases[] = {
    { "abcdef", 6, "abcdef" },       { "abcdef", 5, "abcd\xe2\x80\xa6" },
    { "abcdef", 1, "\xe2\x80\xa6" }, { "\xc3\xbc\xc3\xbc\xc3\xbc", 2, "\xc3\xbc\xe2\x80\xa6" },
    { "abcdef", 0, "abcdef" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = ptl_text_make_safe (cases[i].text, -1, cases[i].max);

      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
}

static void
test_length (void)
{
  const char with_nul[] = { 'a', '\0', 'b' };
  g_autofree char *nul = ptl_text_make_safe (with_nul, 3, 10);
  g_autofree char *part = ptl_text_make_safe ("abc", 2, 10);
  g_autofree char *split = ptl_text_make_safe ("\xc3\xbc", 1, 10);
  g_autofree char *none = ptl_text_make_safe (NULL, -1, 10);
  g_autofree char *huge = g_strnfill (10 * 1024, 'x');
  g_autofree char *cut = ptl_text_make_safe (huge, -1, 80);

  g_assert_cmpstr (nul, ==, "a" R "b");
  g_assert_cmpstr (part, ==, "ab");
  g_assert_cmpstr (split, ==, R);
  g_assert_cmpstr (none, ==, "");
  g_assert_cmpint (g_utf8_strlen (cut, -1), ==, 80);
  g_assert_false (ptl_text_is_safe (huge, 80));
  g_assert_false (ptl_text_is_safe (NULL, 80));
}

static void
test_csv (void)
{
  const struct
  {
    const char *text;
    const char *cell;
  } cases[] = {
    { "", "" },
    { "friday game", "friday game" },
    { "a,b", "\"a,b\"" },
    { "a;b", "\"a;b\"" },
    { "say \"hi\"", "\"say \"\"hi\"\"\"" },
    { "a\nb", "\"a\nb\"" },
    { "=1+1", "'=1+1" },
    { "+49", "'+49" },
    { "-5", "'-5" },
    { "@SUM(A1)", "'@SUM(A1)" },
    { "\t=1", "\"'\t=1\"" },
    { "\r=1", "\"'\r=1\"" },
    { "  =1", "'  =1" },
    { "=cmd|'/c calc'!A1,x", "\"'=cmd|'/c calc'!A1,x\"" },
    { "\xef\xbc\x9d"
      "1",
      "'\xef\xbc\x9d"
      "1" },
    { "a=b", "a=b" },
    { " a", "\" a\"" },
    { "a ", "\"a \"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *cell = ptl_text_to_csv_cell (cases[i].text);

      g_assert_cmpstr (cell, ==, cases[i].cell);
    }
}

static void
test_id_prefix (void)
{
  g_assert_true (ptl_text_is_id_prefix ("0123"));
  g_assert_true (ptl_text_is_id_prefix ("01234567-89ab-cdef-0123-456789abcdef"));
  g_assert_false (ptl_text_is_id_prefix ("012"));
  g_assert_false (ptl_text_is_id_prefix (""));
  g_assert_false (ptl_text_is_id_prefix (NULL));
  g_assert_false (ptl_text_is_id_prefix ("01234567-89ab-cdef-0123-456789abcdef0"));
  g_assert_true (ptl_text_is_id_prefix ("ABCD"));
  g_assert_false (ptl_text_is_id_prefix ("ABCG"));
  g_assert_false (ptl_text_is_id_prefix ("01%2"));
  g_assert_false (ptl_text_is_id_prefix ("0123 "));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/safe", test_safe);
  g_test_add_func ("/text/cut", test_cut);
  g_test_add_func ("/text/length", test_length);
  g_test_add_func ("/text/csv", test_csv);
  g_test_add_func ("/text/id-prefix", test_id_prefix);
  return g_test_run ();
}
