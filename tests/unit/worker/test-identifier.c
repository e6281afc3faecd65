/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-identifier.h"

#include <gio/gio.h>
#include <string.h>

#include "core/ptl-error.h"

/* What answers at sockets of this test's own. */

typedef struct
{
  PtlIdentifier *identifier;
  GSocketListener *listener;
  guint16 port;
  const char *says;      /* to each that comes; NULL = nothing */
  GPtrArray *held;       /* connections that nothing is said on */
  guint n_came;
  PtlEndpoint *target;
} Fixture;

static void
on_came (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;
  g_autoptr (GSocketConnection) connection
      = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);

  if (connection == NULL)
    return;
  f->n_came++;
  if (f->says != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), f->says,
                               strlen (f->says), NULL, NULL, NULL);
  else
    g_ptr_array_add (f->held, g_steal_pointer (&connection));
  g_socket_listener_accept_async (f->listener, NULL, on_came, f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();

  f->identifier = ptl_identifier_new (clock);
  f->listener = g_socket_listener_new ();
  f->held = g_ptr_array_new_with_free_func (g_object_unref);
  f->port = g_socket_listener_add_any_inet_port (f->listener, NULL, NULL);
  g_assert_cmpuint (f->port, >, 0);
  f->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", f->port, f->port);
  f->says = data;
  g_socket_listener_accept_async (f->listener, NULL, on_came, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_run_dispose (G_OBJECT (f->identifier));
  g_clear_object (&f->identifier);
  g_socket_listener_close (f->listener);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&f->listener);
  ptl_endpoint_free (f->target);
  g_ptr_array_unref (f->held);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static PtlIdentified *
ask (Fixture *f, const PtlEndpoint *target, PtlIdentifierHaste haste, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_identifier_ask_async (f->identifier, target, haste, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return ptl_identifier_ask_finish (f->identifier, result, error);
}

static void
test_greets (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlIdentified) found = ask (f, f->target, PTL_IDENTIFIER_OPEN, &error);

  g_assert_no_error (error);
  g_assert_cmpint (found->state, ==, PTL_SEEN_OPEN);
  g_assert_cmpstr (found->identity->service, ==, "vnc");
  g_assert_true (g_str_has_prefix (found->where, "127.0.0.1:"));
}

static void
count (PtlIdentifier *identifier, guint *n)
{
  ++*n;
}

static void
test_tells_of_the_end (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlIdentified) found = NULL;
  guint n = 0;

  g_signal_connect (f->identifier, "looked", G_CALLBACK (count), &n);
  found = ask (f, f->target, PTL_IDENTIFIER_OPEN, NULL);
  g_assert_cmpuint (n, ==, 1);
  g_signal_handlers_disconnect_by_data (f->identifier, &n);
}

/* A line of text that nobody knows ends the look: the other connections are not made. */
static void
test_plain (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlIdentified) found = ask (f, f->target, PTL_IDENTIFIER_OPEN, NULL);

  g_assert_cmpint (found->state, ==, PTL_SEEN_OPEN);
  g_assert_cmpstr (found->identity->service, ==, "");
  g_assert_cmpstr (found->identity->banner, !=, "");
  g_assert_false (found->unfinished);
  g_assert_cmpuint (f->n_came, <=, 2);
}

static void
test_silent (Fixture *f, gconstpointer data)
{
  gint64 began = g_get_monotonic_time ();
  g_autoptr (PtlIdentified) found = ask (f, f->target, PTL_IDENTIFIER_OPEN, NULL);

  g_assert_cmpint (found->state, ==, PTL_SEEN_OPEN);
  g_assert_cmpstr (found->identity->service, ==, "");
  g_assert_true (found->unfinished);
  /* A busy machine takes longer than the 70 ms that it should. */
  g_assert_cmpint (g_get_monotonic_time () - began, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (f->n_came, <=, 36);
}

static void
test_closed (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlIdentified) found = NULL;
  g_autoptr (PtlIdentified) known = NULL;

  g_assert_null (ptl_identifier_dup_known (f->identifier, f->target));
  g_socket_listener_close (f->listener);
  found = ask (f, f->target, PTL_IDENTIFIER_OPEN, NULL);
  g_assert_cmpint (found->state, ==, PTL_SEEN_CLOSED);
  g_assert_null (found->identity);
  g_assert_false (found->unfinished);
  known = ptl_identifier_dup_known (f->identifier, f->target);
  g_assert_cmpint (known->state, ==, PTL_SEEN_CLOSED);
}

/* It may be another program by the time that somebody opens: what is known is told, not trusted. */
static void
test_looks_again (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlIdentified) first = ask (f, f->target, PTL_IDENTIFIER_OPEN, NULL);
  g_autoptr (PtlIdentified) second = NULL;

  g_assert_cmpstr (first->identity->service, ==, "");
  f->says = "RFB 003.008\n";
  second = ask (f, f->target, PTL_IDENTIFIER_OPEN, NULL);
  g_assert_cmpstr (second->identity->service, ==, "vnc");
}

static void
test_elsewhere (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlEndpoint) far = ptl_endpoint_new (PTL_PROTOCOL_TCP, "203.0.113.9", 22, 22);
  g_autoptr (PtlEndpoint) socket = ptl_endpoint_new_unix ("/run/docker.sock");
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (f, far, PTL_IDENTIFIER_LOOK, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (ask (f, socket, PTL_IDENTIFIER_LOOK, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

static GPtrArray *
ask_rule (Fixture *f, const PtlRule *rule)
{
  g_autoptr (GAsyncResult) result = NULL;

  ptl_identifier_ask_rule_async (f->identifier, rule, PTL_IDENTIFIER_OPEN, NULL, on_done, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return ptl_identifier_ask_rule_finish (f->identifier, result, NULL);
}

static void
test_rule (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GPtrArray) many = NULL;
  g_autoptr (GPtrArray) local = NULL;

  rule->public_endpoint->protocol = PTL_PROTOCOL_BOTH;
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_BOTH, "127.0.0.1", 40000, 40999);
  many = ask_rule (f, rule);
  /* Eight by each protocol. */
  g_assert_cmpuint (many->len, ==, 16);
  /* Its target is at the relay. */
  rule->kind = PTL_KIND_TUNNEL;
  rule->way = PTL_WAY_LOCAL;
  local = ask_rule (f, rule);
  g_assert_cmpuint (local->len, ==, 0);
}

#define ADD(name, says, func)                                                                      \
  g_test_add ("/identifier/" name, Fixture, says, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("greets", "RFB 003.008\n", test_greets);
  ADD ("tells-of-the-end", "RFB 003.008\n", test_tells_of_the_end);
  ADD ("plain", "welcome to the game\n", test_plain);
  ADD ("silent", NULL, test_silent);
  ADD ("closed", NULL, test_closed);
  ADD ("looks-again", "welcome to the game\n", test_looks_again);
  ADD ("elsewhere", NULL, test_elsewhere);
  ADD ("rule", NULL, test_rule);
  return g_test_run ();
}
