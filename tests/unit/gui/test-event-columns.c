/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/ptl-event-item.h"
#include "gui/activity/ptl-event-columns.h"
#include "gui/inventory/ptl-rule-columns.h"

static PtlEvent *
make_event (const char *what, const char *result)
{
  PtlEvent *event = ptl_event_new ();

  g_free (event->what);
  g_free (event->result);
  g_free (event->who);
  g_free (event->detail);
  event->what = g_strdup (what);
  event->result = g_strdup (result);
  event->who = g_strdup ("user ann (portolanctl)");
  event->detail = g_strdup ("Open at 203.0.113.5:25565.");
  event->seq = 7;
  event->at = 1795176000;
  return event;
}

static void
test_filter (void)
{
  static const struct { const char *what, *result; PtlEventFilter filter; gboolean passes; } rows[] = {
    { "open", "ok", PTL_EVENT_FILTER_ALL, TRUE },
    { "open", "ok", PTL_EVENT_FILTER_OPENED, TRUE },
    { "reopen", "ok", PTL_EVENT_FILTER_OPENED, TRUE },
    { "open", "ok", PTL_EVENT_FILTER_CLOSED, FALSE },
    { "close", "ok", PTL_EVENT_FILTER_CLOSED, TRUE },
    { "expire", "ok", PTL_EVENT_FILTER_CLOSED, TRUE },
    { "debt-paid", "ok", PTL_EVENT_FILTER_CLOSED, TRUE },
    { "extend", "ok", PTL_EVENT_FILTER_CHANGED, TRUE },
    { "block", "ok", PTL_EVENT_FILTER_CHANGED, TRUE },
    { "edit", "ok", PTL_EVENT_FILTER_OPENED, FALSE },
    { "renew", "ok", PTL_EVENT_FILTER_TROUBLE, FALSE },
    { "renew", "failed", PTL_EVENT_FILTER_TROUBLE, TRUE },
    { "open", "failed", PTL_EVENT_FILTER_TROUBLE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlEvent) event = make_event (rows[i].what, rows[i].result);

      g_assert_cmpint (ptl_event_passes (event, rows[i].filter), ==, rows[i].passes);
    }
}

static void
test_matches (void)
{
  static const struct { const char *search; gboolean matches; } rows[] = {
    { "", TRUE }, { "ANN", TRUE }, { "25565", TRUE }, { "opened", TRUE }, { "opened bert", FALSE }, { "valheim", FALSE },
  };
  g_autoptr (PtlEvent) event = make_event ("open", "ok");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) words = ptl_search_words (rows[i].search);

      g_assert_cmpint (ptl_event_matches (event, (const char *const *) words), ==, rows[i].matches);
    }
}

static void
test_texts (void)
{
  g_autoptr (PtlEventItem) item = ptl_event_item_new (make_event ("open", "failed"));
  g_autofree char *what = ptl_table_spec_find (&ptl_event_table, "what")->dup_text (item);
  g_autofree char *at = ptl_table_spec_find (&ptl_event_table, "at")->dup_text (item);
  g_autofree char *seq = ptl_table_spec_find (&ptl_event_table, "seq")->dup_text (item);

  g_assert_cmpstr (what, ==, "Opening failed");
  g_assert_cmpstr (at, ==, "2026-11-20 12:00:00");
  g_assert_cmpstr (seq, ==, "7");
  g_assert_cmpstr (ptl_table_spec_find (&ptl_event_table, "what")->get_icon (item), ==, "dialog-warning-symbolic");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/event-columns/filter", test_filter);
  g_test_add_func ("/gui/event-columns/matches", test_matches);
  g_test_add_func ("/gui/event-columns/texts", test_texts);
  return g_test_run ();
}
