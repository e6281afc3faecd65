/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guarded mapping that gets another port or protocol while it is open, in a router that misbehaves
 * (tests/support/router-emulator.py). */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine-support.h"
#include "router-home.h"
#include "worker/ptl-backend-engine.h"
#include "worker/ptl-backend-router.h"

#define WAIT_SECONDS 20
#define PORT 25565
#define OTHER 25570

typedef struct
{
  RouterHome home;
  PtlEngine *engine;
  PtlInventory *inventory;
  PtlBackend *backend;
  Peer *peer;
  PtlRule *rule;
  int client; /* living all the while */
  guint n_left;
} Fixture;

static void
on_left (PtlBackend *backend, const char *id, GPtrArray *leases, GError *error, gpointer data)
{
  Fixture *f = data;

  g_assert_cmpstr (id, ==, f->rule->id);
  g_assert_nonnull (error);
  f->n_left += leases->len;
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  gint64 end = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;

  while (*result == NULL && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (*result);
  return *result;
}

/* As a change does: prepares, opens, and keeps what was granted with the rule. Takes over @rule. */
static gboolean
open_rule (Fixture *f, PtlRule *rule, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (PtlRule) owned = rule;
  g_autoptr (GPtrArray) prepared = ptl_backend_prepare (f->backend, rule, error);
  GPtrArray *leases;

  if (prepared == NULL)
    return FALSE;
  ptl_backend_open_async (f->backend, rule, prepared, NULL, on_done, &result);
  leases = ptl_backend_open_finish (f->backend, await (&result), error);
  if (leases == NULL)
    return FALSE;
  g_clear_pointer (&f->rule, ptl_rule_free);
  f->rule = g_steal_pointer (&owned);
  g_ptr_array_unref (f->rule->leases);
  f->rule->leases = leases;
  return TRUE;
}

static PtlRule *
rule_new (Fixture *f)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_MAPPING);
  guint16 to = peer_get_port (f->peer);

  g_free (rule->id);
  rule->id = g_uuid_string_random ();
  rule->way = PTL_WAY_GUARDED;
  rule->asked_port = PORT;
  rule->expires = ptl_clock_get_wall (f->home.clock) + 3600;
  g_clear_pointer (&rule->public_endpoint, ptl_endpoint_free);
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, PORT, PORT);
  g_clear_pointer (&rule->target, ptl_endpoint_free);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", to, to);
  return rule;
}

static guint16
get_guard (Fixture *f)
{
  return ptl_leases_find_engine (f->rule->leases)->endpoint->first;
}

static void
set_up (Fixture *f, gconstpointer options)
{
  g_autoptr (PtlDiscovery) ipv6 = NULL;
  GError *error = NULL;

  router_home_open_emulated (&f->home, options);
  f->engine = ptl_engine_new (1);
  f->inventory = ptl_inventory_new ();
  ipv6 = ptl_discovery_new_ipv6 (f->home.clock, g_getenv ("PORTOLAN_IGD_HELPER"));
  f->backend = ptl_backend_router_new (f->home.clock, f->engine, f->home.discovery, ipv6, f->inventory);
  g_signal_connect (f->backend, "left-behind", G_CALLBACK (on_left), f);
  f->peer = peer_new ("127.0.0.1", peer_echo, NULL);
  open_rule (f, rule_new (f), &error);
  g_assert_no_error (error);
  f->client = connect_ok (SOCK_STREAM, ROUTER_LAB_LOCAL, get_guard (f));
  assert_echo (f->client, "before");
}

static void
tear_down (Fixture *f, gconstpointer options)
{
  close (f->client);
  g_clear_object (&f->backend);
  g_clear_object (&f->engine);
  g_clear_object (&f->inventory);
  peer_free (f->peer);
  ptl_rule_free (f->rule);
  /* Whoever still waits for the router's answer holds on to it. */
  while (G_OBJECT (f->home.discovery)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  router_home_close (&f->home);
}

static PtlRule *
with_port (Fixture *f, guint16 port)
{
  PtlRule *after = ptl_rule_copy (f->rule);

  g_ptr_array_set_size (after->leases, 0);
  after->asked_port = port;
  after->public_endpoint->first = after->public_endpoint->last = port;
  g_assert_true (ptl_backend_can_move (f->backend, f->rule, after));
  return after;
}

static PtlRule *
with_protocol (Fixture *f, PtlProtocol protocol)
{
  PtlRule *after = ptl_rule_copy (f->rule);

  g_ptr_array_set_size (after->leases, 0);
  after->public_endpoint->protocol = after->target->protocol = protocol;
  g_assert_true (ptl_backend_can_move (f->backend, f->rule, after));
  return after;
}

/* A line of the router's table without its lifetime and words. */
static gboolean
has_entry (Fixture *f, const char *protocol, guint16 port, guint16 inner)
{
  g_autofree char *table = router_home_dup_table (&f->home);
  g_autofree char *line
      = g_strdup_printf ("%s %u %s %u ", protocol, port, ROUTER_LAB_LOCAL, inner);

  return strstr (table, line) != NULL;
}

static guint
count_entries (Fixture *f)
{
  g_autofree char *table = router_home_dup_table (&f->home);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (table), "\n", -1);

  return g_strv_length (lines);
}

