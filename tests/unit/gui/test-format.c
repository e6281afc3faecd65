/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/ptl-format.h"

/* 2026-11-20 12:00:00 UTC */
#define NOW G_GINT64_CONSTANT (1795176000)
#define MINUTE 60
#define HOUR 3600
#define DAY 86400

static void
test_duration (void)
{
  static const struct { gint64 seconds; const char *shorter, *longer; } rows[] = {
    { -5, "0 s", "0 seconds" },
    { 0, "0 s", "0 seconds" },
    { 1, "1 s", "1 second" },
    { 59, "59 s", "59 seconds" },
    { 60, "1 min", "1 minute" },
    { 119, "1 min", "1 minute" },
    { 45 * MINUTE, "45 min", "45 minutes" },
    { HOUR, "1 h", "1 hour" },
    { HOUR + 59, "1 h", "1 hour" },
    { 2 * HOUR + 13 * MINUTE, "2 h 13 min", "2 hours 13 minutes" },
    { DAY - 1, "23 h 59 min", "23 hours 59 minutes" },
    { DAY, "1 day", "1 day" },
    { DAY + HOUR, "1 day 1 h", "1 day 1 hour" },
    { 3 * DAY + 4 * HOUR + 59 * MINUTE, "3 days 4 h", "3 days 4 hours" },
    { 7 * DAY + 4 * HOUR, "7 days", "7 days" },
    { 366 * DAY, "366 days", "366 days" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *shorter = ptl_format_duration (rows[i].seconds);
      g_autofree char *longer = ptl_format_duration_long (rows[i].seconds);

      g_assert_cmpstr (shorter, ==, rows[i].shorter);
      g_assert_cmpstr (longer, ==, rows[i].longer);
    }
}

static void
test_expires (void)
{
  static const struct { gint64 expires, review; const char *cell, *left; } rows[] = {
    { NOW + 2 * HOUR + 13 * MINUTE, 0, "in 2 h 13 min", "2 h 13 min left" },
    { NOW + 9, 0, "in 9 s", "9 s left" },
    { NOW, 0, "closing now", "closing now" },
    { NOW - 100, 0, "closing now", "closing now" },
    { 0, NOW + 20 * DAY, "review in 20 days", "review in 20 days" },
    { 0, NOW, "review is due", "review is due" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *cell = ptl_format_expires (rows[i].expires, rows[i].review, NOW);
      g_autofree char *left = ptl_format_time_left (rows[i].expires, rows[i].review, NOW);

      g_assert_cmpstr (cell, ==, rows[i].cell);
      g_assert_cmpstr (left, ==, rows[i].left);
    }
}

/* The countdown sleeps until the next change: it must never miss one, nor wake for nothing twice in a row. */
static void
test_next_change (void)
{
  gint64 ends[] = { NOW + 3, NOW + 61, NOW + 200, NOW + 2 * HOUR + 1, NOW + DAY + 5, NOW + 3 * DAY + 7 };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      gint64 at = NOW;

      for (guint steps = 0; steps < 70 && at < ends[i]; steps++)
        {
          guint wait = ptl_format_next_change (ends[i], 0, at);
          g_autofree char *before = ptl_format_expires (ends[i], 0, at);
          g_autofree char *still = ptl_format_expires (ends[i], 0, at + wait - 1);

          g_assert_cmpuint (wait, >=, 1);
          g_assert_cmpstr (before, ==, still);
          at += wait;
        }
    }
  g_assert_cmpuint (ptl_format_next_change (NOW - 1, 0, NOW), >, 60);
}

static void
test_time (void)
{
  static const struct { gint64 time; const char *text; } rows[] = {
    { 0, "" },
    { NOW, "today 12:00" },
    { NOW + 11 * HOUR, "today 23:00" },
    { NOW + 12 * HOUR, "tomorrow 00:00" },
    { NOW - 13 * HOUR, "yesterday 23:00" },
    { NOW + 3 * DAY, "23 November 2026 12:00" },
    { NOW - 365 * DAY, "20 November 2025 12:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = ptl_format_time (rows[i].time, NOW);

      g_assert_cmpstr (g_strstrip (text), ==, rows[i].text);
    }
}

static void
test_log_time (void)
{
  g_autofree char *time = ptl_format_log_time (NOW + 5);
  g_autofree char *none = ptl_format_log_time (0);

  g_assert_cmpstr (time, ==, "2026-11-20 12:00:05");
  g_assert_cmpstr (none, ==, "");
}

static char *
traffic_of (PtlKind kind, PtlWay way, guint64 in, guint64 out)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (kind);

  rule->way = way;
  rule->traffic.bytes_in = in;
  rule->traffic.bytes_out = out;
  return ptl_format_traffic (rule);
}

static void
test_traffic (void)
{
  g_autofree char *none = traffic_of (PTL_KIND_FORWARD, PTL_WAY_AUTO, 0, 0);
  g_autofree char *some = traffic_of (PTL_KIND_MAPPING, PTL_WAY_GUARDED, 1200000, 300000);
  g_autofree char *direct = traffic_of (PTL_KIND_MAPPING, PTL_WAY_DIRECT, 0, 0);
  g_autofree char *tunnel = traffic_of (PTL_KIND_TUNNEL, PTL_WAY_REMOTE, 0, 0);

  g_assert_cmpstr (none, ==, "none yet");
  g_assert_nonnull (strstr (some, "1.2"));
  g_assert_nonnull (strstr (some, "in, "));
  g_assert_nonnull (strstr (some, "300"));
  g_assert_cmpstr (direct, ==, "not counted");
  g_assert_cmpstr (tunnel, ==, "not counted");
}

static void
test_connections (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);
  g_autofree char *counted = NULL;
  g_autofree char *direct = NULL;

  rule->traffic.connections_now = 3;
  rule->traffic.connections_ever = 12;
  counted = ptl_format_connections (rule);
  g_assert_cmpstr (counted, ==, "3 now, 12 ever");
  rule->kind = PTL_KIND_MAPPING;
  rule->way = PTL_WAY_DIRECT;
  rule->traffic.connections_ever = 0;
  direct = ptl_format_connections (rule);
  g_assert_cmpstr (direct, ==, "");
}

