/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ptl-ctl-table.h"

static char *
table (guint width, const char *first, const char *second)
{
  g_autoptr (PtlCtlTable) self = ptl_ctl_table_new ((const char *[]) { "A", "B", NULL });

  ptl_ctl_table_add (self, (const char *[]) { first, second });
  return ptl_ctl_table_to_string (self, width);
}

static const struct
{
  guint width;
  const char *first;
  const char *second;
  const char *text;
} cases[] = {
  { 0, "one", "two", "A    B\none  two\n" },
  { 0, "", "", "A  B\n   \n" },
  { 80, "one", "two", "A    B\none  two\n" },
  /* Wide characters take two cells, combining ones none. */
  { 0, "港口", "x", "A     B\n港口  x\n" },
  { 0, "e\xcc\x81", "x", "A  B\ne\xcc\x81  x\n" },
  /* The widest column is cut first, and none below what still says something. */
  { 14, "a long cell", "four", "A         B\na long …  four\n" },
  { 14, "four", "a long cell", "A     B\nfour  a long …\n" },
  { 5, "a long cell", "a long one", "A       B\na lon…  a lon…\n" },
  { 12, "港口港口港口", "x", "A          B\n港口港口…  x\n" },
  /* What a terminal would act on never gets there. */
  { 0, "\x1b[2Jx", "y", NULL },
};

static void
test_table (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = table (cases[i].width, cases[i].first, cases[i].second);

      if (cases[i].text != NULL)
        g_assert_cmpstr (text, ==, cases[i].text);
      else
        g_assert_null (strchr (text, '\x1b'));
    }
}

static void
test_width (void)
{
  g_assert_cmpuint (ptl_ctl_text_get_width (""), ==, 0);
  g_assert_cmpuint (ptl_ctl_text_get_width ("abc"), ==, 3);
  g_assert_cmpuint (ptl_ctl_text_get_width ("港"), ==, 2);
  g_assert_cmpuint (ptl_ctl_text_get_width ("a\xe2\x80\x8b" "b"), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl-table/table", test_table);
  g_test_add_func ("/ctl-table/width", test_width);
  return g_test_run ();
}
