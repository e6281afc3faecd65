/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  const char *listen;
  const char *dial;
  const char *target;
} Pair;

static const Pair pairs[] = {
  { "127.0.0.1", "127.0.0.1", "127.0.0.1" },
  { "127.0.0.1", "127.0.0.1", "::1" },
  { "::1", "::1", "127.0.0.1" },
  { "::1", "::1", "::1" },
  { "0.0.0.0", "127.0.0.9", "127.0.0.1" },
  { "::", "127.0.0.1", "127.0.0.1" },
  { "::", "::1", "127.0.0.1" },
  { NULL, "127.0.0.1", "127.0.0.1" },
  { "localhost", "127.0.0.1", "127.0.0.1" },
};

static void
test_families (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback address");
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (Peer) peer = peer_new (pairs[i].target, peer_echo, NULL);
      g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_TCP, pairs[i].listen, 0,
                                                    pairs[i].target, peer_get_port (peer), NULL);
      guint16 port = open_forward (engine, "f", forward);
      int fd = connect_ok (SOCK_STREAM, pairs[i].dial, port);

      assert_echo (fd, "ahoy");
      close (fd);
      g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

/* "0.0.0.0" is IPv4 alone, "::1" does not take IPv4. */
static void
test_no_other_family (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (PtlForward) forward
      = forward_new (PTL_PROTOCOL_TCP, "0.0.0.0", 0, "127.0.0.1", 9, NULL);
  guint16 port = open_forward (engine, "f", forward);

  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6 loopback address");
      return;
    }
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "::1", port), ==, -1);
  g_assert_cmpint (errno, ==, ECONNREFUSED);
}

static void
test_unix_target (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autofree char *dir = g_dir_make_tmp ("ptl-engine-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (PtlEndpoint) listen = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, 0);
  g_autoptr (PtlEndpoint) target = ptl_endpoint_new_unix (path);
  g_autoptr (PtlForward) forward = ptl_forward_new (listen, target, NULL);
  Peer *peer = peer_new_unix (path, peer_echo, NULL);
  guint16 port = open_forward (engine, "f", forward);
  int fds[20];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      assert_echo (fds[i], "by way of the file system");
      close (fds[i]);
    }
  peer_free (peer);
  g_unlink (path);
  g_rmdir (dir);
}

/* Half-close */

#define STREAM_BYTES (64 * 1024 * 1024)

typedef struct
{
  char *sent;
  char *received;
  guint64 n_received;
} Halves;

/* Reads to the end first, and only then answers: lost where one side's end closes both. */
static void
answer_after_end (int fd, gpointer data)
{
  Halves *halves = data;

  halves->received = receive_digest (fd, &halves->n_received);
  halves->sent = send_stream (fd, 7, STREAM_BYTES);
  shutdown (fd, SHUT_WR);
  close (fd);
}

/* Ends its own direction at once, and reads on. */
static void
end_first (int fd, gpointer data)
{
  Halves *halves = data;

  halves->sent = send_stream (fd, 7, 100);
  shutdown (fd, SHUT_WR);
  halves->received = receive_digest (fd, &halves->n_received);
  close (fd);
}

static void
test_half_close_by_client (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  Halves halves = { 0 };
  Peer *peer = peer_new ("127.0.0.1", answer_after_end, &halves);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  g_autofree char *sent = send_stream (fd, 1, STREAM_BYTES);
  g_autofree char *received = NULL;
  PtlTraffic traffic;

  shutdown (fd, SHUT_WR);
  received = receive_digest (fd, NULL);
  close (fd);
  peer_free (peer);
  g_assert_cmpuint (halves.n_received, ==, STREAM_BYTES);
  g_assert_cmpstr (sent, ==, halves.received);
  g_assert_cmpstr (received, ==, halves.sent);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  traffic = get_traffic (engine, "f");
  g_assert_cmpuint (traffic.bytes_in, ==, STREAM_BYTES);
  g_assert_cmpuint (traffic.bytes_out, ==, STREAM_BYTES);
  g_free (halves.sent);
  g_free (halves.received);
}

