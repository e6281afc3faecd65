/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-sockaddr.h"

/* Sends until an answer comes: a datagram may be lost. FALSE where it answers an earlier one. */
static gboolean
is_answered (int fd, const char *text)
{
  struct timeval wait = { .tv_sec = 2 };
  char back[64] = { 0 };
  ssize_t n = -1;

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  for (guint i = 0; i < 5 && n < 0; i++)
    {
      send (fd, text, strlen (text), 0);
      n = recv (fd, back, sizeof back - 1, 0);
    }
  if (!g_str_equal (back, text))
    g_test_message ("not “%s” but “%s” (%s)", text, back, n < 0 ? g_strerror (errno) : "");
  return g_str_equal (back, text);
}

static void
assert_answered (int fd, const char *text)
{
  g_assert_true (is_answered (fd, text));
}

static void
assert_silent (int fd)
{
  char byte;

  g_assert_cmpint (recv (fd, &byte, 1, MSG_DONTWAIT), ==, -1);
}

typedef struct
{
  const char *listen;
  const char *dial;
  const char *target;
} Pair;

static void
test_families (void)
{
  static const Pair pairs[] = {
    { "127.0.0.1", "127.0.0.1", "127.0.0.1" },
    { "127.0.0.1", "127.0.0.1", "::1" },
    { "::1", "::1", "127.0.0.1" },
    { "::1", "::1", "::1" },
    { "::", "127.0.0.1", "127.0.0.1" },
    { "::", "::1", "::1" },
    { "0.0.0.0", "127.0.0.1", "::1" },
  };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback address");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (UdpEcho) echo = udp_echo_new (pairs[i].target, 0);
      g_autoptr (PtlForward) forward = forward_new (
          PTL_PROTOCOL_UDP, pairs[i].listen, 0, pairs[i].target, udp_echo_get_port (echo), NULL);
      guint16 port = open_forward (engine, "f", forward);
      int fd = connect_ok (SOCK_DGRAM, pairs[i].dial, port);

      assert_answered (fd, "ahoy");
      close (fd);
      g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

/* Each source is its own session: it hears its own answers alone, and the target sees its own port.
 */
static void
test_sessions (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  int fds[50];

  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      {
        g_autofree char *text = g_strdup_printf ("source %u round %u", i, round);

        if (round == 0)
          fds[i] = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
        assert_answered (fds[i], text);
      }
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, G_N_ELEMENTS (fds));
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, G_N_ELEMENTS (fds));
  g_assert_cmpuint (udp_echo_get_n_sources (echo), ==, G_N_ELEMENTS (fds));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_silent (fds[i]);
      close (fds[i]);
    }
}

static void
test_idle (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", udp_echo_get_port (echo), NULL);
  guint16 port;
  int fd;

  forward->udp_idle_timeout_ms = 50;
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  assert_answered (fd, "one");
  wait_until (get_traffic (engine, "f").connections_now == 0);
  assert_answered (fd, "two");
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, >=, 2);
  close (fd);
}

static void
test_large (void)
{
  static const gsize sizes[] = { 0, 1, 1472, 1473, 9000, 65507 };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *out = g_malloc0 (65536), *in = g_malloc0 (65536);

      for (gsize j = 0; j < sizes[i]; j++)
        out[j] = (guint8)(j * 7 + i);
      g_assert_cmpint (send (fd, out, sizes[i], 0), ==, (gssize) sizes[i]);
      g_assert_cmpint (recv (fd, in, 65536, 0), ==, (gssize) sizes[i]);
      g_assert_cmpmem (in, sizes[i], out, sizes[i]);
    }
  close (fd);
}

/* The target is down at first: the session lives through the ICMP errors and works once it is up.
 */