static void
assert_reached (guint16 guard)
{
  int fd = connect_ok (SOCK_STREAM, ROUTER_LAB_LOCAL, guard);

  assert_echo (fd, "a new one");
  close (fd);
}

static void
test_moves (Fixture *f, gconstpointer options)
{
  guint16 old = get_guard (f);
  GError *error = NULL;

  open_rule (f, with_port (f, OTHER), &error);
  g_assert_no_error (error);
  g_assert_true (has_entry (f, "tcp", OTHER, get_guard (f)));
  g_assert_cmpuint (count_entries (f), ==, 1);
  assert_echo (f->client, "still here");
  assert_reached (get_guard (f));
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, ROUTER_LAB_LOCAL, old), ==, -1);
  g_assert_cmpuint (f->n_left, ==, 0);
}

static void
test_any_port (Fixture *f, gconstpointer options)
{
  GError *error = NULL;
  const PtlLease *lease;

  open_rule (f, with_port (f, 0), &error);
  g_assert_no_error (error);
  lease = f->rule->leases->pdata[1];
  g_assert_cmpuint (lease->endpoint->first, !=, PORT);
  g_assert_true (has_entry (f, "tcp", lease->endpoint->first, get_guard (f)));
  g_assert_cmpuint (count_entries (f), ==, 1);
  assert_echo (f->client, "still here");
}

