/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ptl-engine-stats.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define V2_LOCAL SIGNATURE "\x20\x00\x00\x00"
#define V2_IPV4 SIGNATURE "\x21\x11\x00\x0f\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x01\xbb\x04\x00\x00"
#define V1_IPV4 "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n"
#define V1_IPV6 "PROXY TCP6 2001:db8::7 2001:db8::1 1 2\r\n"
#define BYTES(text) text, sizeof text - 1

static PtlForward *
proxied_new (guint16 target, PtlProxy version, const char *from, const char *audience)
{
  PtlForward *forward = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", target, audience);
  const char *networks[] = { from, NULL };

  forward->options->values[PTL_OPTION_PROXY] = version;
  if (from)
    forward->options->proxy_from = ptl_audience_new (networks, NULL);
  return forward;
}

static guint64
count_refused (PtlEngine *engine, PtlRefused reason)
{
  g_autoptr (PtlEngineStats) stats = ptl_engine_dup_stats (engine, "f");

  return stats->refused[reason];
}

static char *
dup_source (PtlEngine *engine)
{
  g_autoptr (GPtrArray) connections = ptl_engine_list_connections (engine, "f", 0);

  g_assert_cmpuint (connections->len, ==, 1);
  return g_strdup (((PtlConnectionStats *) connections->pdata[0])->source);
}

/* Speaks first. */
static void
greet (int fd, gpointer unused)
{
  send_all (fd, "hello", 5);
  peer_echo (fd, NULL);
}

static void
assert_received (int fd, const char *bytes, gsize n)
{
  g_autofree char *back = g_malloc (n);

  receive_all (fd, back, n);
  g_assert_cmpmem (back, n, bytes, n);
}

/* The target is told before the client says anything. */
static void
test_send (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) v1 = proxied_new (peer_get_port (peer), PTL_PROXY_V1, NULL, NULL);
  guint16 port = open_forward (engine, "f", v1);
  int fd = connect_to (SOCK_STREAM, "127.0.0.5", "127.0.0.1", port);
  g_autofree char *line = g_strdup_printf ("PROXY TCP4 127.0.0.5 127.0.0.1 %u %u\r\n",
                                           get_local_port (fd), port);

  assert_received (fd, line, strlen (line));
  assert_echo (fd, "and then what the client says");
  g_assert_cmpuint (get_traffic (engine, "f").bytes_in, ==, 29);
  close (fd);
}

static void
test_send_v2 (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) v2 = proxied_new (peer_get_port (peer), PTL_PROXY_V2, NULL, NULL);
  guint16 port = open_forward (engine, "f", v2);
  int fd = connect_to (SOCK_STREAM, "127.0.0.5", "127.0.0.1", port);
  guint8 want[28] = SIGNATURE "\x21\x11\x00\x0c\x7f\0\0\x05\x7f\0\0\x01";

  want[24] = (guint8) (get_local_port (fd) >> 8);
  want[25] = (guint8) get_local_port (fd);
  want[26] = (guint8) (port >> 8);
  want[27] = (guint8) port;
  assert_received (fd, (const char *) want, sizeof want);
  assert_echo (fd, "then this");
  close (fd);
}

static void
test_send_ipv6 (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward = proxied_new (peer_get_port (peer), PTL_PROXY_V1, NULL, NULL);
  g_autofree char *line = NULL;
  guint16 port;
  int fd;

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback address");
      return;
    }
  g_free (forward->listen->host);
  forward->listen->host = g_strdup ("::1");
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "::1", port);
  line = g_strdup_printf ("PROXY TCP6 ::1 ::1 %u %u\r\n", get_local_port (fd), port);
  assert_received (fd, line, strlen (line));
  close (fd);
}

static void
test_send_unix (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autofree char *dir = g_dir_make_tmp ("ptl-engine-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (Peer) peer = peer_new_unix (path, greet, NULL);
  g_autoptr (PtlEndpoint) from = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new_unix (path);
  g_autoptr (PtlForward) forward = ptl_forward_new (from, target, NULL);
  g_autofree char *line = NULL;
  guint16 port;
  int fd;

  forward->options->values[PTL_OPTION_PROXY] = PTL_PROXY_V1;
  port = open_forward (engine, "f", forward);
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_received (fd, BYTES ("hello"));
  line = g_strdup_printf ("PROXY TCP4 127.0.0.1 127.0.0.1 %u %u\r\n", get_local_port (fd), port);
  assert_received (fd, line, strlen (line));
  close (fd);
  g_unlink (path);
  g_rmdir (dir);
}

static const struct
{
  const char *header;
  gsize n;
  const char *source; /* NULL: the connection's own */
} accepted[] = {
  { BYTES (V1_IPV4), "192.0.2.7:56324" },
  { BYTES (V1_IPV6), "[2001:db8::7]:1" },
  { BYTES (V2_IPV4), "192.0.2.7:56324" },
  { BYTES ("PROXY UNKNOWN\r\n"), NULL },
  { BYTES (V2_LOCAL), NULL },
};

/* At once with what follows, and byte by byte. */
static void
test_accept (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_NONE, "127.0.0.0/8", NULL);
  guint16 port = open_forward (engine, "f", forward);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (accepted); i++)
    {
      const char *header = accepted[i / 2].header;
      gsize n = accepted[i / 2].n;
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      g_autofree char *own = g_strdup_printf ("127.0.0.1:%u", get_local_port (fd));
      g_autofree char *whole = g_malloc (n + 4);
      g_autofree char *source = NULL;

      memcpy (whole, header, n);
      memcpy (whole + n, "data", 4);
      for (gsize sent = 0; i % 2 == 1 && sent < n; sent++)
        send_all (fd, whole + sent, 1);
      send_all (fd, whole + (i % 2 ? n : 0), i % 2 ? 4 : n + 4);
      assert_received (fd, BYTES ("data"));
      source = dup_source (engine);
      g_assert_cmpstr (source, ==, accepted[i / 2].source ? accepted[i / 2].source : own);
      close (fd);
      wait_until (get_traffic (engine, "f").connections_now == 0);
    }
  g_assert_cmpuint (get_traffic (engine, "f").refused, ==, 0);
}

