/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client-bus.h"

#include "client/ptl-traffic-feed.h"

static PtlTrafficStats *
stats_of (const char *text)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (text));

  return ptl_traffic_stats_from_variant (variant);
}

static void
test_stats (void)
{
  g_autoptr (PtlTrafficStats) stats = stats_of (
      "{'BytesIn': <uint64 10>, 'BytesOut': <uint64 20>, 'ConnectionsNow': <uint64 3>, "
      "'ConnectionsPeak': <uint64 5>,"
      " 'Refused': <{'source': uint64 2, 'audience': 7, 'banned': 0}>, 'ConnectP50': <uint64 300>, "
      "'FirstByteP99': <uint64 9>,"
      " 'Targets': <[{'Endpoint': <'10.0.0.1:80'>, 'Up': <true>, 'Failures': <uint64 1>,"
      " 'ConnectionsPeak': <uint64 6>, 'PacketsOut': <uint64 8>, 'ConnectP90': <uint64 70>}]>,"
      " 'Sources': <[{'Address': <'10.0.0.9'>, 'BannedUntil': <int64 77>}]>}");
  const PtlTrafficRefusals *first = stats->refused->pdata[0];
  const PtlTrafficTarget *target = stats->targets->pdata[0];
  const PtlTrafficSource *source = stats->sources->pdata[0];

  g_assert_cmpuint (stats->bytes_in, ==, 10);
  g_assert_cmpuint (stats->connections_peak, ==, 5);
  g_assert_cmpuint (stats->refused->len, ==, 2);
  g_assert_cmpstr (first->reason, ==, "audience");
  g_assert_cmpuint (stats->connect.p50, ==, 300);
  g_assert_cmpuint (stats->first_byte.p99, ==, 9);
  g_assert_cmpstr (target->endpoint, ==, "10.0.0.1:80");
  g_assert_true (target->up);
  g_assert_cmpuint (target->failures, ==, 1);
  g_assert_cmpuint (target->connections_peak, ==, 6);
  g_assert_cmpuint (target->packets_out, ==, 8);
  g_assert_cmpuint (target->connect.p90, ==, 70);
  g_assert_cmpstr (source->address, ==, "10.0.0.9");
  g_assert_cmpint (source->banned_until, ==, 77);
}

/* What is missing or of another type is nothing; and no text from the network gets through as it is. */
static void
test_lenient (void)
{
  g_autoptr (PtlTrafficStats) stats
    = stats_of ("{'BytesIn': <'many'>, 'Refused': <@a{sv} {}>, 'Targets': <[{'Endpoint': <'a\\x1b[31m\\nb'>}]>}");
  const PtlTrafficTarget *target = stats->targets->pdata[0];

  g_assert_cmpuint (stats->bytes_in, ==, 0);
  g_assert_cmpuint (stats->refused->len, ==, 0);
  g_assert_cmpuint (stats->sources->len, ==, 0);
  g_assert_null (strchr (target->endpoint, '\x1b'));
  g_assert_null (strchr (target->endpoint, '\n'));
}

static void
test_moved (void)
{
  g_autoptr (PtlTrafficStats) before = stats_of ("{'BytesIn': <uint64 1>, 'Refused': <{'audience': uint64 1}>}");
  g_autoptr (PtlTrafficStats) same = stats_of ("{'BytesIn': <uint64 1>, 'Refused': <{'audience': uint64 1}>}");
  g_autoptr (PtlTrafficStats) more = stats_of ("{'BytesIn': <uint64 2>, 'Refused': <{'audience': uint64 1}>}");
  g_autoptr (PtlTrafficStats) refused = stats_of ("{'BytesIn': <uint64 1>, 'Refused': <{'audience': uint64 2}>}");

  g_assert_false (ptl_traffic_stats_moved (same, before));
  g_assert_true (ptl_traffic_stats_moved (more, before));
  g_assert_true (ptl_traffic_stats_moved (refused, before));
}

static void
test_lists (void)
{
  g_autoptr (GVariant) connections = g_variant_ref_sink (g_variant_new_parsed (
    "[{'Id': <uint64 9>, 'Protocol': <'udp'>, 'Source': <'10.0.0.9:5'>, 'Target': <''>, 'Age': <int64 4>}]"));
  g_autoptr (GVariant) history = g_variant_ref_sink (g_variant_new_parsed (
    "[(int64 60, uint64 1, uint64 2, uint64 3, uint64 4, uint64 5)]"));
  g_autoptr (GPtrArray) list = ptl_traffic_connections_from_variant (connections);
  g_autoptr (GArray) samples = ptl_traffic_history_from_variant (history);
  const PtlTrafficConnection *connection = list->pdata[0];
  const PtlTrafficSample *sample = &g_array_index (samples, PtlTrafficSample, 0);

  g_assert_cmpuint (connection->id, ==, 9);
  g_assert_cmpint (connection->protocol, ==, PTL_PROTOCOL_UDP);
  g_assert_cmpstr (connection->source, ==, "10.0.0.9:5");
  g_assert_cmpint (connection->age, ==, 4);
  g_assert_cmpuint (samples->len, ==, 1);
  g_assert_cmpint (sample->at, ==, 60);
  g_assert_cmpuint (sample->refused, ==, 5);
}