static void
test_half_close_by_target (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  Halves halves = { 0 };
  Peer *peer = peer_new ("127.0.0.1", end_first, &halves);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  g_autofree char *received = receive_digest (fd, NULL);
  g_autofree char *sent = send_stream (fd, 1, STREAM_BYTES);

  shutdown (fd, SHUT_WR);
  assert_ended (fd);
  close (fd);
  peer_free (peer);
  g_assert_cmpstr (sent, ==, halves.received);
  g_assert_cmpstr (received, ==, halves.sent);
  g_free (halves.sent);
  g_free (halves.received);
}

/* The whole request and its end are there before the target is connected. */
static void
test_end_before_connected (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));

  for (guint i = 0; i < 200; i++)
    {
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      char buffer[8] = { 0 };

      send_all (fd, "all", 3);
      shutdown (fd, SHUT_WR);
      receive_all (fd, buffer, 3);
      g_assert_cmpstr (buffer, ==, "all");
      g_assert_cmpint (recv (fd, buffer, 1, 0), ==, 0);
      close (fd);
    }
  wait_until (get_traffic (engine, "f").connections_now == 0);
}

static gpointer
send_in_thread (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  char *sent = send_stream (fd, 3, STREAM_BYTES);

  shutdown (fd, SHUT_WR);
  return sent;
}

static gpointer
send_some_in_thread (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  char *sent = send_stream (fd, (guint32) fd, 4 * 1024 * 1024);

  shutdown (fd, SHUT_WR);
  return sent;
}

/* Both directions at once, through an echo that must not stall. */
static void
test_both_ways_at_once (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  GThread *sender = g_thread_new ("sender", send_in_thread, GINT_TO_POINTER (fd));
  g_autofree char *received = receive_digest (fd, NULL);
  g_autofree char *sent = g_thread_join (sender);

  g_assert_cmpstr (sent, ==, received);
  close (fd);
}

/* A target that answers and closes with the client's bytes unread resets the connection: its answer
 * still arrives, and the reset after it. */
static void
answer_and_reset (int fd, gpointer unused)
{
  struct linger linger = { 1, 0 };
  char byte;

  receive_all (fd, &byte, 1);
  send_all (fd, "no more", 7);
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close (fd);
}

static void
test_reset_is_passed_on (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", answer_and_reset, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  char buffer[16] = { 0 };
  ssize_t n;

  send_all (fd, "x", 1);
  receive_all (fd, buffer, 7);
  g_assert_cmpstr (buffer, ==, "no more");
  n = recv (fd, buffer, sizeof buffer, 0);
  g_assert_cmpint (n, ==, -1);
  g_assert_cmpint (errno, ==, ECONNRESET);
  close (fd);
  wait_until (get_traffic (engine, "f").connections_now == 0);
}

/* What a client sent before it went away arrives, though the target begins to read only then. What the
 * target writes to it meanwhile is answered with a reset. */
typedef struct
{
  GMutex client_is_there;
  guint64 total;
} Late;

static void
read_late (int fd, gpointer data)
{
  Late *late = data;
  char buffer[4096];
  ssize_t n;

  g_mutex_lock (&late->client_is_there);
  g_mutex_unlock (&late->client_is_there);
  send_all (fd, "hello", 5);
  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    late->total += (guint64) n;
  close (fd);
}

static int
count_unreceived (int fd)
{
  int n = 0;

  g_assert_cmpint (ioctl (fd, TIOCOUTQ, &n), ==, 0);
  return n;
}

static void
test_client_leaves_after_sending (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  Late late = { 0 };
  Peer *peer;
  g_autofree char *sent = NULL;
  guint16 port;
  int fd;

  g_mutex_init (&late.client_is_there);
  g_mutex_lock (&late.client_is_there);
  peer = peer_new ("127.0.0.1", read_late, &late);
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  sent = send_stream (fd, 1, 256 * 1024);
  wait_until (count_unreceived (fd) == 0);
  close (fd);
  g_mutex_unlock (&late.client_is_there);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  peer_free (peer);
  g_assert_cmpuint (late.total, ==, 256 * 1024);
  g_mutex_clear (&late.client_is_there);
}

/* A target that does not read holds up its own connection alone. */
static void
never_read (int fd, gpointer data)
{
  GMutex *lock = data;

  g_mutex_lock (lock);
  g_mutex_unlock (lock);
  close (fd);
}