static void
test_endpoint (void)
{
  static const struct { const char *text, *words; } rows[] = {
    { "203.0.113.5:25565", "203.0.113.5:25565" },
    { "[2001:db8::1]:80-90", "[2001:db8::1]:80-90" },
    { ":25565", "port 25565" },
    { ":80-90", "ports 80 to 90" },
    { "unix:/run/x.sock", "unix:/run/x.sock" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlEndpoint) endpoint = ptl_endpoint_parse (rows[i].text, PTL_PROTOCOL_TCP, NULL);
      g_autofree char *words = ptl_format_endpoint (endpoint);

      g_assert_nonnull (endpoint);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_endpoint_unknown (void)
{
  g_autoptr (PtlEndpoint) any = ptl_endpoint_new (PTL_PROTOCOL_UDP, NULL, 0, 0);
  g_autofree char *none = ptl_format_endpoint (NULL);
  g_autofree char *free_port = ptl_format_endpoint (any);

  g_assert_cmpstr (none, ==, "");
  g_assert_cmpstr (free_port, ==, "any free port");
}

/* Each state has a word and an icon of its own, so that nobody needs to tell colours apart. */
static void
test_states (void)
{
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);

  for (int state = PTL_RULE_STATE_REQUESTED; state <= PTL_RULE_STATE_FAILED; state++)
    {
      g_assert_true (g_hash_table_add (words, (gpointer) ptl_format_state (state, PTL_CLOSE_REASON_NONE)));
      g_assert_true (g_str_has_suffix (ptl_format_state_icon (state, PTL_CLOSE_REASON_NONE), "-symbolic"));
      g_assert_cmpstr (ptl_format_state_style (state), !=, "");
    }
  g_assert_cmpstr (ptl_format_state (PTL_RULE_STATE_CLOSED, PTL_CLOSE_REASON_EXPIRED), ==, "Expired");
  g_assert_cmpstr (ptl_format_state (PTL_RULE_STATE_CLOSED, PTL_CLOSE_REASON_REVOKED), ==, "Closed");
  g_assert_cmpstr (ptl_format_state (PTL_RULE_STATE_CLOSED, PTL_CLOSE_REASON_SUPERSEDED), ==, "Superseded");
  g_assert_cmpstr (ptl_format_state_icon (PTL_RULE_STATE_OPEN, 0), !=, ptl_format_state_icon (PTL_RULE_STATE_DEGRADED, 0));
  g_assert_cmpstr (ptl_format_state_icon (PTL_RULE_STATE_FAILED, 0), !=, ptl_format_state_icon (PTL_RULE_STATE_DEGRADED, 0));
}

static void
test_words (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);
  const char *networks[] = { "198.51.100.0/24", NULL };
  g_autofree char *anyone = ptl_format_audience (rule);
  g_autofree char *some = NULL;

  g_assert_cmpstr (anyone, ==, "Anyone");
  g_clear_pointer (&rule->audience, ptl_audience_unref);
  rule->audience = ptl_audience_new (networks, NULL);
  some = ptl_format_audience (rule);
  g_assert_cmpstr (some, ==, "198.51.100.0/24");
  g_assert_cmpstr (ptl_format_kind (PTL_KIND_TUNNEL), ==, "Tunnel");
  g_assert_cmpstr (ptl_format_protocol (PTL_PROTOCOL_BOTH), ==, "TCP and UDP");
  g_assert_cmpstr (ptl_format_system ("natpmp"), ==, "NAT-PMP");
  g_assert_cmpstr (ptl_format_system ("other"), ==, "other");
  g_assert_cmpstr (ptl_format_system (NULL), ==, "");
}

static void
test_events (void)
{
  g_assert_cmpstr (ptl_format_event ("open", "ok"), ==, "Opened");
  g_assert_cmpstr (ptl_format_event ("open", "begun"), ==, "Opening");
  g_assert_cmpstr (ptl_format_event ("open", "failed"), ==, "Opening failed");
  g_assert_cmpstr (ptl_format_event ("something-new", "ok"), ==, "something-new");
  g_assert_cmpstr (ptl_format_event (NULL, NULL), ==, "");
  g_assert_cmpstr (ptl_format_step ("router"), ==, "Asking the router");
  g_assert_cmpstr (ptl_format_step (""), ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/format/duration", test_duration);
  g_test_add_func ("/gui/format/expires", test_expires);
  g_test_add_func ("/gui/format/next-change", test_next_change);
  g_test_add_func ("/gui/format/time", test_time);
  g_test_add_func ("/gui/format/log-time", test_log_time);
  g_test_add_func ("/gui/format/traffic", test_traffic);
  g_test_add_func ("/gui/format/connections", test_connections);
  g_test_add_func ("/gui/format/endpoint", test_endpoint);
  g_test_add_func ("/gui/format/endpoint-unknown", test_endpoint_unknown);
  g_test_add_func ("/gui/format/states", test_states);
  g_test_add_func ("/gui/format/words", test_words);
  g_test_add_func ("/gui/format/events", test_events);
  return g_test_run ();
}