static void
test_refused_target (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  UdpEcho *echo = udp_echo_new ("127.0.0.1", 0);
  guint16 target = udp_echo_get_port (echo);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, target);
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);

  udp_echo_free (echo);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (send (fd, "anyone?", 7, 0), ==, 7);
  wait_until (get_traffic (engine, "f").connections_now == 1);
  echo = udp_echo_new ("127.0.0.1", target);
  wait_until (is_answered (fd, "there you are")); /* those that were under way may come first */
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
  close (fd);
  udp_echo_free (echo);
}

/* Games look for servers in the whole network at once: one address answers, for nobody can answer
 * from all. */
static void
test_broadcast (void)
{
  static const char *hosts[] = { "0.0.0.0", "::" };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);

  for (guint i = 0; i < (has_ipv6 () ? G_N_ELEMENTS (hosts) : 1); i++)
    {
      g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_UDP, hosts[i], 0, "127.0.0.1",
                                                    udp_echo_get_port (echo), NULL);
      guint16 port = open_forward (engine, "f", forward);
      int fd = bind_to (SOCK_DGRAM, "127.0.0.77", 0), yes = 1;
      PtlSockaddr to, from;
      socklen_t length = sizeof from;
      struct timeval wait = { .tv_sec = WAIT_S };
      char byte;

      ptl_sockaddr_parse (&to, "127.255.255.255", port);
      setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
      setsockopt (fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
      g_assert_cmpint (sendto (fd, "x", 1, 0, &to.any, ptl_sockaddr_get_length (&to)), ==, 1);
      g_assert_cmpint (recvfrom (fd, &byte, 1, 0, &from.any, &length), ==, 1);
      g_assert_cmpuint (from.in.sin_port, ==, to.in.sin_port);
      close (fd);
      g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

/* Listening on every address: who asks 127.0.0.5 is answered by 127.0.0.5. */
static void
test_reply_address (void)
{
  static const char *hosts[] = { "0.0.0.0", "::" };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);

  for (guint i = 0; i < (has_ipv6 () ? G_N_ELEMENTS (hosts) : 1); i++)
    {
      g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_UDP, hosts[i], 0, "127.0.0.1",
                                                    udp_echo_get_port (echo), NULL);
      guint16 port = open_forward (engine, "f", forward);
      PtlSockaddr to, from;
      socklen_t length = sizeof from;
      struct timeval wait = { .tv_sec = WAIT_S };
      int fd = bind_to (SOCK_DGRAM, "127.0.0.77", 0);
      char byte;

      ptl_sockaddr_parse (&to, "127.0.0.5", port);
      setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
      g_assert_cmpint (sendto (fd, "x", 1, 0, &to.any, ptl_sockaddr_get_length (&to)), ==, 1);
      g_assert_cmpint (recvfrom (fd, &byte, 1, 0, &from.any, &length), ==, 1);
      g_assert_cmpuint (from.in.sin_addr.s_addr, ==, to.in.sin_addr.s_addr);
      g_assert_cmpuint (from.in.sin_port, ==, to.in.sin_port);
      close (fd);
      g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

static void
test_audience (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1",
                                                udp_echo_get_port (echo), "127.0.0.2/32");
  guint16 port = open_forward (engine, "f", forward);
  int in = connect_to (SOCK_DGRAM, "127.0.0.2", "127.0.0.1", port);
  int out = connect_to (SOCK_DGRAM, "127.0.0.3", "127.0.0.1", port);

  g_assert_cmpint (send (out, "let me in", 9, 0), ==, 9);
  wait_until (get_traffic (engine, "f").refused == 1);
  assert_answered (in, "me");
  assert_silent (out);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
  close (in);
  close (out);
}

