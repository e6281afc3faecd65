/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a look from inside at the public address proves, and what it does not. Loopback stands for
 * the public address. */
#include <string.h>

#include "exposure/vantage/ptl-vantage.h"

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* A listener whose queue is full drops what comes, as a router does that leads nothing back in. */
static GPtrArray *
listen_at (guint16 *port, guint n_clients)
{
  GPtrArray *sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);

  g_ptr_array_add (sockets, listener);
  g_assert_true (g_socket_bind (listener, any, TRUE, NULL));
  g_socket_set_listen_backlog (listener, 0);
  g_assert_true (g_socket_listen (listener, NULL));
  bound = g_socket_get_local_address (listener, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  for (guint i = 0; i < n_clients; i++)
    {
      GSocket *client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, 0, NULL);

      g_socket_set_blocking (client, FALSE);
      g_socket_connect (client, bound, NULL, NULL);
      g_ptr_array_add (sockets, client);
    }
  return sockets;
}

static void
add_endpoint (GPtrArray *endpoints, guint16 port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  g_ptr_array_add (endpoints, ptl_vantage_endpoint_new (loopback, port, PTL_PROTOCOL_TCP));
}

static void
assert_seen (GPtrArray *answers, guint i, PtlSeenState state, const char *words)
{
  const PtlVantageAnswer *answer = answers->pdata[i];

  g_assert_cmpint (answer->sighting->vantage, ==, PTL_VANTAGE_HAIRPIN);
  g_assert_cmpint (answer->sighting->state, ==, state);
  g_assert_nonnull (strstr (answer->sighting->detail, words));
}

static void
test_words (void)
{
  guint16 open, closed, silent;
  g_autoptr (GPtrArray) there = listen_at (&open, 0);
  g_autoptr (GPtrArray) gone = listen_at (&closed, 0);
  g_autoptr (GPtrArray) full = listen_at (&silent, 4);
  g_autoptr (GPtrArray) endpoints
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_vantage_endpoint_free);
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  PtlVantageAsk ask
      = { .kind = PTL_VANTAGE_HAIRPIN, .endpoints = endpoints, .clock = clock, .dial = dial };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) answers = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_set_size (gone, 0);
  add_endpoint (endpoints, open);
  add_endpoint (endpoints, closed);
  add_endpoint (endpoints, silent);
  ptl_vantage_ask_async (&ask, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answers = ptl_vantage_ask_finish (result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (answers->len, ==, 3);
  assert_seen (answers, 0, PTL_SEEN_OPEN, "proves little");
  assert_seen (answers, 1, PTL_SEEN_CLOSED, "otherwise");
  assert_seen (answers, 2, PTL_SEEN_FAILED, "proves nothing");
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) endpoints = g_ptr_array_new ();
  g_autoptr (PtlDial) dial = ptl_dial_new_direct ();
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  PtlVantageAsk ask
      = { .kind = PTL_VANTAGE_HAIRPIN, .endpoints = endpoints, .clock = clock, .dial = dial };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) answers = NULL;

  ptl_vantage_ask_async (&ask, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  answers = ptl_vantage_ask_finish (result, NULL);
  g_assert_cmpuint (answers->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vantage/hairpin/words", test_words);
  g_test_add_func ("/vantage/hairpin/nothing", test_nothing);
  return g_test_run ();
}
