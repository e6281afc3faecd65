/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-tunnel-private.h"

#include "tunnel/ptl-tunnel-lease.h"

GPtrArray *
ptl_tunnel_run_make_leases (PtlTunnelRun *run)
{
  GPtrArray *leases
      = ptl_tunnel_lease_list (run->rule, run->relay, run->bind, ptl_tunnel_get_port (run->tunnel));
  PtlLease *lease = leases->pdata[0];

  lease->granted = ptl_clock_get_wall (run->backend->clock);
  return leases;
}

/* Whoever still waits for the tunnel to start keeps it alive: so it is stopped, not only dropped.
 */
static void
drop_tunnel (PtlTunnelRun *run)
{
  if (run->tunnel == NULL)
    return;
  g_signal_handlers_disconnect_by_data (run->tunnel, run);
  ptl_tunnel_stop_async (run->tunnel, NULL, NULL);
  g_clear_object (&run->tunnel);
}

void
ptl_tunnel_run_free (PtlTunnelRun *run)
{
  drop_tunnel (run);
  g_clear_pointer (&run->reach, ptl_reach_free);
  g_clear_object (&run->opening);
  g_clear_object (&run->cancellable);
  g_clear_pointer (&run->rule, ptl_rule_free);
  g_clear_pointer (&run->relay, ptl_relay_free);
  g_free (run->bind);
  g_free (run);
}

PtlTunnelRun *
ptl_backend_tunnel_steal_run (PtlBackendTunnel *self, const char *rule_id)
{
  PtlTunnelRun *run;
  char *key;

  if (!g_hash_table_steal_extended (self->runs, rule_id, (gpointer *)&key, (gpointer *)&run))
    return NULL;
  g_free (key);
  g_signal_handlers_disconnect_by_data (run->tunnel, run);
  return run;
}

static void
on_offered_key (PtlTunnelRun *run, const char *key_line, const char *fingerprint)
{
  g_signal_emit_by_name (run->backend, "offered-key", run->relay->id, key_line, fingerprint);
}

static void
tell_relay_state (PtlTunnelRun *run, const GError *error)
{
  const char *state = ptl_relay_state_for (error);

  if (state != NULL)
    g_signal_emit_by_name (run->backend, "relay-state", run->relay->id, state, error);
}

static void
tell_rule (PtlTunnelRun *run, const GError *error)
{
  g_autoptr (GPtrArray) leases = NULL;

  /* A try that fails as the one before is no news. */
  if (run->opening != NULL || (!run->up && error != NULL && ptl_error_code_of (error) == run->why))
    return;
  run->up = error == NULL;
  if (error != NULL)
    {
      run->why = ptl_error_code_of (error);
      g_signal_emit_by_name (run->backend, "degraded", run->rule->id, error);
      return;
    }
  leases = ptl_tunnel_run_make_leases (run);
  g_signal_emit_by_name (run->backend, "recovered", run->rule->id, leases);
}

static void
on_reach (const GError *error, gpointer user_data)
{
  PtlTunnelRun *run = user_data;

  if (error == NULL)
    g_clear_pointer (&run->reach, ptl_reach_free);
  if (error != NULL || !run->up)
    tell_rule (run, error);
}

/* What listens for everyone must be reached by everyone. */
static void
begin_reach (PtlTunnelRun *run)
{
  g_clear_pointer (&run->reach, ptl_reach_free);
  if (run->rule->way != PTL_WAY_LOCAL && ptl_tunnel_lease_is_any (run->bind))
    run->reach = ptl_reach_new (run->backend->clock, run->relay->host,
                                ptl_tunnel_get_port (run->tunnel), on_reach, run);
}

static void
on_state (PtlTunnelRun *run)
{
  g_autoptr (PtlBackendTunnel) self = g_object_ref (run->backend);
  g_autofree char *rule_id = g_strdup (run->rule->id);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&run->reach, ptl_reach_free);
  switch (ptl_tunnel_get_state (run->tunnel))
    {
    case PTL_TUNNEL_STATE_OPEN:
      begin_reach (run);
      break;
    case PTL_TUNNEL_STATE_WAITING:
    case PTL_TUNNEL_STATE_STOPPED:
      error = g_error_copy (ptl_tunnel_get_error (run->tunnel));
      break;
    default:
      return;
    }
  tell_relay_state (run, error);
  if (g_hash_table_lookup (self->runs, rule_id) == run)
    tell_rule (run, error);
}

void
ptl_tunnel_run_start (PtlTunnelRun *run, guint16 port, GAsyncReadyCallback started)
{
  g_autoptr (PtlEndpoint) listen = ptl_tunnel_lease_make_listen (run->bind, port);

  drop_tunnel (run);
  run->tunnel = ptl_tunnel_new (run->backend->clock, run->relay, run->rule->way != PTL_WAY_LOCAL,
                                listen, run->rule->target, run->backend->state_dir);
  g_signal_connect_swapped (run->tunnel, "offered-key", G_CALLBACK (on_offered_key), run);
  g_signal_connect_swapped (run->tunnel, "notify::state", G_CALLBACK (on_state), run);
  ptl_tunnel_start_async (run->tunnel, run->cancellable, started, g_object_ref (run->opening));
}

PtlTunnelRun *
ptl_tunnel_run_new (PtlBackendTunnel *self,
                    const PtlRule *rule,
                    const PtlRelay *relay,
                    GTask *task,
                    GCancellable *cancellable)
{
  PtlTunnelRun *run = g_new0 (PtlTunnelRun, 1);

  run->backend = self;
  run->rule = ptl_rule_copy (rule);
  run->relay = ptl_relay_copy (relay);
  run->bind = ptl_tunnel_lease_dup_bind (rule, relay);
  run->opening = g_object_ref (task);
  run->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  return run;
}