/* The feed */

typedef struct
{
  ClientBus bus;
  char *id;
  PtlTrafficFeed *feed;
  guint n_changed;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) rule = fake_rule (1, "one");

  client_bus_set_up (&self->bus, data);
  client_bus_start_worker (&self->bus);
  fake_worker_add_rule (self->bus.worker, rule);
  g_assert_true (client_bus_connect (&self->bus, &error));
  g_assert_no_error (error);
  self->id = fake_id (1);
  self->feed = ptl_traffic_feed_new (self->bus.client, ptl_client_get_rule (self->bus.client, self->id));
  g_signal_connect_swapped (self->feed, "changed", G_CALLBACK (client_bus_count), &self->n_changed);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  ptl_traffic_feed_set_shown (self->feed, FALSE, FALSE);
  g_object_unref (self->feed);
  g_free (self->id);
  client_bus_tear_down (&self->bus, data);
}

static guint
count (Fixture *self, const char *method)
{
  return fake_worker_count (self->bus.worker, method);
}

/* While it moves it is asked each second, and once more; then no more until it moves again. */
static void
test_follow (Fixture *self, gconstpointer data)
{
  guint64 in, out;

  ptl_traffic_feed_set_shown (self->feed, TRUE, FALSE);
  WAIT_UNTIL (self->n_changed == 1);
  g_assert_cmpuint (count (self, "GetStatistics"), ==, 1);
  g_assert_cmpuint (count (self, "ListConnections"), ==, 0);
  g_assert_null (ptl_traffic_feed_get_connections (self->feed));
  fake_worker_set_traffic (self->bus.worker, self->id, 5000, 2);
  WAIT_UNTIL (self->n_changed == 2);
  g_assert_cmpuint (ptl_traffic_feed_get_stats (self->feed)->bytes_in, ==, 5000);
  ptl_traffic_feed_get_rates (self->feed, &in, &out);
  g_assert_cmpuint (in, >, 0);
  g_assert_cmpuint (in, <, 50000);
  g_assert_cmpuint (out, ==, 0);
  WAIT_UNTIL (self->n_changed == 3);
  ptl_traffic_feed_get_rates (self->feed, &in, &out);
  g_assert_cmpuint (in, ==, 0);
  g_assert_cmpuint (count (self, "GetStatistics"), ==, 3);
}

static void
test_connections (Fixture *self, gconstpointer data)
{
  fake_worker_set_traffic (self->bus.worker, self->id, 5000, 2);
  ptl_traffic_feed_set_shown (self->feed, FALSE, TRUE);
  WAIT_UNTIL (self->n_changed == 1);
  g_assert_cmpuint (ptl_traffic_feed_get_connections (self->feed)->len, ==, 2);
  ptl_traffic_feed_refresh (self->feed);
  WAIT_UNTIL (self->n_changed == 2);
  g_assert_cmpuint (count (self, "ListConnections"), ==, 2);
}

/* What is not shown is not asked for, however it moves. */
static void
test_hidden (Fixture *self, gconstpointer data)
{
  PtlRuleItem *item = ptl_traffic_feed_get_item (self->feed);
  guint64 bytes = 0;

  ptl_traffic_feed_set_shown (self->feed, TRUE, TRUE);
  WAIT_UNTIL (self->n_changed == 1);
  ptl_traffic_feed_set_shown (self->feed, FALSE, FALSE);
  fake_worker_set_traffic (self->bus.worker, self->id, 7000, 1);
  WAIT_UNTIL ((g_object_get (item, "bytes-in", &bytes, NULL), bytes == 7000));
  ptl_traffic_feed_refresh (self->feed);
  g_assert_cmpuint (count (self, "GetStatistics"), ==, 1);
  ptl_traffic_feed_set_shown (self->feed, TRUE, FALSE);
  WAIT_UNTIL (self->n_changed == 2);
  g_assert_cmpuint (ptl_traffic_feed_get_stats (self->feed)->bytes_in, ==, 7000);
}

static void
test_error (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) failure = g_error_new_literal (PTL_ERROR, PTL_ERROR_STATE, "It is not open just now.");

  fake_worker_set_failure (self->bus.worker, failure, TRUE);
  ptl_traffic_feed_set_shown (self->feed, TRUE, TRUE);
  WAIT_UNTIL (self->n_changed == 1);
  g_assert_error (ptl_traffic_feed_get_error (self->feed), PTL_ERROR, PTL_ERROR_STATE);
  g_assert_null (ptl_traffic_feed_get_stats (self->feed));
  g_assert_cmpuint (count (self, "ListConnections"), ==, 0);
}

#define ADD(name, function) g_test_add ("/traffic/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/traffic/stats", test_stats);
  g_test_add_func ("/traffic/lenient", test_lenient);
  g_test_add_func ("/traffic/moved", test_moved);
  g_test_add_func ("/traffic/lists", test_lists);
  ADD ("follow", test_follow);
  ADD ("connections", test_connections);
  ADD ("hidden", test_hidden);
  ADD ("error", test_error);
  return g_test_run ();
}
