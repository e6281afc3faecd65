/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine-support.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "engine/ptl-sockaddr.h"

static void
test_edit (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) one = peer_new ("127.0.0.1", peer_echo, NULL),
                   two = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (one));
  g_autoptr (PtlForward) narrower = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", port, "127.0.0.1",
                                                 peer_get_port (two), "127.0.0.2/32");
  int in = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int out = connect_to (SOCK_STREAM, "127.0.0.3", "127.0.0.1", port);
  int later;

  assert_echo (in, "in");
  assert_echo (out, "out");
  g_assert_true (ptl_engine_edit (engine, "f", narrower, NULL));
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 1);
  assert_ended (out);
  assert_echo (in, "still in");
  g_assert_cmpuint (peer_get_n_accepted (two), ==, 0);
  later = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  assert_echo (later, "to the new target");
  g_assert_cmpuint (peer_get_n_accepted (two), ==, 1);
  g_assert_cmpuint (peer_get_n_accepted (one), ==, 2);
  close (in);
  close (out);
  close (later);
}

static void
test_edit_of_listen_refused (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, 9);
  g_autoptr (PtlForward) elsewhere
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", port ^ 1, "127.0.0.1", 9, NULL);
  g_autoptr (PtlForward) other_protocol
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", port, "127.0.0.1", 9, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (ptl_engine_edit (engine, "f", elsewhere, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (ptl_engine_edit (engine, "f", other_protocol, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

/* Who is connected stays through the move, is looked at anew by a later edit, and is cut at the close. */
static void
test_move (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_simple (engine, "f", PTL_PROTOCOL_TCP, to);
  g_autoptr (PtlForward) elsewhere
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", 0, "127.0.0.1", to, NULL);
  g_autoptr (PtlForward) narrower = NULL;
  g_autoptr (PtlEndpoint) bound = NULL;
  int early = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int early_too = connect_to (SOCK_STREAM, "127.0.0.3", "127.0.0.1", port);
  int late;

  assert_echo (early, "before");
  assert_echo (early_too, "before too");
  g_assert_true (ptl_engine_move (engine, "f", elsewhere, &bound, NULL));
  g_assert_cmpuint (bound->first, !=, port);
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "127.0.0.1", port), ==, -1);
  late = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", bound->first);
  assert_echo (late, "at the new port");
  assert_echo (early, "still");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 3);
  narrower = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", bound->first, "127.0.0.1", to, "127.0.0.2/32");
  g_assert_true (ptl_engine_edit (engine, "f", narrower, NULL));
  assert_ended (early_too);
  assert_echo (early, "still allowed");
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  assert_ended (early);
  assert_ended (late);
  close (early);
  close (early_too);
  close (late);
}

static gboolean
hears_udp (guint16 port)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  PtlSockaddr address;
  gboolean taken;

  ptl_sockaddr_parse (&address, "127.0.0.1", port);
  taken = bind (fd, &address.any, ptl_sockaddr_get_length (&address)) < 0;
  close (fd);
  return taken;
}

/* One protocol comes or goes: those of the other have nothing to do with that. */
static void
test_other_protocol (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_simple (engine, "f", PTL_PROTOCOL_TCP, to);
  g_autoptr (PtlForward) both
      = forward_new (PTL_PROTOCOL_BOTH, "127.0.0.1", port, "127.0.0.1", to, NULL);
  g_autoptr (PtlForward) tcp
      = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", port, "127.0.0.1", to, NULL);
  g_autoptr (PtlForward) udp
      = forward_new (PTL_PROTOCOL_UDP, "127.0.0.1", port, "127.0.0.1", to, NULL);
  g_autoptr (PtlEndpoint) bound = NULL;
  int living = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_echo (living, "before");
  g_assert_false (hears_udp (port));
  g_assert_true (ptl_engine_move (engine, "f", both, &bound, NULL));
  g_assert_true (ptl_endpoint_equal (bound, both->listen));
  g_assert_true (hears_udp (port));
  assert_echo (living, "beside UDP");
  g_assert_true (ptl_engine_edit (engine, "f", both, NULL));
  g_assert_true (ptl_engine_move (engine, "f", tcp, NULL, NULL));
  g_assert_false (hears_udp (port));
  assert_echo (living, "alone again");
  g_assert_true (ptl_engine_move (engine, "f", udp, NULL, NULL));
  g_assert_true (hears_udp (port));
  assert_ended (living);
  close (living);
}

/* From this computer alone to the whole network, at the same port: who is there stays. */
static void
test_other_address (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new (BOTH_HOST, peer_echo, NULL);
  g_autoptr (UdpEcho) echo = udp_echo_new (BOTH_HOST, peer_get_port (peer));
  guint16 port = open_both (engine, "f", peer);
  g_autoptr (PtlForward) wide
      = forward_new (PTL_PROTOCOL_BOTH, "0.0.0.0", port, BOTH_HOST, peer_get_port (peer), NULL);
  int living = connect_ok (SOCK_STREAM, "127.0.0.1", port), late, udp;

  assert_echo (living, "before");
  g_assert_true (ptl_engine_move (engine, "f", wide, NULL, NULL));
  late = connect_ok (SOCK_STREAM, "127.0.0.9", port);
  udp = connect_ok (SOCK_DGRAM, "127.0.0.9", port);
  assert_echo (late, "at the other address");
  assert_echo (udp, "too");
  assert_echo (living, "still");
  g_assert_cmpuint (get_traffic (engine, "f").connections_now, ==, 3);
  close (living);
  close (late);
  close (udp);
}

