/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-foreign-alarm.h"

#define MINUTE (60 * G_GINT64_CONSTANT (1000000))

static void
test_each (void)
{
  PtlForeignAlarm alarm = { 0 };

  g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, 0, MINUTE), ==, PTL_FOREIGN_NEWS_NONE);
  g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, 1, MINUTE), ==, PTL_FOREIGN_NEWS_EACH);
  g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, PTL_FLOOD_ENTRIES - 1, 2 * MINUTE), ==, PTL_FOREIGN_NEWS_EACH);
  /* Few by few over an evening is no flood. */
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, 2, (20 + i * 11) * MINUTE), ==, PTL_FOREIGN_NEWS_EACH);
}

static void
test_flood_is_one_alarm (void)
{
  PtlForeignAlarm alarm = { 0 };

  g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, 500, MINUTE), ==, PTL_FOREIGN_NEWS_FLOOD);
  for (guint i = 2; i < 60; i++)
    g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, 500, i * MINUTE), ==, PTL_FOREIGN_NEWS_NONE);
  /* It has ended; the next ones are news again. */
  g_assert_cmpint (ptl_foreign_alarm_weigh (&alarm, 1, 75 * MINUTE), ==, PTL_FOREIGN_NEWS_EACH);
}

static void
test_flood_by_drops (void)
{
  PtlForeignAlarm alarm = { 0 };
  guint floods = 0;

  for (guint i = 0; i < 9; i++)
    floods += ptl_foreign_alarm_weigh (&alarm, 1, (1 + i) * MINUTE) == PTL_FOREIGN_NEWS_FLOOD;
  g_assert_cmpuint (floods, ==, 1);
  g_assert_cmpuint (alarm.count, ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/foreign-alarm/each", test_each);
  g_test_add_func ("/foreign-alarm/flood-is-one-alarm", test_flood_is_one_alarm);
  g_test_add_func ("/foreign-alarm/flood-by-drops", test_flood_by_drops);
  return g_test_run ();
}
