/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tunnel/ptl-backoff.h"

static void
test_doubles (void)
{
  static const gint64 seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (seconds); i++)
    {
      g_assert_cmpint (ptl_backoff_get_us (i, 0), ==, seconds[i] * G_USEC_PER_SEC);
      g_assert_cmpint (ptl_backoff_get_us (i, 1), ==, seconds[i] * G_USEC_PER_SEC * 3 / 4);
    }
  g_assert_cmpint (ptl_backoff_get_us (G_MAXUINT, 0), ==, PTL_BACKOFF_MOST_US);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/doubles", test_doubles);
  return g_test_run ();
}
