/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-tunnel-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/ptl-port-holder.h"
#include "tunnel/ptl-tunnel-lease.h"

enum
{
  OFFERED_KEY,
  RELAY_STATE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void ptl_backend_tunnel_iface_init (PtlBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlBackendTunnel,
                               ptl_backend_tunnel,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND,
                                                      ptl_backend_tunnel_iface_init))

/* ---- Relays ---- */

static const PtlRelay *
find_relay (PtlBackendTunnel *self, const char *id, GError **error)
{
  const PtlRelay *relay = g_hash_table_lookup (self->relays, id);

  if (relay == NULL)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _ ("Add it first: its host, user and key file."),
                   _ ("The relay of this tunnel is not there."));
  return relay;
}

void
ptl_backend_tunnel_set_relay (PtlBackendTunnel *self, const PtlRelay *relay)
{
  g_return_if_fail (PTL_IS_BACKEND_TUNNEL (self));
  g_return_if_fail (relay != NULL && relay->id != NULL);

  g_hash_table_replace (self->relays, g_strdup (relay->id), ptl_relay_copy (relay));
}

void
ptl_backend_tunnel_remove_relay (PtlBackendTunnel *self, const char *relay_id)
{
  g_autofree char *path = NULL;

  g_return_if_fail (PTL_IS_BACKEND_TUNNEL (self));
  g_return_if_fail (relay_id != NULL);

  path = ptl_tunnel_dup_config_path (self->state_dir, relay_id);
  g_unlink (path);
  g_hash_table_remove (self->relays, relay_id);
}

/* ---- Open ---- */

static GPtrArray *
prepare (PtlBackend *backend, const PtlRule *rule, GError **error)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (backend);
  const PtlRelay *relay = find_relay (self, rule->backend, error);
  g_autoptr (PtlEndpoint) listen = NULL;
  g_autofree char *bind = NULL;

  if (relay == NULL)
    return NULL;
  bind = ptl_tunnel_lease_dup_bind (rule, relay);
  listen = ptl_tunnel_lease_make_listen (bind, rule->public_endpoint->first);
  listen->protocol = rule->public_endpoint->protocol;
  if (!ptl_tunnel_check (relay, rule->way != PTL_WAY_LOCAL, listen, rule->target, error))
    return NULL;
  return ptl_tunnel_lease_list (rule, relay, bind, rule->public_endpoint->first);
}

/* Says who has the port, where that is to be known. (transfer full) */
static GError *
name_holder (const PtlTunnelRun *run, GError *error)
{
  guint16 port = ptl_tunnel_lease_get_port (run->rule);
  g_autofree char *holder = NULL;
  GError *named;

  if (!g_error_matches (error, PTL_ERROR, PTL_ERROR_PORT_TAKEN))
    return error;
  holder = ptl_port_holder_describe (PTL_PROTOCOL_TCP, port);
  if (holder == NULL)
    return error;
  named = ptl_error_new (PTL_ERROR_PORT_TAKEN, _ ("Choose another port, or end that program."),
                         /* Translators: a port, the program that has it */
                         _ ("Port %u of this computer is in use by %s."), port, holder);
  g_error_free (error);
  return named;
}

/* The port that was granted before is asked for first where any would do, and it is another's now.
 */
static gboolean
may_take_any_port (const PtlTunnelRun *run, const GError *error)
{
  return run->rule->way != PTL_WAY_LOCAL && run->rule->asked_port == 0
         && ptl_tunnel_lease_get_port (run->rule) != 0
         && ptl_tunnel_get_state (run->tunnel) == PTL_TUNNEL_STATE_WAITING
         && g_error_matches (error, PTL_ERROR, PTL_ERROR_RELAY_REFUSED);
}

static void
forget_port (PtlTunnelRun *run)
{
  g_ptr_array_set_size (run->rule->leases, 0);
  run->rule->public_endpoint->first = run->rule->public_endpoint->last = 0;
}

