/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "tunnel-helpers.h"
#include "tunnel/ptl-tunnel.h"
#include "worker/ptl-backend-tunnel.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

/* The back end against a real sshd: see tests/support/tunnel-sshd.h. */
typedef struct
{
  TunnelSshd *sshd;
  PtlClock *clock;
  PtlRelay *relay;
  char *state_dir;
  GSocketService *echo;
  guint16 echo_port;
  PtlBackend *backend;
  PtlRule *rule;
  char *key_line;
  GString *told; /* what the signals said, a word each */
  GPtrArray *leases;
} Fixture;

static void
on_offered (PtlBackend *backend,
            const char *relay_id,
            const char *key_line,
            const char *fingerprint,
            gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (relay_id, ==, f->relay->id);
  g_free (f->key_line);
  f->key_line = g_strdup (key_line);
  g_string_append (f->told, "offered ");
}

static void
on_relay_state (PtlBackend *backend,
                const char *relay_id,
                const char *state,
                const GError *error,
                gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (relay_id, ==, f->relay->id);
  g_assert_true ((error == NULL) == (strcmp (state, "ready") == 0));
  g_string_append_printf (f->told, "%s ", state);
}

static void
on_degraded (PtlBackend *backend, const char *rule_id, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (rule_id, ==, f->rule->id);
  g_string_append_printf (f->told, "degraded:%s ",
                          ptl_error_code_to_name (ptl_error_code_of (error)));
}

static void
on_recovered (PtlBackend *backend, const char *rule_id, GPtrArray *leases, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_cmpstr (rule_id, ==, f->rule->id);
  g_assert_cmpuint (leases->len, ==, 1);
  g_string_append (f->told, "recovered ");
}

static void
assert_told (Fixture *f, const char *wanted)
{
  g_assert_cmpstr (f->told->str, ==, wanted);
  g_string_truncate (f->told, 0);
}

static PtlRule *
make_rule (Fixture *f, PtlWay way, const char *host, guint16 port)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_TUNNEL);

  g_free (rule->id);
  rule->id = g_uuid_string_random ();
  g_free (rule->backend);
  rule->backend = g_strdup (f->relay->id);
  rule->way = way;
  rule->asked_port = port;
  ptl_endpoint_free (rule->public_endpoint);
  rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, host, port, port);
  ptl_endpoint_free (rule->target);
  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", f->echo_port, f->echo_port);
  return rule;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  PtlBackendTunnel *backend;

  f->sshd = tunnel_sshd_new ();
  if (f->sshd == NULL)
    return;
  f->clock = ptl_clock_new ();
  f->state_dir = g_build_filename (f->sshd->dir, "state", NULL);
  f->relay = tunnel_make_relay (f->sshd);
  f->echo = tunnel_make_echo (&f->echo_port);
  f->told = g_string_new (NULL);
  backend = ptl_backend_tunnel_new (f->clock, f->state_dir);
  ptl_backend_tunnel_set_relay (backend, f->relay);
  f->backend = PTL_BACKEND (backend);
  g_signal_connect (backend, "offered-key", G_CALLBACK (on_offered), f);
  g_signal_connect (backend, "relay-state", G_CALLBACK (on_relay_state), f);
  g_signal_connect (backend, "degraded", G_CALLBACK (on_degraded), f);
  g_signal_connect (backend, "recovered", G_CALLBACK (on_recovered), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  g_clear_object (&f->backend);
  tunnel_run_pending ();
  g_socket_service_stop (f->echo);
  g_socket_listener_close (G_SOCKET_LISTENER (f->echo));
  g_clear_object (&f->echo);
  g_clear_object (&f->clock);
  g_clear_pointer (&f->leases, g_ptr_array_unref);
  g_clear_pointer (&f->rule, ptl_rule_free);
  ptl_relay_free (f->relay);
  g_free (f->state_dir);
  g_free (f->key_line);
  g_string_free (f->told, TRUE);
  tunnel_sshd_free (f->sshd);
}

/* A restore has nothing prepared. */
static gboolean
open_rule (Fixture *f, gboolean restore, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) prepared = NULL;

  if (!restore)
    {
      prepared = ptl_backend_prepare (f->backend, f->rule, error);
      g_assert_nonnull (prepared);
      g_assert_cmpuint (prepared->len, ==, 1);
    }
  ptl_backend_open_async (f->backend, f->rule, prepared, NULL, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  g_clear_pointer (&f->leases, g_ptr_array_unref);
  f->leases = ptl_backend_open_finish (f->backend, result, error);
  return f->leases != NULL;
}

static const PtlLease *
open_well (Fixture *f, gboolean restore)
{
  g_autoptr (GError) error = NULL;

  open_rule (f, restore, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->leases->len, ==, 1);
  return f->leases->pdata[0];
}

