/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exposure/ptl-dial.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ptl-error.h"

#define SOON (g_get_monotonic_time () + 5 * G_TIME_SPAN_SECOND)

/* A listening socket of loopback, its port in @port; nobody accepts. */
static GSocket *
listen_somewhere (GSocketFamily family, guint16 *port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0), bound = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *listener = g_socket_new (family, G_SOCKET_TYPE_STREAM, 0, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listener, any, TRUE, &error));
  g_assert_true (g_socket_listen (listener, &error));
  bound = g_socket_get_local_address (listener, &error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  return listener;
}

static void
test_open (gconstpointer family)
{
  guint16 port;
  g_autoptr (GSocket) listener = listen_somewhere (GPOINTER_TO_INT (family), &port);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (GPOINTER_TO_INT (family));
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (GError) error = NULL;
  PtlSeenState state = PTL_SEEN_FAILED;
  int fd = ptl_dial_connect (dial, loopback, port, PTL_PROTOCOL_TCP, SOON, NULL, &state, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (state, ==, PTL_SEEN_OPEN);
  g_assert_cmpint (close (fd), ==, 0);
}

static void
test_closed (void)
{
  guint16 port;
  g_autoptr (GSocket) listener = listen_somewhere (G_SOCKET_FAMILY_IPV4, &port);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (GError) error = NULL;
  PtlSeenState state = PTL_SEEN_FAILED;

  g_assert_true (g_socket_close (listener, NULL));
  g_assert_cmpint (ptl_dial_connect (dial, loopback, port, PTL_PROTOCOL_TCP, SOON, NULL, &state,
                                     &error),
                   ==, -1);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_TARGET);
  g_assert_cmpint (state, ==, PTL_SEEN_CLOSED);
}

static void
test_cancelled (void)
{
  guint16 port;
  g_autoptr (GSocket) listener = listen_somewhere (G_SOCKET_FAMILY_IPV4, &port);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PtlSeenState state = PTL_SEEN_OPEN;

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (ptl_dial_connect (dial, loopback, port, PTL_PROTOCOL_TCP, SOON, cancellable,
                                     &state, &error),
                   ==, -1);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  g_assert_cmpint (state, ==, PTL_SEEN_FAILED);
}

static void
test_wait_ends (void)
{
  int pair[2];
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  g_assert_false (ptl_dial_wait (pair[0], POLLIN, g_get_monotonic_time () + 1000, NULL, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_cmpint (write (pair[1], "x", 1), ==, 1);
  g_assert_true (ptl_dial_wait (pair[0], POLLIN, SOON, NULL, &error));
  g_assert_no_error (error);
  close (pair[0]);
  close (pair[1]);
}

static void
test_udp (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (GError) error = NULL;
  PtlSeenState state = PTL_SEEN_OPEN;
  int fd = ptl_dial_connect (dial, loopback, 9, PTL_PROTOCOL_UDP, SOON, NULL, &state, &error);

  g_assert_no_error (error);
  g_assert_cmpint (state, ==, PTL_SEEN_FILTERED);
  close (fd);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dial/open", GINT_TO_POINTER (G_SOCKET_FAMILY_IPV4), test_open);
  g_test_add_data_func ("/dial/open6", GINT_TO_POINTER (G_SOCKET_FAMILY_IPV6), test_open);
  g_test_add_func ("/dial/closed", test_closed);
  g_test_add_func ("/dial/cancelled", test_cancelled);
  g_test_add_func ("/dial/wait-ends", test_wait_ends);
  g_test_add_func ("/dial/udp", test_udp);
  return g_test_run ();
}