/* @error: (transfer full). Nothing of it is left when the answer is given. */
static void
fail_open (PtlTunnelRun *run, GError *error)
{
  PtlBackendTunnel *self = run->backend;
  g_autoptr (GTask) task = g_object_ref (run->opening);

  error = name_holder (run, error);
  if (g_task_get_task_data (task) == NULL
      && ptl_tunnel_get_state (run->tunnel) == PTL_TUNNEL_STATE_STOPPED)
    ptl_refusals_add (self->refusals, run->rule, error);
  g_hash_table_remove (self->runs, run->rule->id);
  g_task_return_error (task, error);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlBackendTunnel *self = g_task_get_source_object (task);
  const char *rule_id = g_object_get_data (G_OBJECT (task), "rule-id");
  PtlTunnelRun *run = g_hash_table_lookup (self->runs, rule_id);
  GError *error = NULL;

  ptl_tunnel_start_finish (PTL_TUNNEL (source), result, &error);
  if (run == NULL || run->opening != task)
    {
      /* It was closed or replaced meanwhile. */
      g_clear_error (&error);
      g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _ ("Cancelled.")));
      return;
    }
  if (error != NULL && may_take_any_port (run, error))
    {
      g_error_free (error);
      forget_port (run);
      ptl_tunnel_run_start (run, 0, on_started);
      return;
    }
  if (error != NULL)
    {
      fail_open (run, error);
      return;
    }
  run->up = TRUE;
  g_clear_object (&run->opening);
  g_task_return_pointer (task, ptl_tunnel_run_make_leases (run), (GDestroyNotify)g_ptr_array_unref);
}

static void
open_async (PtlBackend *backend,
            const PtlRule *rule,
            GPtrArray *prepared,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (backend);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const PtlRelay *relay;
  GError *error = NULL;
  PtlTunnelRun *run;

  g_task_set_source_tag (task, open_async);
  g_task_set_check_cancellable (task, FALSE);
  g_object_set_data_full (G_OBJECT (task), "rule-id", g_strdup (rule->id), g_free);
  if (prepared != NULL)
    g_task_set_task_data (task, g_ptr_array_ref (prepared), (GDestroyNotify)g_ptr_array_unref);
  relay = find_relay (self, rule->backend, &error);
  if (relay != NULL && prepared == NULL)
    error = ptl_refusals_recall (self->refusals, rule, relay);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  ptl_refusals_remove (self->refusals, rule->id);
  run = ptl_tunnel_run_new (self, rule, relay, task, cancellable);
  g_hash_table_replace (self->runs, g_strdup (rule->id), run);
  ptl_tunnel_run_start (run, ptl_tunnel_lease_get_port (rule), on_started);
}

static GPtrArray *
leases_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Close ---- */

static void
return_nothing_left (GTask *task)
{
  g_task_return_pointer (task, g_ptr_array_new_with_free_func ((GDestroyNotify)ptl_lease_free),
                         (GDestroyNotify)g_ptr_array_unref);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  ptl_tunnel_stop_finish (PTL_TUNNEL (source), result, NULL);
  return_nothing_left (task);
}

static void
close_async (PtlBackend *backend,
             const PtlRule *rule,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (backend);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  PtlTunnelRun *run = ptl_backend_tunnel_steal_run (self, rule->id);

  g_task_set_source_tag (task, close_async);
  ptl_refusals_remove (self->refusals, rule->id);
  if (run == NULL)
    {
      return_nothing_left (task);
      return;
    }
  ptl_tunnel_stop_async (run->tunnel, on_stopped, g_steal_pointer (&task));
  ptl_tunnel_run_free (run);
}

/* What a worker that died held ended with it: the kernel killed its ssh. */
static void
take_back_async (PtlBackend *backend,
                 const char *rule_id,
                 const PtlLease *lease,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (backend, NULL, callback, user_data);

  g_task_return_boolean (task, TRUE);
}

static gboolean
take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ssh cannot be told to do another thing; what does not concern it may change. */
static gboolean
edit (PtlBackend *backend, const PtlRule *before, const PtlRule *after, GError **error)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (backend);
  PtlTunnelRun *run = g_hash_table_lookup (self->runs, after->id);

  if (run == NULL || before->way != after->way || strcmp (before->backend, after->backend) != 0
      || !ptl_endpoint_equal (before->public_endpoint, after->public_endpoint)
      || !ptl_endpoint_equal (before->target, after->target))
    {
      ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED, NULL,
                     _ ("A tunnel cannot be changed while it is open."));
      return FALSE;
    }
  g_clear_pointer (&run->rule, ptl_rule_free);
  run->rule = ptl_rule_copy (after);
  return TRUE;
}