static void
open_badly (Fixture *f, gboolean restore, PtlError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (open_rule (f, restore, &error));
  g_assert_error (error, PTL_ERROR, (int)code);
}

static void
close_rule (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = NULL;

  ptl_backend_close_async (f->backend, f->rule, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  left = ptl_backend_close_finish (f->backend, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (left->len, ==, 0);
}

/* As the worker keeps them with the rule. */
static void
keep_leases (Fixture *f)
{
  const PtlLease *lease = f->leases->pdata[0];

  g_ptr_array_set_size (f->rule->leases, 0);
  g_ptr_array_add (f->rule->leases, ptl_lease_copy (lease));
  f->rule->public_endpoint->first = f->rule->public_endpoint->last = lease->endpoint->first;
}

static guint64
get_ever (Fixture *f)
{
  PtlTraffic traffic = { 0 };

  return ptl_backend_get_traffic (f->backend, f->rule->id, &traffic) ? traffic.connections_ever : 0;
}

static void
begin (Fixture *f, PtlWay way, const char *host, guint16 port)
{
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  f->rule = make_rule (f, way, host, port);
}

static void
test_remote (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  const PtlLease *lease;
  PtlTraffic traffic;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  lease = open_well (f, FALSE);
  g_assert_cmpstr (lease->system, ==, "ssh");
  g_assert_cmpstr (lease->holder, ==, f->relay->id);
  g_assert_cmpstr (lease->endpoint->host, ==, "127.0.0.1");
  g_assert_cmpuint (lease->endpoint->first, ==, port);
  g_assert_cmpuint (lease->inner->first, ==, f->echo_port);
  g_assert_cmpint (lease->granted, >, 0);
  tunnel_assert_echo (port);
  WAIT_FOR (ptl_backend_get_traffic (f->backend, f->rule->id, &traffic)
            && traffic.connections_ever == 1 && traffic.connections_now == 0);
  g_assert_cmpint (ABS (traffic.last_used - ptl_clock_get_wall (f->clock)), <=, 30);
  close_rule (f);
  tunnel_assert_refused (port);
  assert_told (f, "ready ");
  g_assert_false (ptl_backend_get_traffic (f->backend, f->rule->id, &traffic));
  close_rule (f); /* one that is not open is closed already */
}

/* Every address of the relay: people outside use its name. */
static void
test_every_address (Fixture *f, gconstpointer data)
{
  const PtlLease *lease;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, NULL, 0);
  lease = open_well (f, FALSE);
  g_assert_cmpstr (lease->endpoint->host, ==, f->relay->host);
  g_assert_cmpstr (lease->key, ==, "*");
  tunnel_assert_echo (lease->endpoint->first);
}

/* 127.0.0.2 stands for the relay's public address: what listens on 127.0.0.1 alone is not reached
 * there. */
static void
use_second_address (Fixture *f)
{
  g_free (f->relay->host);
  f->relay->host = g_strdup ("127.0.0.2");
  ptl_backend_tunnel_set_relay (PTL_BACKEND_TUNNEL (f->backend), f->relay);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  f->rule = make_rule (f, PTL_WAY_REMOTE, NULL, tunnel_sshd_find_port ());
}

static void
test_gateway_ports_missing (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, "ListenAddress 127.0.0.2\nGatewayPorts no");
  use_second_address (f);
  open_well (f, FALSE);
  assert_told (f, "ready ");
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "degraded:relay-refused ");
  /* The relay is set right, and its ssh server started again. */
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "unreachable degraded:relay-unreachable ");
  tunnel_sshd_start (f->sshd, "ListenAddress 127.0.0.2\nGatewayPorts clientspecified");
  ptl_clock_turn (f->clock, 0, 2 * SECOND);
  WAIT_FOR (strstr (f->told->str, "recovered") != NULL);
  assert_told (f, "ready recovered ");
  WAIT_FOR (get_ever (f) == 1); /* tried from here */
  assert_told (f, "");
}

/* Something else was in the way, and is not any more. */
static void
test_reached_later (Fixture *f, gconstpointer data)
{
  g_autoptr (GSocketListener) server = g_socket_listener_new ();
  g_autoptr (GInetAddress) host = g_inet_address_new_from_string ("127.0.0.2");
  g_autoptr (GSocketAddress) address = NULL;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, "ListenAddress 127.0.0.2\nGatewayPorts no");
  use_second_address (f);
  open_well (f, FALSE);
  WAIT_FOR (strstr (f->told->str, "degraded") != NULL);
  g_string_truncate (f->told, 0);
  address = g_inet_socket_address_new (host, f->rule->public_endpoint->first);
  g_assert_true (g_socket_listener_add_address (server, address, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, NULL, NULL));
  ptl_clock_turn (f->clock, 0, 15 * SECOND);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "recovered ");
}