static void
test_stalled_target (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  GMutex lock;
  Peer *stalled, *peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port, stalled_port;
  guint64 sent = 0;
  g_autofree char *junk = g_malloc0 (65536);
  int fd, other;
  ssize_t n;

  g_mutex_init (&lock);
  g_mutex_lock (&lock);
  stalled = peer_new ("127.0.0.1", never_read, &lock);
  stalled_port = open_simple (engine, "s", PTL_PROTOCOL_TCP, peer_get_port (stalled));
  port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  fd = connect_ok (SOCK_STREAM, "127.0.0.1", stalled_port);
  other = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  /* Fills every buffer on the way. */
  do
    {
      struct timeval wait = { .tv_usec = 200000 };

      setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
      n = send (fd, junk, 65536, MSG_NOSIGNAL);
      sent += n > 0 ? (guint64) n : 0;
    }
  while (n > 0 && sent < (guint64) 256 * 1024 * 1024);
  g_assert_cmpuint (sent, <, (guint64) 256 * 1024 * 1024);
  assert_echo (other, "still here");
  close (other);
  close (fd);
  g_mutex_unlock (&lock);
  peer_free (stalled);
  peer_free (peer);
  g_mutex_clear (&lock);
}

static void
test_many (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fds[300];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  wait_until (get_traffic (engine, "f").connections_now == G_N_ELEMENTS (fds));
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
      {
        g_autofree char *text = g_strdup_printf ("connection %u round %u", i, round);

        assert_echo (fds[i], text);
      }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  wait_until (get_traffic (engine, "f").connections_now == 0);
  g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, G_N_ELEMENTS (fds));
}

/* More stalled bulk connections than a thread has pipes: the rest is copied, and all of it arrives. */
static void
test_more_than_pipes (void)
{
  enum { N = 60 };
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  GThread *threads[N];
  int fds[N];

  /* All send before any reads, so that everything on the way fills up. */
  for (guint i = 0; i < N; i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      threads[i] = g_thread_new ("sender", send_some_in_thread, GINT_TO_POINTER (fds[i]));
    }
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *received = receive_digest (fds[i], NULL);
      g_autofree char *sent = g_thread_join (threads[i]);

      g_assert_cmpstr (received, ==, sent);
      close (fds[i]);
    }
}

/* Sizes around the shared buffer's, one after the other on one connection: copying and splicing
 * change. */
static void
test_sizes (void)
{
  static const gsize sizes[]
      = { 1, 65535, 65536, 65537, 3, 1048576, 5, 65536, 131072, 1, 3000000, 2 };
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *out = g_malloc (sizes[i]), *in = g_malloc (sizes[i]);

      for (gsize j = 0; j < sizes[i]; j++)
        out[j] = (char)(j * 31 + i);
      for (gsize at = 0; at < sizes[i]; at += 1000000)
        {
          gsize part = MIN (1000000, sizes[i] - at);

          send_all (fd, out + at, part);
          receive_all (fd, in + at, part);
        }
      g_assert_cmpmem (in, sizes[i], out, sizes[i]);
    }
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tcp/families", test_families);
  g_test_add_func ("/engine/tcp/no-other-family", test_no_other_family);
  g_test_add_func ("/engine/tcp/unix-target", test_unix_target);
  g_test_add_func ("/engine/tcp/half-close-by-client", test_half_close_by_client);
  g_test_add_func ("/engine/tcp/half-close-by-target", test_half_close_by_target);
  g_test_add_func ("/engine/tcp/end-before-connected", test_end_before_connected);
  g_test_add_func ("/engine/tcp/both-ways-at-once", test_both_ways_at_once);
  g_test_add_func ("/engine/tcp/reset-is-passed-on", test_reset_is_passed_on);
  g_test_add_func ("/engine/tcp/client-leaves-after-sending", test_client_leaves_after_sending);
  g_test_add_func ("/engine/tcp/stalled-target", test_stalled_target);
  g_test_add_func ("/engine/tcp/many", test_many);
  g_test_add_func ("/engine/tcp/more-than-pipes", test_more_than_pipes);
  g_test_add_func ("/engine/tcp/sizes", test_sizes);
  return g_test_run ();
}
