/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"

/* Addresses of their own: nobody else's socket happens to have the port there. */
#define HERE "127.0.0.42"
#define THERE "127.0.0.43"

static guint16
open_here (PtlEngine *engine, PtlProtocol protocol, guint16 to)
{
  g_autoptr (PtlForward) forward = forward_new (protocol, HERE, 0, THERE, to, NULL);

  return open_forward (engine, "f", forward);
}

static guint16
widen (PtlEngine *engine, PtlProtocol protocol, guint16 port)
{
  g_autoptr (PtlEndpoint) listen = ptl_endpoint_new (protocol, HERE, port, port);
  g_autoptr (PtlEndpoint) bound = NULL;
  g_autoptr (GError) error = NULL;

  ptl_engine_widen (engine, "f", listen, &bound, &error);
  g_assert_no_error (error);
  g_assert_cmpint (bound->protocol, ==, protocol);
  return bound->first;
}

static gboolean
settle (PtlEngine *engine, PtlProtocol protocol, guint16 port, guint16 to, GError **error)
{
  g_autoptr (PtlForward) forward = forward_new (protocol, HERE, port, THERE, to, NULL);

  return ptl_engine_settle (engine, "f", forward, error);
}

static gboolean
udp_answers (int fd)
{
  struct timeval patience = { 0, 300 * 1000 };
  char buffer[8];

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return send (fd, "ping", 4, 0) == 4 && recv (fd, buffer, sizeof buffer, 0) == 4;
}

/* Both ports are open for a while; then one of them alone, and who is connected stays. */
static void
test_one_of_two (gconstpointer keep_new)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new (THERE, peer_echo, NULL);
  guint16 to = peer_get_port (peer), old = open_here (engine, PTL_PROTOCOL_TCP, to);
  guint16 new = widen (engine, PTL_PROTOCOL_TCP, 0);
  guint16 kept = keep_new ? new : old, left = keep_new ? old : new;
  int by_old = connect_ok (SOCK_STREAM, HERE, old), late;
  int by_new = connect_ok (SOCK_STREAM, HERE, new);

  g_assert_cmpuint (new, !=, old);
  assert_echo (by_old, "old");
  assert_echo (by_new, "new");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 2);
  g_assert_true (settle (engine, PTL_PROTOCOL_TCP, kept, to, NULL));
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, HERE, left), ==, -1);
  late = connect_ok (SOCK_STREAM, HERE, kept);
  assert_echo (late, "late");
  assert_echo (by_old, "old still");
  assert_echo (by_new, "new still");
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  assert_ended (by_old);
  assert_ended (by_new);
  assert_ended (late);
  close (by_old);
  close (by_new);
  close (late);
}

/* UDP joins TCP at the same port, and goes again: its sessions with it, TCP's connections not. */
static void
test_other_protocol (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new (THERE, peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_here (engine, PTL_PROTOCOL_TCP, to);
  g_autoptr (UdpEcho) echo = udp_echo_new (THERE, to);
  int tcp = connect_ok (SOCK_STREAM, HERE, port), udp, taken;

  assert_echo (tcp, "before");
  g_assert_cmpuint (widen (engine, PTL_PROTOCOL_UDP, port), ==, port);
  g_assert_true (settle (engine, PTL_PROTOCOL_BOTH, port, to, NULL));
  udp = connect_ok (SOCK_DGRAM, HERE, port);
  g_assert_true (udp_answers (udp));
  assert_echo (tcp, "with UDP");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 2);

  g_assert_true (settle (engine, PTL_PROTOCOL_TCP, port, to, NULL));
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  g_assert_false (udp_answers (udp));
  taken = bind_to (SOCK_DGRAM, HERE, port);
  close (taken);
  assert_echo (tcp, "without UDP");
  close (tcp);
  tcp = connect_ok (SOCK_STREAM, HERE, port);
  assert_echo (tcp, "a new one");
  close (tcp);
  close (udp);
}

/* One that was opened with both loses one of them alike. */
static void
test_half_of_both (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new (THERE, peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_here (engine, PTL_PROTOCOL_BOTH, to);
  g_autoptr (UdpEcho) echo = udp_echo_new (THERE, to);
  int tcp = connect_ok (SOCK_STREAM, HERE, port);
  int udp = connect_ok (SOCK_DGRAM, HERE, port);

  assert_echo (tcp, "both");
  g_assert_true (udp_answers (udp));
  g_assert_true (settle (engine, PTL_PROTOCOL_UDP, port, to, NULL));
  assert_ended (tcp);
  g_assert_true (udp_answers (udp));
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, HERE, port), ==, -1);
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  close (tcp);
  close (udp);
}

static void
test_refused (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new (THERE, peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_here (engine, PTL_PROTOCOL_TCP, to);
  g_autoptr (PtlEndpoint) taken = ptl_endpoint_new (PTL_PROTOCOL_TCP, THERE, to, to);
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_false (ptl_engine_widen (engine, "nothing", taken, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (ptl_engine_widen (engine, "f", taken, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  g_clear_error (&error);
  g_assert_false (settle (engine, PTL_PROTOCOL_TCP, port ^ 1, to, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (settle (engine, PTL_PROTOCOL_BOTH, port, to, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  fd = connect_ok (SOCK_STREAM, HERE, port);
  assert_echo (fd, "as before");
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/widen/keep-new", GINT_TO_POINTER (TRUE), test_one_of_two);
  g_test_add_data_func ("/engine/widen/keep-old", NULL, test_one_of_two);
  g_test_add_func ("/engine/widen/other-protocol", test_other_protocol);
  g_test_add_func ("/engine/widen/half-of-both", test_half_of_both);
  g_test_add_func ("/engine/widen/refused", test_refused);
  return g_test_run ();
}