static void
test_local (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();
  const PtlLease *lease;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_LOCAL, "127.0.0.1", port);
  lease = open_well (f, FALSE);
  g_assert_cmpuint (lease->endpoint->first, ==, port);
  tunnel_assert_echo (port);
  close_rule (f);
  tunnel_assert_refused (port);
}

static void
test_local_port_taken (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_LOCAL, "127.0.0.1", f->echo_port);
  g_assert_false (open_rule (f, FALSE, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN);
  /* It is this program that has it, and the message says so. */
  g_assert_nonnull (strstr (error->message, "in use by"));
  g_assert_null (strstr (error->message, "another program"));
}

static void
test_restore_same_port (Fixture *f, gconstpointer data)
{
  guint16 port;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  port = open_well (f, FALSE)->endpoint->first;
  g_assert_cmpuint (port, !=, 0);
  keep_leases (f);
  close_rule (f);
  g_assert_cmpuint (open_well (f, TRUE)->endpoint->first, ==, port);
  tunnel_assert_echo (port);
}

static void
test_restore_port_gone (Fixture *f, gconstpointer data)
{
  guint16 port;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_well (f, FALSE);
  keep_leases (f);
  close_rule (f);
  /* Somebody else has it now, and any other will do. */
  ((PtlLease *)f->rule->leases->pdata[0])->endpoint->first = f->sshd->port;
  port = open_well (f, TRUE)->endpoint->first;
  g_assert_cmpuint (port, !=, f->sshd->port);
  tunnel_assert_echo (port);
}

static void
test_unknown_key (Fixture *f, gconstpointer data)
{
  guint n;

  if (f->sshd == NULL)
    return;
  tunnel_sshd_start (f->sshd, NULL);
  f->rule = make_rule (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_badly (f, FALSE, PTL_ERROR_HOST_KEY_UNKNOWN);
  assert_told (f, "offered key-offered ");
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_UNKNOWN);
  n = tunnel_sshd_count_connections (f->sshd);
  /* A restore does not ask the relay again, whatever the time. */
  ptl_clock_turn (f->clock, 0, 100 * 3600 * SECOND);
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_UNKNOWN);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, n);
  g_assert_true (ptl_tunnel_trust_key (f->state_dir, f->relay, f->key_line, NULL));
  tunnel_assert_echo (open_well (f, TRUE)->endpoint->first);
}

static void
test_changed_key (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  f->rule = make_rule (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_CHANGED);
  assert_told (f, "key-changed ");
  ptl_clock_turn (f->clock, 0, 100 * 3600 * SECOND);
  open_badly (f, TRUE, PTL_ERROR_HOST_KEY_CHANGED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  /* A person who opens it by hand is no restore. */
  open_badly (f, FALSE, PTL_ERROR_HOST_KEY_CHANGED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 2);
}

static void
test_login_refused (Fixture *f, gconstpointer data)
{
  g_autofree char *authorized = NULL;
  g_autofree char *kept = NULL;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  authorized = g_build_filename (f->sshd->dir, "authorized_keys", NULL);
  g_assert_true (g_file_get_contents (authorized, &kept, NULL, NULL));
  g_assert_true (g_file_set_contents (authorized, "", -1, NULL));
  open_badly (f, TRUE, PTL_ERROR_RELAY_REFUSED);
  assert_told (f, "refused ");
  open_badly (f, TRUE, PTL_ERROR_RELAY_REFUSED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 1);
  ptl_clock_turn (f->clock, 0, 3601 * SECOND);
  open_badly (f, TRUE, PTL_ERROR_RELAY_REFUSED);
  g_assert_cmpuint (tunnel_sshd_count_connections (f->sshd), ==, 2);
  g_assert_true (g_file_set_contents (authorized, kept, -1, NULL));
  ptl_backend_tunnel_try_again (PTL_BACKEND_TUNNEL (f->backend), f->relay->id);
  open_well (f, TRUE);
}

static void
test_relay_goes_and_comes (Fixture *f, gconstpointer data)
{
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  open_well (f, FALSE);
  assert_told (f, "ready ");
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "unreachable degraded:relay-unreachable ");
  ptl_clock_turn (f->clock, 0, 2 * SECOND);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "unreachable "); /* no news for the rule */
  tunnel_sshd_start (f->sshd, NULL);
  ptl_clock_turn (f->clock, 0, 61 * SECOND);
  WAIT_FOR (strstr (f->told->str, "recovered") != NULL);
  assert_told (f, "ready recovered ");
  tunnel_assert_echo (port);
}

