/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "backend-tunnel-fixture.h"

#include <string.h>

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

void
assert_told (Fixture *f, const char *wanted)
{
  g_assert_cmpstr (f->told->str, ==, wanted);
  g_string_truncate (f->told, 0);
}

PtlRule *
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

void
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

void
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

gboolean
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

const PtlLease *
open_well (Fixture *f, gboolean restore)
{
  g_autoptr (GError) error = NULL;

  open_rule (f, restore, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->leases->len, ==, 1);
  return f->leases->pdata[0];
}

void
open_badly (Fixture *f, gboolean restore, PtlError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (open_rule (f, restore, &error));
  g_assert_error (error, PTL_ERROR, (int)code);
}

void
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

void
keep_leases (Fixture *f)
{
  const PtlLease *lease = f->leases->pdata[0];

  g_ptr_array_set_size (f->rule->leases, 0);
  g_ptr_array_add (f->rule->leases, ptl_lease_copy (lease));
  f->rule->public_endpoint->first = f->rule->public_endpoint->last = lease->endpoint->first;
}

guint64
get_ever (Fixture *f)
{
  PtlTraffic traffic = { 0 };

  return ptl_backend_get_traffic (f->backend, f->rule->id, &traffic) ? traffic.connections_ever : 0;
}

void
begin (Fixture *f, PtlWay way, const char *host, guint16 port)
{
  tunnel_sshd_start (f->sshd, NULL);
  tunnel_trust_host_key (f->sshd, f->relay, f->state_dir);
  f->rule = make_rule (f, way, host, port);
}
