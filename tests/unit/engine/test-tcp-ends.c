/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How connections begin and end: where the relay spares calls of the system, nothing may be lost or
 * late. */
#include "engine-support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Around the size of the relay's buffer, and with what a pipe carries. */
static const gsize sizes[] = { 1, 1000, 65535, 65536, 65537, 131072, 700000 };

static void
send_and_leave (int fd, gpointer data)
{
  gsize n = GPOINTER_TO_SIZE (data);

  g_free (send_stream (fd, (guint32) n, n));
  close (fd);
}

static void
test_target_sends_and_leaves (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PtlEngine) engine = ptl_engine_new (0);
      g_autoptr (Peer) peer = peer_new ("127.0.0.1", send_and_leave, GSIZE_TO_POINTER (sizes[i]));
      guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));

      for (guint j = 0; j < 20; j++)
        {
          int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
          guint64 n = 0;

          g_free (receive_digest (fd, &n));
          g_assert_cmpuint (n, ==, sizes[i]);
          close (fd);
        }
      wait_until (get_traffic (engine, "f").connections_now == 0);
    }
}

typedef struct
{
  GMutex lock;
  guint64 n_received;
} Received;

static void
receive_to_end (int fd, gpointer data)
{
  Received *received = data;
  guint64 n = 0;

  g_free (receive_digest (fd, &n));
  g_mutex_lock (&received->lock);
  received->n_received += n;
  g_mutex_unlock (&received->lock);
  close (fd);
}

static void
test_client_sends_and_leaves (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (PtlEngine) engine = ptl_engine_new (0);
      Received received = { .n_received = 0 };
      Peer *peer = peer_new ("127.0.0.1", receive_to_end, &received);
      guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));

      for (guint j = 0; j < 20; j++)
        send_and_leave (connect_ok (SOCK_STREAM, "127.0.0.1", port), GSIZE_TO_POINTER (sizes[i]));
      wait_until (get_traffic (engine, "f").connections_ever == 20
                  && get_traffic (engine, "f").connections_now == 0);
      peer_free (peer);
      g_assert_cmpuint (received.n_received, ==, 20 * sizes[i]);
    }
}

/* A read stops at urgent data, whatever is behind it. */
static void
test_urgent_data (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (1);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));

  for (guint i = 0; i < 200; i++)
    {
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      char back[8] = { 0 };

      send_all (fd, "abc", 3);
      g_assert_cmpint (send (fd, "!", 1, MSG_OOB | MSG_NOSIGNAL), ==, 1);
      send_all (fd, "def", 3);
      receive_all (fd, back, 6);
      g_assert_cmpstr (back, ==, "abcdef");
      close (fd);
    }
}

static void
greet (int fd, gpointer unused)
{
  send_all (fd, "ahoy", 4);
  close (fd);
}

/* It accepts when the handshake is through, whose last part may wait for bytes of the client for 40
 * ms and more. A busy machine may be slow now and then, but not each time. */
static void
test_server_speaks_first (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", greet, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  gint64 quickest = G_MAXINT64;

  for (guint i = 0; i < 20; i++)
    {
      gint64 began = g_get_monotonic_time ();
      int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      char greeting[4];

      receive_all (fd, greeting, 4);
      quickest = MIN (quickest, g_get_monotonic_time () - began);
      close (fd);
    }
  g_assert_cmpint (quickest, <, 30 * 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/tcp-ends/target-sends-and-leaves", test_target_sends_and_leaves);
  g_test_add_func ("/engine/tcp-ends/client-sends-and-leaves", test_client_sends_and_leaves);
  g_test_add_func ("/engine/tcp-ends/urgent-data", test_urgent_data);
  g_test_add_func ("/engine/tcp-ends/server-speaks-first", test_server_speaks_first);
  return g_test_run ();
}