/* What one proxy said is passed on to the next. */
static void
test_pass_on (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_V1, "127.0.0.0/8", NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  send_all (fd, BYTES (V2_IPV4 "rest"));
  assert_received (fd, BYTES (V1_IPV4 "rest"));
  close (fd);
}

/* Elsewhere it is plain data, which nobody believes. */
static void
test_not_from_there (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_NONE, "127.0.0.5", NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fd = connect_to (SOCK_STREAM, "127.0.0.6", "127.0.0.1", port);
  g_autofree char *source = NULL;

  assert_echo (fd, V1_IPV4);
  source = dup_source (engine);
  g_assert_true (g_str_has_prefix (source, "127.0.0.6:"));
  close (fd);
}

static const struct
{
  const char *bytes;
  gsize n;
} wrong[] = {
  { BYTES ("GET / HTTP/1.1\r\n") },
  { BYTES ("PROXY TCP4 192.0.2.7 198.51.100.1 56324 99999\r\n") },
  { BYTES (SIGNATURE "\x21\x11\xff\xff") },
};

static void
test_wrong (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_NONE, "127.0.0.0/8", NULL);
  guint16 port = open_forward (engine, "f", forward);

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      char byte;

      send_all (fd, wrong[i].bytes, wrong[i].n);
      g_assert_cmpint (recv (fd, &byte, 1, 0), ==, -1);
      g_assert_cmpint (errno, ==, ECONNRESET);
      close (fd);
      g_assert_cmpuint (count_refused (engine, PTL_REFUSED_PROXY), ==, i + 1);
    }
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 0);
  g_assert_cmpuint (peer_get_n_accepted (peer), ==, 0);
}

/* Half of one, and then its end or nothing more. */
static void
test_unfinished (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_NONE, "127.0.0.0/8", NULL);
  gint64 start = g_get_monotonic_time ();
  guint16 port;
  int late, ended;

  forward->connect_timeout_ms = 200;
  port = open_forward (engine, "f", forward);
  ended = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  send_all (ended, BYTES ("PROXY TCP4 "));
  shutdown (ended, SHUT_WR);
  assert_ended (ended);
  late = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  send_all (late, BYTES ("PROXY TCP4 "));
  assert_ended (late);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 200 * 1000);
  g_assert_cmpuint (count_refused (engine, PTL_REFUSED_PROXY), ==, 2);
  close (late);
  close (ended);
}

static gboolean
is_served (const char *header, guint16 port)
{
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  gboolean served;
  char byte;

  send_all (fd, header, strlen (header));
  served = send (fd, "x", 1, MSG_NOSIGNAL) == 1 && recv (fd, &byte, 1, 0) == 1;
  close (fd);
  return served;
}

/* Whom it names is whom all rules are about; and the proxy's own address is in no audience. */
static void
test_judged (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (2);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_NONE, "127.0.0.0/8", "192.0.2.0/24");
  g_autoptr (PtlEngineStats) stats = NULL;
  guint16 port;

  forward->options->values[PTL_OPTION_NEW_PER_SOURCE] = 1;
  port = open_forward (engine, "f", forward);
  g_assert_true (is_served (V1_IPV4, port));
  g_assert_false (is_served (V1_IPV4, port));
  g_assert_true (is_served ("PROXY TCP4 192.0.2.8 198.51.100.1 1 443\r\n", port));
  g_assert_false (is_served (V1_IPV6, port));
  g_assert_false (is_served ("PROXY UNKNOWN\r\n", port));
  stats = ptl_engine_dup_stats (engine, "f");
  g_assert_cmpuint (stats->refused[PTL_REFUSED_SOURCE_RATE], ==, 1);
  g_assert_cmpuint (stats->refused[PTL_REFUSED_AUDIENCE], ==, 2);
  g_assert_cmpuint (stats->sources->len, ==, 4);
  g_assert_true (g_str_has_prefix (((PtlSourceStats *) stats->sources->pdata[0])->address, "192.0.2."));
}

/* They are bounded, count for nothing, and go with the forward. */
static void
test_many_silent (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (PtlForward) forward
      = proxied_new (peer_get_port (peer), PTL_PROXY_NONE, "127.0.0.0/8", NULL);
  guint16 port = open_forward (engine, "f", forward);
  guint descriptors = count_descriptors ();
  int fds[1040];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  wait_until (count_refused (engine, PTL_REFUSED_PROXY) == 16);
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 0);
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_ended (fds[i]);
      close (fds[i]);
    }
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/proxy/send", test_send);
  g_test_add_func ("/engine/proxy/send-v2", test_send_v2);
  g_test_add_func ("/engine/proxy/send-ipv6", test_send_ipv6);
  g_test_add_func ("/engine/proxy/send-unix", test_send_unix);
  g_test_add_func ("/engine/proxy/accept", test_accept);
  g_test_add_func ("/engine/proxy/pass-on", test_pass_on);
  g_test_add_func ("/engine/proxy/not-from-there", test_not_from_there);
  g_test_add_func ("/engine/proxy/wrong", test_wrong);
  g_test_add_func ("/engine/proxy/unfinished", test_unfinished);
  g_test_add_func ("/engine/proxy/judged", test_judged);
  g_test_add_func ("/engine/proxy/many-silent", test_many_silent);
  return g_test_run ();
}
