/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-nesting.h"

#include <string.h>

static void
test_depths (void)
{
  static const struct
  {
    const char *json;
    guint depth; /* the least that is enough */
  } cases[] = {
    { "", 0 },
    { "12", 0 },
    { "[]", 1 },
    { "[[], {}, [1]]", 2 },
    { "{\"a\": [{\"b\": 1}]}", 3 },
    { "{\"a\": \"[[[[\"}", 1 },
    { "{\"a\": \"\\\"[[[\"}", 1 },
    { "]]]][", 1 },
    { "[[[[", 4 },
    { "\"never ends [[[", 0 },
    { "\"ends in \\", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize length = strlen (cases[i].json);

      g_test_message ("%s", cases[i].json);
      g_assert_true (ptl_nesting_is_shallow (cases[i].json, length, cases[i].depth));
      if (cases[i].depth > 0)
        g_assert_false (ptl_nesting_is_shallow (cases[i].json, length, cases[i].depth - 1));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nesting/depths", test_depths);
  return g_test_run ();
}
