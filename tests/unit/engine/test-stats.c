/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-engine-stats.h"

static PtlEngineStats *
get_stats (PtlEngine *engine)
{
  PtlEngineStats *stats = ptl_engine_dup_stats (engine, "f");

  g_assert_nonnull (stats);
  return stats;
}

static const PtlTargetStats *
get_target (const PtlEngineStats *stats, guint i)
{
  return stats->targets->pdata[i];
}

static void
test_unknown_id (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);

  g_assert_null (ptl_engine_dup_stats (engine, "nothing"));
  g_assert_null (ptl_engine_list_connections (engine, "nothing", 0));
  g_assert_cmpuint (ptl_engine_kick (engine, "nothing", NULL, 0), ==, 0);
  g_assert_cmpuint (ptl_engine_kick_source (engine, "nothing", "127.0.0.1"), ==, 0);
}

static void
test_nothing_yet (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlEngineStats) stats = NULL;

  open_simple (engine, "f", PTL_PROTOCOL_BOTH, 9);
  stats = get_stats (engine);
  g_assert_cmpuint (stats->traffic.connections_ever, ==, 0);
  g_assert_cmpuint (stats->peak, ==, 0);
  g_assert_cmpuint (ptl_histogram_get_count (&stats->connect), ==, 0);
  g_assert_cmpuint (ptl_histogram_get_count (&stats->first_byte), ==, 0);
  g_assert_cmpuint (stats->sources->len, ==, 0);
  g_assert_cmpuint (stats->targets->len, ==, 1);
}

/* Waits until @bytes have come back through it, so that all was counted. */
static PtlEngineStats *
wait_for_bytes (PtlEngine *engine, guint64 bytes)
{
  wait_until (get_traffic (engine, "f").bytes_out == bytes);
  return get_stats (engine);
}

static void
test_tcp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  g_autoptr (PtlEngineStats) stats = NULL, later = NULL;
  int fds[3];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      assert_echo (fds[i], "ahoy");
    }
  stats = wait_for_bytes (engine, 12);
  g_assert_cmpuint (stats->traffic.bytes_in, ==, 12);
  g_assert_cmpuint (stats->traffic.connections_now, ==, 3);
  g_assert_cmpuint (stats->peak, ==, 3);
  g_assert_cmpuint (stats->packets_in, ==, 0);
  g_assert_cmpuint (ptl_histogram_get_count (&stats->connect), ==, 3);
  g_assert_cmpuint (ptl_histogram_get_count (&stats->first_byte), ==, 3);
  g_assert_cmpuint (ptl_histogram_get_percentile (&stats->connect, 99), >, 0);
  g_assert_cmpuint (ptl_histogram_get_percentile (&stats->connect, 50), <=,
                    ptl_histogram_get_percentile (&stats->first_byte, 99));
  close (fds[0]);
  close (fds[1]);
  wait_until (get_traffic (engine, "f").connections_now == 1);
  later = get_stats (engine);
  g_assert_cmpuint (later->peak, ==, 3);
  g_assert_cmpuint (later->traffic.connections_ever, ==, 3);
  close (fds[2]);
}

/* The first byte comes when the target speaks, however early it was connected. */
static void
answer_late (int fd, gpointer unused)
{
  char byte;

  if (recv (fd, &byte, 1, 0) == 1)
    {
      g_usleep (30 * 1000);
      send_all (fd, "late", 4);
    }
}

static void
test_first_byte (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", answer_late, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  g_autoptr (PtlEngineStats) before = NULL, after = NULL;
  char answer[4];

  wait_until (peer_get_n_accepted (peer) == 1);
  before = get_stats (engine);
  g_assert_cmpuint (ptl_histogram_get_count (&before->first_byte), ==, 0);
  send_all (fd, "?", 1);
  receive_all (fd, answer, sizeof answer);
  after = wait_for_bytes (engine, 4);
  g_assert_cmpuint (ptl_histogram_get_count (&after->first_byte), ==, 1);
  g_assert_cmpuint (ptl_histogram_get_percentile (&after->first_byte, 50), >=, 28 * 1000);
  close (fd);
}