static void
test_stopped_while_open (Fixture *f, gconstpointer data)
{
  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  open_well (f, FALSE);
  tunnel_sshd_stop (f->sshd);
  WAIT_FOR (strstr (f->told->str, "degraded") != NULL);
  g_string_truncate (f->told, 0);
  tunnel_sshd_change_host_keys (f->sshd);
  tunnel_sshd_start (f->sshd, NULL);
  ptl_clock_turn (f->clock, 0, 61 * SECOND);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "key-changed degraded:host-key-changed ");
  g_assert_true (ptl_tunnel_forget_key (f->state_dir, f->relay, NULL));
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  ptl_backend_tunnel_try_again (PTL_BACKEND_TUNNEL (f->backend), f->relay->id);
  WAIT_FOR (f->told->len > 0);
  assert_told (f, "ready recovered ");
}

static void
test_cancelled (Fixture *f, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) prepared = NULL;
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", 0);
  prepared = ptl_backend_prepare (f->backend, f->rule, NULL);
  ptl_backend_open_async (f->backend, f->rule, prepared, cancellable, tunnel_on_done, &result);
  g_cancellable_cancel (cancellable);
  WAIT_FOR (result != NULL);
  g_assert_null (ptl_backend_open_finish (f->backend, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  close_rule (f);
  open_well (f, FALSE);
}

/* Closed while it opens, without a word before. */
static void
test_closed_while_opening (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) prepared = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  prepared = ptl_backend_prepare (f->backend, f->rule, NULL);
  ptl_backend_open_async (f->backend, f->rule, prepared, NULL, tunnel_on_done, &result);
  close_rule (f);
  WAIT_FOR (result != NULL);
  g_assert_null (ptl_backend_open_finish (f->backend, result, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_CANCELLED);
  tunnel_assert_refused (port);
}

static void
test_prepare (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (f->sshd == NULL)
    return;
  f->rule = make_rule (f, PTL_WAY_REMOTE, NULL, 8080);
  f->rule->public_endpoint->protocol = PTL_PROTOCOL_UDP;
  g_assert_null (ptl_backend_prepare (f->backend, f->rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  ptl_rule_free (f->rule);
  f->rule = make_rule (f, PTL_WAY_LOCAL, "127.0.0.1", 0);
  g_assert_null (ptl_backend_prepare (f->backend, f->rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_clear_error (&error);
  ptl_backend_tunnel_remove_relay (PTL_BACKEND_TUNNEL (f->backend), f->relay->id);
  g_assert_null (ptl_backend_prepare (f->backend, f->rule, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_FOUND);
  open_badly (f, TRUE, PTL_ERROR_NOT_FOUND);
}

static void
test_edit (Fixture *f, gconstpointer data)
{
  g_autoptr (PtlRule) after = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = tunnel_sshd_find_port ();

  if (f->sshd == NULL)
    return;
  begin (f, PTL_WAY_REMOTE, "127.0.0.1", port);
  open_well (f, FALSE);
  after = ptl_rule_copy (f->rule);
  g_free (after->purpose);
  after->purpose = g_strdup ("another purpose");
  g_assert_true (ptl_backend_edit (f->backend, f->rule, after, &error));
  g_assert_no_error (error);
  after->target->first = after->target->last = 9;
  g_assert_false (ptl_backend_edit (f->backend, f->rule, after, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED);
  tunnel_assert_echo (port);
}

static void
test_take_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (PtlLease) lease = ptl_lease_new ("ssh", "");

  if (f->sshd == NULL)
    return;
  ptl_backend_take_back_async (f->backend, "id", lease, tunnel_on_done, &result);
  WAIT_FOR (result != NULL);
  g_assert_true (ptl_backend_take_back_finish (f->backend, result, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/backend-tunnel/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("remote", test_remote);
  ADD ("every-address", test_every_address);
  ADD ("gateway-ports-missing", test_gateway_ports_missing);
  ADD ("reached-later", test_reached_later);
  ADD ("local", test_local);
  ADD ("local-port-taken", test_local_port_taken);
  ADD ("restore-same-port", test_restore_same_port);
  ADD ("restore-port-gone", test_restore_port_gone);
  ADD ("unknown-key", test_unknown_key);
  ADD ("changed-key", test_changed_key);
  ADD ("login-refused", test_login_refused);
  ADD ("relay-goes-and-comes", test_relay_goes_and_comes);
  ADD ("stopped-while-open", test_stopped_while_open);
  ADD ("cancelled", test_cancelled);
  ADD ("closed-while-opening", test_closed_while_opening);
  ADD ("prepare", test_prepare);
  ADD ("edit", test_edit);
  ADD ("take-back", test_take_back);
  return g_test_run ();
}
