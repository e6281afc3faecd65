/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/traffic/ptl-traffic-words.h"

#define NBSP "\302\240"

static PtlTrafficStats *
stats_of (const char *text)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text));

  return ptl_traffic_stats_from_variant (variant);
}

static void
test_refused (void)
{
  static const struct { const char *stats, *words; } rows[] = {
    { "@a{sv} {}", "none" },
    { "{'Refused': <{'source': uint64 3}>}", "3 too many of one address at a time" },
    { "{'Refused': <{'source': uint64 3, 'audience': 9, 'banned': 0}>}",
      "12: 9 not among those who may connect, 3 too many of one address at a time" },
    { "{'Refused': <{'a new reason': uint64 1}>}", "1 a new reason" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (PtlTrafficStats) stats = stats_of (rows[i].stats);
      g_autofree char *words = ptl_traffic_describe_refused (stats);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

/* Every reason that the worker gives has words. */
static void
test_reasons (void)
{
  static const char *const reasons[] = { "audience", "banned", "total", "source", "rate", "source-rate", "proxy", "target",
                                         "replies" };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    g_assert_cmpstr (ptl_traffic_refusal_to_words (reasons[i]), !=, reasons[i]);
}

static void
test_times (void)
{
  PtlTrafficTimes times = { 300, 1250, 15400 }, none = { 0 };
  g_autofree char *words = ptl_traffic_describe_times (&times), *nothing = ptl_traffic_describe_times (&none);
  g_autofree char *long_one = ptl_traffic_format_microseconds (1500000);
  g_autofree char *short_one = ptl_traffic_format_microseconds (42);

  g_assert_cmpstr (words, ==, "half within 0.3 ms, 90% within 1.2 ms, 99% within 15 ms");
  g_assert_cmpstr (nothing, ==, "");
  g_assert_cmpstr (long_one, ==, "1.5 s");
  g_assert_cmpstr (short_one, ==, "42 µs");
}

static void
test_targets (void)
{
  g_autoptr (PtlTrafficStats) stats
      = stats_of ("{'Targets': <[{'Endpoint': <'10.0.0.1:80'>, 'Up': <true>, 'ConnectionsNow': "
                  "<uint64 1>, 'ConnectionsEver': <uint64 5>,"
                  " 'ConnectionsPeak': <uint64 4>, 'BytesIn': <uint64 1200000>, 'BytesOut': "
                  "<uint64 300000>,"
                  " 'ConnectP50': <uint64 300>, 'FirstByteP50': <uint64 15000>},"
                  " {'Endpoint': <'10.0.0.2:80'>, 'Backup': <true>, 'Up': <false>, "
                  "'ConnectionsEver': <uint64 3>}]>}");
  g_autoptr (PtlTrafficStats) fresh = stats_of ("{'Targets': <[{'Endpoint': <'10.0.0.1:80'>, 'Up': <true>}]>}");
  g_autofree char *first = ptl_traffic_describe_target (stats->targets->pdata[0], stats);
  g_autofree char *second = ptl_traffic_describe_target (stats->targets->pdata[1], stats);
  g_autofree char *none = ptl_traffic_describe_target (fresh->targets->pdata[0], fresh);
  g_autofree char *up = ptl_traffic_target_state (stats->targets->pdata[0]);
  g_autofree char *down = ptl_traffic_target_state (stats->targets->pdata[1]);

  g_assert_cmpstr (first, ==,
                   "63% of connections, 1 now, at most 4 · 1.2" NBSP "MB in, 300.0" NBSP "kB out · "
                   "mostly connects in 0.3 ms, answers in 15 ms");
  g_assert_true (g_str_has_prefix (second, "38% of connections, 0 now, at most 0"));
  g_assert_cmpstr (none, ==, "no connection yet");
  g_assert_cmpstr (up, ==, "Up");
  g_assert_cmpstr (down, ==, "Down, backup");
}

static void
test_sources (void)
{
  PtlTrafficSource source = { (char *) "10.0.0.1", 3, 12, 1200000, 300000, 4, 1000 };
  g_autofree char *banned = ptl_traffic_describe_source (&source, 460);
  g_autofree char *again = ptl_traffic_describe_source (&source, 1000);

  g_assert_cmpstr (banned, ==,
                   "3 now, 12 ever · 1.2" NBSP "MB in, 300.0" NBSP "kB out · 4 turned away · shut out for 9 min");
  g_assert_cmpstr (again, ==, "3 now, 12 ever · 1.2" NBSP "MB in, 300.0" NBSP "kB out · 4 turned away");
}

static void
test_connection (void)
{
  PtlTrafficConnection connection = { .protocol = PTL_PROTOCOL_UDP,
                                      .source = (char *) "",
                                      .target = (char *) "10.0.0.1:80",
                                      .bytes_in = 5,
                                      .bytes_out = 0 };
  g_autofree char *words = ptl_traffic_describe_connection (&connection, 190);
  g_autofree char *leading = ptl_traffic_describe_leading (&connection);
  g_autofree char *waiting = NULL;

  g_assert_cmpstr (words, ==, "3 min · 5 bytes in, 0 bytes out");
  g_assert_cmpstr (leading, ==, "UDP to 10.0.0.1:80");
  connection.protocol = PTL_PROTOCOL_TCP;
  connection.target = (char *) "";
  waiting = ptl_traffic_describe_leading (&connection);
  g_assert_cmpstr (waiting, ==, "TCP");
}

/* What the engine forgot is not taken for all that there was. */
static void
test_since (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);
  PtlLease *lease = ptl_lease_new ("engine", "");
  g_autofree char *at_once = NULL, *later = NULL;

  g_ptr_array_add (rule->leases, lease);
  rule->created = 1000000;
  lease->granted = 1000002;
  at_once = ptl_traffic_describe_since (rule, 1100000);
  g_assert_null (at_once);
  lease->granted = 1090000;
  later = ptl_traffic_describe_since (rule, 1100000);
  g_assert_true (g_str_has_prefix (later, "Counted since "));
}

static void
test_address (void)
{
  static const struct { const char *source, *address; } rows[] = {
    { "192.0.2.7:5678", "192.0.2.7" }, { "[2001:db8::7]:5678", "2001:db8::7" }, { "192.0.2.7", "192.0.2.7" },
    { "2001:db8:1:2::/64", "2001:db8:1:2::/64" }, { "<b>:80", NULL }, { "example.org:80", NULL }, { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *address = ptl_traffic_dup_address (rows[i].source);

      g_assert_cmpstr (address, ==, rows[i].address);
    }
}

static void
test_why_not (void)
{
  g_assert_null (ptl_traffic_why_not (PTL_KIND_FORWARD, PTL_WAY_AUTO));
  g_assert_null (ptl_traffic_why_not (PTL_KIND_MAPPING, PTL_WAY_GUARDED));
  g_assert_nonnull (ptl_traffic_why_not (PTL_KIND_MAPPING, PTL_WAY_DIRECT));
  g_assert_nonnull (ptl_traffic_why_not (PTL_KIND_TUNNEL, PTL_WAY_REMOTE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/traffic-words/refused", test_refused);
  g_test_add_func ("/gui/traffic-words/reasons", test_reasons);
  g_test_add_func ("/gui/traffic-words/times", test_times);
  g_test_add_func ("/gui/traffic-words/targets", test_targets);
  g_test_add_func ("/gui/traffic-words/sources", test_sources);
  g_test_add_func ("/gui/traffic-words/since", test_since);
  g_test_add_func ("/gui/traffic-words/connection", test_connection);
  g_test_add_func ("/gui/traffic-words/address", test_address);
  g_test_add_func ("/gui/traffic-words/why-not", test_why_not);
  return g_test_run ();
}
