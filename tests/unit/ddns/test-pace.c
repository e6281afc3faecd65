/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ddns/ptl-ddns-pace.h"

static gint64
wait_of (PtlDdnsVerdict verdict, gint64 wait, guint tries, double random)
{
  g_autoptr (PtlDdnsAnswer) answer = ptl_ddns_answer_new (verdict, NULL, NULL, NULL);

  if (wait != 0)
    answer->wait = wait;
  return ptl_ddns_pace_get_wait (answer, tries, random);
}

static void
test_back_off (void)
{
  static const gint64 waits[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600 };

  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      g_assert_cmpint (wait_of (PTL_DDNS_RETRY, 0, i + 1, 0), ==, waits[i]);
      g_assert_cmpint (wait_of (PTL_DDNS_RETRY, 0, i + 1, 1), ==, waits[i] - waits[i] / 4);
    }
  g_assert_cmpint (wait_of (PTL_DDNS_RETRY, 0, G_MAXUINT, 0), ==, 3600);
  g_assert_cmpint (wait_of (PTL_DDNS_RETRY, 0, 0, 0), ==, 30);
  g_assert_cmpint (wait_of (PTL_DDNS_RETRY, 500, 1, 0), ==, 500);
}

/* Never under the half hour that the protocol asks for, and longer where it goes on. */
static void
test_wait (void)
{
  g_assert_cmpint (wait_of (PTL_DDNS_WAIT, 0, 1, 1), ==, 1800);
  g_assert_cmpint (wait_of (PTL_DDNS_WAIT, 5, 1, 1), ==, 1800);
  g_assert_cmpint (wait_of (PTL_DDNS_WAIT, 7200, 1, 1), ==, 7200);
  g_assert_cmpint (wait_of (PTL_DDNS_WAIT, 0, 2, 1), ==, 3600);
  g_assert_cmpint (wait_of (PTL_DDNS_WAIT, 0, 99, 1), ==, 14400);
  g_assert_cmpint (wait_of (PTL_DDNS_WAIT, 86400, 99, 1), ==, 86400);
}

static void
test_others (void)
{
  g_assert_cmpint (wait_of (PTL_DDNS_STOP, 0, 1, 0), ==, -1);
  g_assert_cmpint (wait_of (PTL_DDNS_DONE, 0, 0, 0), ==, PTL_DDNS_PACE_REST_SECONDS);
  g_assert_cmpint (wait_of (PTL_DDNS_UNCHANGED, 0, 0, 0), ==, PTL_DDNS_PACE_REST_SECONDS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ddns/pace/back-off", test_back_off);
  g_test_add_func ("/ddns/pace/wait", test_wait);
  g_test_add_func ("/ddns/pace/others", test_others);
  return g_test_run ();
}