/* A quick target and a slow one take turns: each has what is its own. */
static void
test_targets_apart (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) quick = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (Peer) slow = peer_new ("127.0.0.1", answer_late, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (quick), NULL);
  g_autoptr (PtlEngineStats) stats = NULL;
  int fds[6];
  guint16 port;

  forward_add_target (forward, "127.0.0.1", peer_get_port (slow), FALSE);
  port = open_forward (engine, "f", forward);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      char answer[4];

      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      send_all (fds[i], "ahoy", 4);
      receive_all (fds[i], answer, sizeof answer);
    }
  stats = wait_for_bytes (engine, 24);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (get_target (stats, i)->connections_ever, ==, 3);
      g_assert_cmpuint (get_target (stats, i)->connect.n, ==, 3);
      g_assert_cmpuint (get_target (stats, i)->first_byte.n, ==, 3);
    }
  g_assert_cmpuint (get_target (stats, 0)->connections_peak, ==, 3);
  g_assert_cmpuint (get_target (stats, 1)->connections_peak, >=, 1);
  g_assert_cmpuint (get_target (stats, 1)->first_byte.p50, >=, 28 * 1000);
  g_assert_cmpuint (get_target (stats, 0)->first_byte.p50, <,
                    get_target (stats, 1)->first_byte.p50);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_udp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  g_autoptr (PtlEngineStats) stats = NULL;

  for (guint i = 0; i < 5; i++)
    assert_echo (fd, "ahoy");
  stats = wait_for_bytes (engine, 20);
  g_assert_cmpuint (stats->packets_in, ==, 5);
  g_assert_cmpuint (stats->packets_out, ==, 5);
  g_assert_cmpuint (get_target (stats, 0)->packets_in, ==, 5);
  g_assert_cmpuint (get_target (stats, 0)->packets_out, ==, 5);
  g_assert_cmpuint (get_target (stats, 0)->first_byte.n, ==, 1);
  g_assert_cmpuint (stats->peak, ==, 1);
  g_assert_cmpuint (ptl_histogram_get_count (&stats->connect), ==, 0);
  g_assert_cmpuint (ptl_histogram_get_count (&stats->first_byte), ==, 1);
  close (fd);
}

static void
test_refused (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", 0, "127.0.0.1", 9, "192.0.2.0/24");
  guint16 port = open_forward (engine, "f", forward);
  int tcp = connect_to (SOCK_STREAM, NULL, "127.0.0.1", port);
  int udp = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  g_autoptr (PtlEngineStats) stats = NULL;

  send_all (udp, "x", 1);
  wait_until (get_traffic (engine, "f").refused == 2);
  stats = get_stats (engine);
  g_assert_cmpuint (stats->refused[PTL_REFUSED_AUDIENCE], ==, 2);
  for (guint i = PTL_REFUSED_AUDIENCE + 1; i < PTL_N_REFUSED; i++)
    g_assert_cmpuint (stats->refused[i], ==, 0);
  g_assert_cmpuint (stats->peak, ==, 0);
  close (tcp);
  close (udp);
}

static void
test_words (void)
{
  g_assert_cmpstr (ptl_refused_to_string (PTL_REFUSED_AUDIENCE), ==, "audience");
  g_assert_cmpstr (ptl_refused_to_string (PTL_REFUSED_SOURCE_RATE), ==, "source-rate");
  for (guint i = 0; i < PTL_N_REFUSED; i++)
    for (guint j = 0; j < i; j++)
      g_assert_cmpstr (ptl_refused_to_string (i), !=, ptl_refused_to_string (j));
}

/* Ten at most, the one that moves most first. */
static void
test_top_sources (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  g_autoptr (PtlEngineStats) stats = NULL;
  const PtlSourceStats *first;
  int fds[13];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      g_autofree char *from = g_strdup_printf ("127.0.1.%u", i < 12 ? i + 1 : 7);

      fds[i] = connect_to (SOCK_STREAM, from, "127.0.0.1", port);
      g_assert_cmpint (fds[i], >=, 0);
      assert_echo (fds[i], "ahoy");
    }
  stats = wait_for_bytes (engine, 4 * G_N_ELEMENTS (fds));
  g_assert_cmpuint (stats->sources->len, ==, 10);
  first = stats->sources->pdata[0];
  g_assert_cmpstr (first->address, ==, "127.0.1.7");
  g_assert_cmpuint (first->connections_now, ==, 2);
  g_assert_cmpuint (first->bytes_in, ==, 8);
  g_assert_cmpuint (first->bytes_out, ==, 8);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stats/unknown-id", test_unknown_id);
  g_test_add_func ("/stats/nothing-yet", test_nothing_yet);
  g_test_add_func ("/stats/tcp", test_tcp);
  g_test_add_func ("/stats/first-byte", test_first_byte);
  g_test_add_func ("/stats/targets-apart", test_targets_apart);
  g_test_add_func ("/stats/udp", test_udp);
  g_test_add_func ("/stats/refused", test_refused);
  g_test_add_func ("/stats/words", test_words);
  g_test_add_func ("/stats/top-sources", test_top_sources);
  return g_test_run ();
}
