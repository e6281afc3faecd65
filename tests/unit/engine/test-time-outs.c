/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-engine-config.h"

/* The options say how long; milliseconds that are given go before them. */
static void
test_config (void)
{
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", 80, NULL);
  g_autoptr (PtlOptions) options = ptl_options_new ();
  g_autoptr (PtlForward) copy = NULL;
  g_autoptr (PtlEngineConfig) plain = ptl_engine_config_new (forward, NULL);
  g_autoptr (PtlEngineConfig) config = NULL;

  g_assert_cmpint (plain->connect_timeout_us, ==, 10 * G_USEC_PER_SEC);
  g_assert_cmpint (plain->tcp_idle_timeout_us, ==, 7200LL * G_USEC_PER_SEC);
  g_assert_cmpint (plain->total_timeout_us, ==, 0);
  g_assert_cmpint (plain->udp_idle_timeout_us, ==, 120 * G_USEC_PER_SEC);
  g_assert_cmpuint (plain->udp_max_sessions, ==, 1024);
  options->values[PTL_OPTION_CONNECT_TIMEOUT] = 3;
  options->values[PTL_OPTION_IDLE_TIMEOUT] = 4;
  options->values[PTL_OPTION_TOTAL_TIMEOUT] = 5;
  options->values[PTL_OPTION_UDP_IDLE_TIMEOUT] = 6;
  options->values[PTL_OPTION_UDP_SESSIONS] = 7;
  ptl_forward_set_options (forward, options);
  forward->tcp_idle_timeout_ms = 250;
  copy = ptl_forward_copy (forward);
  config = ptl_engine_config_new (copy, NULL);
  g_assert_cmpint (config->connect_timeout_us, ==, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (config->tcp_idle_timeout_us, ==, 250 * 1000);
  g_assert_cmpint (config->total_timeout_us, ==, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (config->udp_idle_timeout_us, ==, 6 * G_USEC_PER_SEC);
  g_assert_cmpuint (config->udp_max_sessions, ==, 7);
  g_assert_true (ptl_options_equal (config->options, options));
}

static void
test_options_checked (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", 80, NULL);
  g_autoptr (GError) error = NULL;

  forward->options->values[PTL_OPTION_MAX_CONNECTIONS] = 2;
  forward->options->values[PTL_OPTION_MAX_PER_SOURCE] = 3;
  g_assert_false (ptl_engine_open (engine, "f", forward, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

/* However busy; and not as if all had been well. */
static void
test_total (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  guint16 port;
  gint64 start;
  char byte = 'x';
  int fd;

  forward->total_timeout_ms = 300;
  port = open_forward (engine, "f", forward);
  start = g_get_monotonic_time ();
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  errno = 0;
  while (send (fd, &byte, 1, MSG_NOSIGNAL) == 1 && recv (fd, &byte, 1, 0) == 1)
    g_usleep (1000);
  g_assert_true (errno == ECONNRESET || errno == EPIPE);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 300 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 3 * G_USEC_PER_SEC);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  close (fd);
}

/* An edit gives it to the connections that are there; and takes it from them. */
static void
test_total_edited (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  guint16 port;
  int fd;

  forward->total_timeout_ms = 60000;
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_echo (fd, "young");
  g_usleep (30 * 1000);
  forward->total_timeout_ms = 0;
  g_assert_true (ptl_engine_edit (engine, "f", forward, NULL));
  assert_echo (fd, "not timed");
  forward->total_timeout_ms = 20;
  g_assert_true (ptl_engine_edit (engine, "f", forward, NULL));
  assert_ended (fd);
  close (fd);
}

static void
stream (int fd, gpointer unused)
{
  static const char bytes[65536];

  while (send (fd, bytes, sizeof bytes, MSG_NOSIGNAL) > 0)
    ;
  close (fd);
}

/* Idle, because the client does not read: what it has got by then is not to look like all there
 * was. */
static void
test_idle_midway (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", stream, NULL);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", peer_get_port (peer), NULL);
  char buffer[65536];
  guint16 port;
  int fd;

  forward->tcp_idle_timeout_ms = 300;
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  receive_all (fd, buffer, 1);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  errno = 0;
  while (recv (fd, buffer, sizeof buffer, 0) > 0)
    ;
  g_assert_cmpint (errno, ==, ECONNRESET);
  close (fd);
}

/* A session that is answered all the time ends too, and who goes on has a new one. */
static void
test_total_udp (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", udp_echo_get_port (echo), NULL);
  gint64 start = g_get_monotonic_time ();
  guint16 port;
  int fd;

  forward->total_timeout_ms = 200;
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  assert_echo (fd, "first");
  while (get_traffic (engine, "f").connections_ever < 3)
    {
      send_all (fd, "again", 5);
      g_assert_cmpint (g_get_monotonic_time () - start, <, WAIT_S * G_USEC_PER_SEC);
      g_usleep (1000);
    }
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 400 * 1000);
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, <=, 1);
  g_assert_cmpuint (udp_echo_get_n_sources (echo), >=, 2);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/time-outs/config", test_config);
  g_test_add_func ("/engine/time-outs/options-checked", test_options_checked);
  g_test_add_func ("/engine/time-outs/total", test_total);
  g_test_add_func ("/engine/time-outs/total-edited", test_total_edited);
  g_test_add_func ("/engine/time-outs/total-udp", test_total_udp);
  g_test_add_func ("/engine/time-outs/idle-midway", test_idle_midway);
  return g_test_run ();
}
