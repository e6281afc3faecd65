/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A forward that listens by IPv4, and by IPv6 beside it. */

#include "engine-support.h"

#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"

#define HERE "127.0.0.44"
#define HERE6 "::1"

static guint16
open_here (PtlEngine *engine, guint16 to)
{
  g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_TCP, HERE, 0, "127.0.0.1", to, NULL);

  return open_forward (engine, "f", forward);
}

static gboolean
join (PtlEngine *engine, const char *id, guint16 port, PtlEndpoint **bound, GError **error)
{
  g_autoptr (PtlEndpoint) listen = ptl_endpoint_new (PTL_PROTOCOL_TCP, HERE6, port, port);

  return ptl_engine_join (engine, id, listen, bound, error);
}

static guint16
join_any (PtlEngine *engine)
{
  g_autoptr (PtlEndpoint) bound = NULL;
  g_autoptr (GError) error = NULL;

  join (engine, "f", 0, &bound, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bound->host, ==, HERE6);
  return bound->first;
}

static void
move_to (PtlEngine *engine, guint16 to)
{
  g_autoptr (PtlForward) there = forward_new (PTL_PROTOCOL_TCP, HERE, 0, "127.0.0.1", to, NULL);
  g_autoptr (GError) error = NULL;

  ptl_engine_move (engine, "f", there, NULL, &error);
  g_assert_no_error (error);
}

/* Both lead to the same target, are counted as one, and end with the forward. */
static void
test_beside (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_here (engine, peer_get_port (peer)), port6 = join_any (engine);
  int by4 = connect_ok (SOCK_STREAM, HERE, port), by6 = connect_ok (SOCK_STREAM, HERE6, port6);

  assert_echo (by4, "four");
  assert_echo (by6, "six");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 2);
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  assert_ended (by4);
  assert_ended (by6);
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, HERE6, port6), ==, -1);
  close (by4);
  close (by6);
}

/* Where the forward moves, it stays, and so do its connections. */
static void
test_stays (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 to = peer_get_port (peer), port6;
  int by6, late;

  open_here (engine, to);
  port6 = join_any (engine);
  by6 = connect_ok (SOCK_STREAM, HERE6, port6);
  move_to (engine, to);
  assert_echo (by6, "still");
  late = connect_ok (SOCK_STREAM, HERE6, port6);
  assert_echo (late, "late");
  close (by6);
  close (late);
}

static void
test_leave (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_here (engine, peer_get_port (peer)), port6 = join_any (engine), other;
  int by4 = connect_ok (SOCK_STREAM, HERE, port), by6 = connect_ok (SOCK_STREAM, HERE6, port6);

  assert_echo (by4, "four");
  assert_echo (by6, "six");
  /* A second one takes the place of the first. */
  other = join_any (engine);
  g_assert_cmpuint (other, !=, port6);
  assert_ended (by6);
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, HERE6, port6), ==, -1);
  ptl_engine_leave (engine, "f");
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, HERE6, other), ==, -1);
  assert_echo (by4, "four still");
  ptl_engine_leave (engine, "f");
  ptl_engine_leave (engine, "nothing");
  close (by4);
  close (by6);
}

static void
test_refused (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  g_autoptr (Peer) other = peer_new (HERE6, peer_echo, NULL);
  g_autoptr (GError) error = NULL;
  guint16 port = open_here (engine, peer_get_port (peer));
  int fd;

  g_assert_false (join (engine, "nothing", 0, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (join (engine, "f", peer_get_port (other), NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  fd = connect_ok (SOCK_STREAM, HERE, port);
  assert_echo (fd, "as before");
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!has_ipv6 ())
    {
      g_test_message ("no IPv6 here");
      return 77;
    }
  g_test_add_func ("/engine/join/beside", test_beside);
  g_test_add_func ("/engine/join/stays", test_stays);
  g_test_add_func ("/engine/join/leave", test_leave);
  g_test_add_func ("/engine/join/refused", test_refused);
  return g_test_run ();
}