static void
test_edit (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0), echo2 = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", udp_echo_get_port (echo), NULL);
  guint16 port = open_forward (engine, "f", forward);
  g_autoptr (PtlForward) narrower = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", port, "127.0.0.1",
                                                 udp_echo_get_port (echo2), "127.0.0.2/32");
  int in = connect_to (SOCK_DGRAM, "127.0.0.2", "127.0.0.1", port);
  int out = connect_to (SOCK_DGRAM, "127.0.0.3", "127.0.0.1", port);
  int later;

  assert_answered (in, "me");
  assert_answered (out, "me too");
  g_assert_true (ptl_engine_edit (engine, "f", narrower, NULL));
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  assert_answered (in, "still me, still there");
  g_assert_cmpuint (udp_echo_get_n_received (echo2), ==, 0);
  later = connect_to (SOCK_DGRAM, "127.0.0.2", "127.0.0.1", port);
  assert_answered (later, "to the new target");
  g_assert_cmpuint (udp_echo_get_n_received (echo2), >=, 1);
  close (in);
  close (out);
  close (later);
}

/* Who had no answer yet goes to the new target, though it never falls silent for long enough to be
 * forgotten. */
static void
test_edit_of_mute_target (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  int mute = bind_to (SOCK_DGRAM, "127.0.0.1", 0), fd;
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "127.0.0.1", get_local_port (mute), NULL);
  guint16 port = open_forward (engine, "f", forward);
  g_autoptr (PtlForward) right = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", port, "127.0.0.1",
                                              udp_echo_get_port (echo), NULL);
  char byte;

  fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  g_assert_cmpint (send (fd, "x", 1, 0), ==, 1);
  g_assert_cmpint (recv (mute, &byte, 1, 0), ==, 1);
  g_assert_true (ptl_engine_edit (engine, "f", right, NULL));
  assert_answered (fd, "is somebody there?");
  close (fd);
  close (mute);
}

/* After a drain, sessions play on, no new one comes; and a new rule gets the port. */
static void
test_drain (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_UDP, udp_echo_get_port (echo));
  g_autoptr (PtlForward) again = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", port, "127.0.0.1",
                                              udp_echo_get_port (echo), NULL);
  int old = connect_ok (SOCK_DGRAM, "127.0.0.1", port),
      late = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  guint n;

  assert_answered (old, "before");
  n = udp_echo_get_n_sources (echo);
  g_assert_true (ptl_engine_close (engine, "f", TRUE, NULL));
  send (late, "late", 4, 0);
  assert_answered (old, "during");
  assert_silent (late);
  g_assert_cmpuint (udp_echo_get_n_sources (echo), ==, n);
  g_assert_cmpuint (open_forward (engine, "g", again), ==, port);
  assert_answered (late, "after");
  close (old);
  close (late);
}

static void
test_name (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (UdpEcho) echo = udp_echo_new ("127.0.0.1", 0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", 0, "localhost", udp_echo_get_port (echo), NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fd = connect_ok (SOCK_DGRAM, "127.0.0.1", port);
  char back[8] = { 0 };

  /* Not one datagram is lost, though the name has to be looked up and may lead to ::1 first. */
  g_assert_cmpint (send (fd, "first", 5, 0), ==, 5);
  g_assert_cmpint (recv (fd, back, sizeof back, 0), ==, 5);
  g_assert_cmpstr (back, ==, "first");
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/udp/families", test_families);
  g_test_add_func ("/engine/udp/sessions", test_sessions);
  g_test_add_func ("/engine/udp/idle", test_idle);
  g_test_add_func ("/engine/udp/large", test_large);
  g_test_add_func ("/engine/udp/refused-target", test_refused_target);
  g_test_add_func ("/engine/udp/reply-address", test_reply_address);
  g_test_add_func ("/engine/udp/broadcast", test_broadcast);
  g_test_add_func ("/engine/udp/audience", test_audience);
  g_test_add_func ("/engine/udp/edit", test_edit);
  g_test_add_func ("/engine/udp/edit-of-mute-target", test_edit_of_mute_target);
  g_test_add_func ("/engine/udp/drain", test_drain);
  g_test_add_func ("/engine/udp/name", test_name);
  return g_test_run ();
}
