/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine-support.h"
#include "engine/ptl-engine-stats.h"
#include "engine/ptl-udp-send.h"
#include "namespace-support.h"

static void
limit_wait (int fd, guint ms)
{
  struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait), ==, 0);
}

/* One datagram there and itself back, once. */
static gboolean
is_echoed (int fd, const char *text)
{
  char back[64] = { 0 };

  send (fd, text, strlen (text), 0);
  return recv (fd, back, sizeof back - 1, 0) == (gssize) strlen (text) && g_str_equal (back, text);
}

/* A target that goes away and comes back (faults.md row 31): its session lives through the ICMP
 * errors, and the replies come again. */
static void
test_restarted (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  UdpEcho *echo = udp_echo_new ("127.0.0.1", 0);
  guint16 target = udp_echo_get_port (echo);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, target);
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);

  limit_wait (fd, 200);
  for (guint round = 0; round < 3; round++)
    {
      wait_until (is_echoed (fd, "here"));
      udp_echo_free (echo);
      for (guint i = 0; i < 3; i++)
        g_assert_false (is_echoed (fd, "gone"));
      echo = udp_echo_new ("127.0.0.1", target);
      g_assert_true (is_echoed (fd, "back"));
    }
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  close (fd);
  udp_echo_free (echo);
}

/* Another session is not disturbed by an ICMP error that is not its own. */
static void
test_others (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);

  for (guint i = 0; i < 200; i++)
    {
      int gone = connect_ok (SOCK_DGRAM, "127.0.0.1", port);

      /* Its answer finds nobody. */
      g_assert_cmpint (send (gone, "bye", 3, 0), ==, 3);
      close (gone);
      g_assert_true (is_echoed (fd, "still here"));
    }
  close (fd);
}

/* Datagrams that a packet of the way does not hold, many in a row: not one is cut or lost. */
static void
test_small_packets (void)
{
  g_autoptr (PtlEngine) engine = NULL;
  g_autoptr (UdpEcho) echo = NULL;
  static guint8 out[20][2000], in[4096];
  guint16 port, no_segments = 0;
  PtlUdpPiece pieces[G_N_ELEMENTS (out)];
  int fd;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  if (!namespace_enter () || !namespace_set_mtu (1500))
    return; /* as it is said by test-udp-replies.c */
  engine = ptl_engine_new (1);
  echo = udp_echo_new ("127.0.0.1", 0);
  port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  for (guint i = 0; i < G_N_ELEMENTS (out); i++)
    {
      memset (out[i], (int) i + 1, sizeof out[i]);
      pieces[i] = (PtlUdpPiece){ out[i], sizeof out[i], sizeof out[i] };
    }
  for (guint round = 0; round < 5; round++)
    {
      PtlUdpSending sending = { .fd = fd, .segment_most = &no_segments };

      ptl_udp_send (&sending, pieces, G_N_ELEMENTS (pieces));
      for (guint i = 0; i < G_N_ELEMENTS (out); i++)
        {
          g_assert_cmpint (recv (fd, in, sizeof in, 0), ==, sizeof out[i]);
          g_assert_cmpmem (in, sizeof out[i], out[i], sizeof out[i]);
        }
    }
  close (fd);
}

/* Every port of a range leads to its own, in both families. */
static void
check_range (const char *listen, const char *dial, const char *host)
{
  enum
  {
    N = 20
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlEndpoint) from = NULL, to = NULL, bound = NULL;
  g_autoptr (PtlForward) forward = NULL;
  guint16 first = 0, targets = 0;
  UdpEcho *echoes[3];

  /* The ports of a range have to be free in a row. */
  for (guint16 base = 21000; !bound && base < 31000; base += 100)
    {
      g_clear_pointer (&forward, ptl_forward_free);
      g_clear_pointer (&from, ptl_endpoint_free);
      g_clear_pointer (&to, ptl_endpoint_free);
      from = ptl_endpoint_new (PTL_PROTOCOL_UDP, listen, base, base + N - 1);
      to = ptl_endpoint_new (PTL_PROTOCOL_UDP, host, base + N, base + 2 * N - 1);
      forward = ptl_forward_new (from, to, NULL);
      ptl_engine_open (engine, "f", forward, &bound, NULL);
      first = base;
      targets = base + N;
    }
  g_assert_nonnull (bound);
  for (guint i = 0; i < G_N_ELEMENTS (echoes); i++)
    {
      guint16 offset = (guint16) (i * (N - 1) / 2);
      int fd = connect_ok (SOCK_DGRAM, dial, first + offset);

      echoes[i] = udp_echo_new (host, targets + offset);
      g_assert_true (is_echoed (fd, "to this port"));
      g_assert_cmpuint (udp_echo_get_n_received (echoes[i]), ==, 1);
      close (fd);
    }
  for (guint i = 0; i < G_N_ELEMENTS (echoes); i++)
    udp_echo_free (echoes[i]);
}

static void
test_range (void)
{
  check_range ("127.0.0.1", "127.0.0.1", "127.0.0.1");
  if (!has_ipv6 ())
    return;
  check_range ("::", "127.0.0.1", "::1");
  check_range ("::", "::1", "127.0.0.1");
}

/* At the limit of descriptors (faults.md row 21) the oldest session makes room for a new one. */
static void
test_descriptors (void)
{
  enum
  {
    N = 100
  };
  g_autoptr (PtlEngine) engine = NULL;
  g_autoptr (UdpEcho) echo = NULL;
  struct rlimit few = { 64, 64 };
  guint16 port;
  int fd;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  engine = ptl_engine_new (1);
  echo = udp_echo_new ("127.0.0.1", 0);
  port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *from = g_strdup_printf ("127.0.1.%u", i + 1);

      fd = connect_to (SOCK_DGRAM, from, "127.0.0.1", port);
      g_assert_true (is_echoed (fd, "room for me"));
      close (fd);
    }
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, <, 64);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, N);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp-faults/restarted", test_restarted);
  g_test_add_func ("/engine/udp-faults/others", test_others);
  g_test_add_func ("/engine/udp-faults/small-packets", test_small_packets);
  g_test_add_func ("/engine/udp-faults/range", test_range);
  g_test_add_func ("/engine/udp-faults/descriptors", test_descriptors);
  return g_test_run ();
}