/* One of the new places is somebody else's: so it is as it was. */
static void
test_move_onto_itself_that_fails (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new (BOTH_HOST, peer_echo, NULL);
  g_autoptr (PtlForward) wide = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = open_both (engine, "f", peer);
  int living = connect_ok (SOCK_STREAM, "127.0.0.1", port), late;
  int holder = bind_to (SOCK_STREAM, "127.0.0.9", port);

  wide = forward_new (PTL_PROTOCOL_BOTH, "0.0.0.0", port, BOTH_HOST, peer_get_port (peer), NULL);
  g_assert_cmpint (listen (holder, 1), ==, 0);
  assert_echo (living, "before");
  g_assert_false (ptl_engine_move (engine, "f", wide, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  late = connect_ok (SOCK_STREAM, "127.0.0.1", port);
  assert_echo (late, "where it was");
  assert_echo (living, "still");
  g_assert_true (hears_udp (port));
  close (holder);
  close (living);
  close (late);
}

static void
test_move_that_fails_changes_nothing (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL),
                   holder = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 to = peer_get_port (peer), port = open_simple (engine, "f", PTL_PROTOCOL_TCP, to);
  g_autoptr (PtlForward) taken = forward_new (PTL_PROTOCOL_TCP, "127.0.0.1", peer_get_port (holder),
                                              "127.0.0.1", to, NULL);
  g_autoptr (GError) error = NULL;
  int early = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  int late;

  assert_echo (early, "before");
  g_assert_false (ptl_engine_move (engine, "nothing", taken, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (ptl_engine_move (engine, "f", taken, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  assert_echo (early, "after");
  late = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
  assert_echo (late, "new ones too");
  close (early);
  close (late);
}

static void
test_audience (void)
{
  static const char *hosts[] = { "127.0.0.1", "::" };
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);

  for (guint i = 0; i < (has_ipv6 () ? G_N_ELEMENTS (hosts) : 1); i++)
    {
      g_autoptr (PtlForward) forward = forward_new (PTL_PROTOCOL_TCP, hosts[i], 0, "127.0.0.1",
                                                    peer_get_port (peer), "127.0.0.2/31");
      guint16 port = open_forward (engine, "f", forward);
      guint before = peer_get_n_accepted (peer);
      int in = connect_to (SOCK_STREAM, "127.0.0.2", "127.0.0.1", port);
      int out = connect_to (SOCK_STREAM, "127.0.0.4", "127.0.0.1", port);

      assert_ended (out);
      assert_echo (in, "in");
      g_assert_cmpuint (peer_get_n_accepted (peer), ==, before + 1);
      g_assert_cmpuint (get_traffic (engine, "f").refused, ==, 1);
      g_assert_cmpuint (get_traffic (engine, "f").connections_ever, ==, 1);
      close (in);
      close (out);
      g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
    }
}

static void
test_close_cuts (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  guint16 other_port = open_simple (engine, "g", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int other = connect_ok (SOCK_STREAM, "127.0.0.1", other_port), fds[20], fd;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_ok (SOCK_STREAM, "127.0.0.1", port);
      assert_echo (fds[i], "living");
    }
  assert_echo (other, "other");
  g_assert_true (ptl_engine_close (engine, "f", FALSE, NULL));
  /* From the moment it returns: nobody gets in, the port is free, and who was in is out. */
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "127.0.0.1", port), ==, -1);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      char byte;

      g_assert_cmpint (recv (fds[i], &byte, 1, MSG_DONTWAIT), <=, 0);
      g_assert_cmpint (errno, !=, EAGAIN);
      close (fds[i]);
    }
  fd = bind_to (SOCK_STREAM, "127.0.0.1", port);
  close (fd);
  assert_echo (other, "another rule's connection stays");
  close (other);
  g_assert_cmpuint (ptl_engine_get_n_forwards (engine), ==, 1);
}

static void
test_drain (void)
{
  g_autoptr (PtlEngine) engine = ptl_engine_new (0);
  g_autoptr (Peer) peer = peer_new ("127.0.0.1", peer_echo, NULL);
  guint16 port = open_simple (engine, "f", PTL_PROTOCOL_TCP, peer_get_port (peer));
  int fd = connect_ok (SOCK_STREAM, "127.0.0.1", port);

  assert_echo (fd, "before");
  g_assert_true (ptl_engine_close (engine, "f", TRUE, NULL));
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, "127.0.0.1", port), ==, -1);
  assert_echo (fd, "after");
  ptl_engine_stop (engine);
  assert_ended (fd);
  close (fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/edit", test_edit);
  g_test_add_func ("/engine/edit-of-listen-refused", test_edit_of_listen_refused);
  g_test_add_func ("/engine/move", test_move);
  g_test_add_func ("/engine/other-protocol", test_other_protocol);
  g_test_add_func ("/engine/other-address", test_other_address);
  g_test_add_func ("/engine/move-onto-itself-that-fails", test_move_onto_itself_that_fails);
  g_test_add_func ("/engine/move-that-fails", test_move_that_fails_changes_nothing);
  g_test_add_func ("/engine/audience", test_audience);
  g_test_add_func ("/engine/close-cuts", test_close_cuts);
  g_test_add_func ("/engine/drain", test_drain);
  return g_test_run ();
}