/* The port is another's: the table, the guard and who is connected are as they were. */
static void
test_refused (Fixture *f, gconstpointer options)
{
  guint n = count_entries (f);
  g_autoptr (GError) error = NULL;

  g_assert_false (open_rule (f, with_port (f, OTHER), &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT);
  g_assert_true (has_entry (f, "tcp", PORT, get_guard (f)));
  g_assert_cmpuint (count_entries (f), ==, n);
  assert_echo (f->client, "still here");
  assert_reached (get_guard (f));
  g_assert_cmpuint (f->n_left, ==, 0);
}

static void
test_old_is_left (Fixture *f, gconstpointer options)
{
  guint16 old = get_guard (f);
  GError *error = NULL;

  open_rule (f, with_port (f, OTHER), &error);
  g_assert_no_error (error);
  g_assert_true (has_entry (f, "tcp", OTHER, get_guard (f)));
  g_assert_true (has_entry (f, "tcp", PORT, old));
  g_assert_cmpuint (f->n_left, ==, 1);
  assert_echo (f->client, "still here");
  /* What is left leads nowhere. */
  g_assert_cmpint (connect_to (SOCK_STREAM, NULL, ROUTER_LAB_LOCAL, old), ==, -1);
}

/* The other protocol joins at the same port, and goes again: what the router holds for TCP is not touched. */
static void
test_protocol (Fixture *f, gconstpointer options)
{
  guint16 guard = get_guard (f);
  GError *error = NULL;

  open_rule (f, with_protocol (f, PTL_PROTOCOL_BOTH), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (get_guard (f), ==, guard);
  g_assert_true (has_entry (f, "tcp", PORT, guard));
  g_assert_true (has_entry (f, "udp", PORT, guard));
  g_assert_cmpuint (f->rule->leases->len, ==, 3);
  assert_echo (f->client, "with udp");

  open_rule (f, with_protocol (f, PTL_PROTOCOL_TCP), &error);
  g_assert_no_error (error);
  g_assert_true (has_entry (f, "tcp", PORT, guard));
  g_assert_cmpuint (count_entries (f), ==, 1);
  assert_echo (f->client, "without udp");
  assert_reached (guard);
  g_assert_cmpuint (f->n_left, ==, 0);
}

static void
test_protocol_refused (Fixture *f, gconstpointer options)
{
  guint16 guard = get_guard (f);
  g_autoptr (GError) error = NULL;
  int udp;

  g_assert_false (open_rule (f, with_protocol (f, PTL_PROTOCOL_BOTH), &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT);
  g_assert_true (has_entry (f, "tcp", PORT, guard));
  assert_echo (f->client, "still here");
  assert_reached (guard);
  udp = bind_to (SOCK_DGRAM, ROUTER_LAB_LOCAL, guard); /* nobody listens there any more */
  close (udp);
}

static void
test_no_such_router (Fixture *f, gconstpointer options)
{
  PtlRule *after = with_port (f, OTHER);
  g_autoptr (GError) error = NULL;

  g_free (after->backend);
  after->backend = g_strdup ("nowhere");
  g_assert_true (ptl_backend_can_move (f->backend, f->rule, after));
  g_assert_false (open_rule (f, after, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  g_assert_true (has_entry (f, "tcp", PORT, get_guard (f)));
  assert_echo (f->client, "still here");
  assert_reached (get_guard (f));
}

/* A silent router: it is not known whether the new one was granted, so it is owed. */
static void
test_silent (Fixture *f, gconstpointer options)
{
  g_autoptr (GError) error = NULL;

  router_lab_mute (TRUE);
  g_assert_false (open_rule (f, with_port (f, OTHER), &error));
  router_lab_mute (FALSE);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_SILENT);
  g_assert_cmpuint (f->n_left, ==, 1);
  g_assert_true (has_entry (f, "tcp", PORT, get_guard (f)));
  assert_echo (f->client, "still here");
  assert_reached (get_guard (f));
}

/* Closed after a move: with it those who came before it. */
static void
test_close_cuts_all (Fixture *f, gconstpointer options)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) left = NULL;
  GError *error = NULL;
  int late;

  open_rule (f, with_port (f, OTHER), &error);
  g_assert_no_error (error);
  late = connect_ok (SOCK_STREAM, ROUTER_LAB_LOCAL, get_guard (f));
  assert_echo (late, "late");
  ptl_backend_close_async (f->backend, f->rule, on_done, &result);
  assert_ended (f->client);
  assert_ended (late);
  left = ptl_backend_close_finish (f->backend, await (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
  g_assert_cmpuint (count_entries (f), ==, 0);
  close (late);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func, options)                                                                   \
  g_test_add ("/mapping-move/" name, Fixture, options, set_up, func, tear_down)
#define PCP_ALONE "\"natpmp\":\"off\",\"upnp\":\"off\""
#define TAKEN(protocol, port) "\"taken\":[[\"" protocol "\"," port ",\"192.168.77.66\",9,\"x\"]]"
  ADD ("pcp", test_moves, "{" PCP_ALONE "}");
  ADD ("natpmp", test_moves, "{\"pcp\":\"off\",\"upnp\":\"off\"}");
  ADD ("upnp", test_moves, "{\"pcp\":\"off\",\"natpmp\":\"off\"}");
  ADD ("any-port", test_any_port, "{" PCP_ALONE "}");
  ADD ("refused/pcp", test_refused, "{" PCP_ALONE "," TAKEN ("tcp", "25570") "}");
  ADD ("refused/natpmp", test_refused,
       "{\"pcp\":\"off\",\"upnp\":\"off\"," TAKEN ("tcp", "25570") "}");
  ADD ("refused/upnp", test_refused,
       "{\"pcp\":\"off\",\"natpmp\":\"off\"," TAKEN ("tcp", "25570") "}");
  ADD ("old-is-left", test_old_is_left, "{\"pcp\":\"keeps\",\"natpmp\":\"off\",\"upnp\":\"off\"}");
  ADD ("protocol/pcp", test_protocol, "{" PCP_ALONE "}");
  ADD ("protocol/upnp", test_protocol, "{\"pcp\":\"off\",\"natpmp\":\"off\"}");
  ADD ("protocol/refused", test_protocol_refused, "{" PCP_ALONE "," TAKEN ("udp", "25565") "}");
  ADD ("no-such-router", test_no_such_router, "{" PCP_ALONE "}");
  ADD ("silent", test_silent, "{" PCP_ALONE "}");
  ADD ("close-cuts-all", test_close_cuts_all, "{" PCP_ALONE "}");
  return g_test_run ();
}