/* ssh tells of connections; it counts no bytes for each forwarding. */
static gboolean
get_traffic (PtlBackend *backend, const char *rule_id, PtlTraffic *traffic)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (backend);
  PtlTunnelRun *run = g_hash_table_lookup (self->runs, rule_id);
  gint64 used;

  if (run == NULL)
    return FALSE;
  memset (traffic, 0, sizeof *traffic);
  ptl_tunnel_get_connections (run->tunnel, &traffic->connections_now, &traffic->connections_ever,
                              &traffic->refused);
  used = ptl_tunnel_get_last_used_us (run->tunnel);
  if (used > 0)
    traffic->last_used = ptl_clock_get_wall (self->clock)
                         - MAX (ptl_clock_get_boot_us (self->clock) - used, 0) / G_USEC_PER_SEC;
  return TRUE;
}

/* ---- Again ---- */

void
ptl_backend_tunnel_try_again (PtlBackendTunnel *self, const char *relay_id)
{
  g_autoptr (GList) ids = NULL;

  g_return_if_fail (PTL_IS_BACKEND_TUNNEL (self));
  g_return_if_fail (relay_id != NULL);

  ptl_refusals_remove_relay (self->refusals, relay_id);
  ids = g_hash_table_get_keys (self->runs);
  for (GList *id = ids; id != NULL; id = id->next)
    {
      PtlTunnelRun *run = g_hash_table_lookup (self->runs, id->data);

      if (run->opening == NULL && strcmp (run->relay->id, relay_id) == 0
          && ptl_tunnel_get_state (run->tunnel) == PTL_TUNNEL_STATE_STOPPED)
        ptl_tunnel_start_async (run->tunnel, NULL, NULL, NULL);
    }
}

/* ---- The object ---- */

PtlBackendTunnel *
ptl_backend_tunnel_new (PtlClock *clock, const char *state_dir)
{
  PtlBackendTunnel *self;

  g_return_val_if_fail (PTL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (state_dir != NULL && g_path_is_absolute (state_dir), NULL);

  self = g_object_new (PTL_TYPE_BACKEND_TUNNEL, NULL);
  self->clock = g_object_ref (clock);
  self->state_dir = g_strdup (state_dir);
  self->refusals = ptl_refusals_new (clock, state_dir);
  return self;
}

static void
ptl_backend_tunnel_iface_init (PtlBackendInterface *iface)
{
  iface->prepare = prepare;
  iface->open_async = open_async;
  iface->open_finish = leases_finish;
  iface->close_async = close_async;
  iface->close_finish = leases_finish;
  iface->take_back_async = take_back_async;
  iface->take_back_finish = take_back_finish;
  iface->edit = edit;
  iface->get_traffic = get_traffic;
}

static void
ptl_backend_tunnel_dispose (GObject *object)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (object);

  g_hash_table_remove_all (self->runs); /* which ends every ssh */
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_backend_tunnel_parent_class)->dispose (object);
}

static void
ptl_backend_tunnel_finalize (GObject *object)
{
  PtlBackendTunnel *self = PTL_BACKEND_TUNNEL (object);

  g_hash_table_unref (self->runs);
  g_clear_pointer (&self->refusals, ptl_refusals_free);
  g_hash_table_unref (self->relays);
  g_free (self->state_dir);
  G_OBJECT_CLASS (ptl_backend_tunnel_parent_class)->finalize (object);
}

static void
ptl_backend_tunnel_class_init (PtlBackendTunnelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_backend_tunnel_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_backend_tunnel_finalize;
  signals[OFFERED_KEY]
      = g_signal_new ("offered-key", PTL_TYPE_BACKEND_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
  signals[RELAY_STATE]
      = g_signal_new ("relay-state", PTL_TYPE_BACKEND_TUNNEL, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
ptl_backend_tunnel_init (PtlBackendTunnel *self)
{
  self->relays
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)ptl_relay_free);
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)ptl_tunnel_run_free);
}
