/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-router-private.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-backend-engine.h"
#include "worker/ptl-map.h"
#include "worker/ptl-routers.h"
#include "worker/ptl-sentence.h"

static void ptl_backend_router_iface_init (PtlBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PtlBackendRouter,
                               ptl_backend_router,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND,
                                                      ptl_backend_router_iface_init))

/* ---- Prepare ---- */

static gboolean
check_direct (const PtlRule *rule, GError **error)
{
  if (rule->way != PTL_WAY_DIRECT)
    return TRUE;
  if (!ptl_host_is_address (rule->target->host) && !ptl_host_is_loopback (rule->target->host))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give the address, or make it guarded."),
                     _("A router can lead to an address only, not to a name."));
      return FALSE;
    }
  if (ptl_audience_get_n_networks (rule->audience) > 1 ||
      ptl_audience_get_n_denied (rule->audience) > 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Make it guarded: then this computer checks who comes."),
                     _("A router can keep a direct mapping to one network at most."));
      return FALSE;
    }
  return TRUE;
}

/* The id of a router changes once its hardware address is known: leases of before are of the same router. */
static void
name_holders (PtlBackendRouter *self, PtlHolding *holding, PtlRouter *router)
{
  for (guint i = 0; i < holding->rule->leases->len; i++)
    {
      PtlLease *lease = holding->rule->leases->pdata[i];

      if (*lease->holder == '\0' || ptl_discovery_get_router (self->discovery, lease->holder) != router)
        continue;
      g_free (lease->holder);
      lease->holder = g_strdup (holding->router_id);
    }
}

static PtlHolding *
make_holding (PtlBackendRouter *self, const PtlRule *rule, guint16 port, GError **error)
{
  PtlRouter *router = ptl_routers_find (self->discovery, rule->backend, error);
  g_autoptr (PtlHolding) holding = NULL;

  if (router == NULL || !check_direct (rule, error))
    return NULL;
  holding = ptl_holding_new (rule, router);
  name_holders (self, holding, router);
  if (!ptl_keeper_open_guard (self->engine, holding, port, error))
    return NULL;
  ptl_holding_ask (holding, self->clock);
  g_hash_table_replace (self->holdings, holding->rule_id, ptl_holding_ref (holding));
  return g_steal_pointer (&holding);
}

void
ptl_backend_router_drop (PtlBackendRouter *self, PtlHolding *holding)
{
  ptl_engine_close (self->engine, holding->rule_id, FALSE, NULL);
  ptl_keeper_remove (self->keeper, holding);
  if (g_hash_table_lookup (self->holdings, holding->rule_id) == holding)
    g_hash_table_remove (self->holdings, holding->rule_id);
}

static GPtrArray *
prepare (PtlBackend *backend, const PtlRule *rule, GError **error)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  PtlHolding *held = g_hash_table_lookup (self->holdings, rule->id);
  g_autoptr (PtlHolding) holding = NULL;

  if (held != NULL)
    return ptl_backend_router_prepare_move (self, held, rule, error);
  holding = make_holding (self, rule, 0, error);
  return holding != NULL ? ptl_holding_to_leases (holding) : NULL;
}

static void
abandon (PtlBackend *backend, const char *rule_id)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);

  if (ptl_backend_router_abandon_move (self, rule_id) || holding == NULL)
    return;
  ptl_holding_ref (holding);
  ptl_backend_router_drop (self, holding);
  ptl_holding_unref (holding);
}

/* ---- Open ---- */

void
ptl_backend_router_emit_left (PtlBackendRouter *self, PtlHolding *holding, GPtrArray *left, const GError *error)
{
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < left->len; i++)
    {
      PtlLease *lease = ptl_lease_from_mapping (left->pdata[i], holding->router_id, holding->local_address);

      lease->granted = ptl_clock_get_wall (self->clock);
      g_ptr_array_add (leases, lease);
    }
  g_signal_emit_by_name (self, "left-behind", holding->rule_id, leases, error);
}

/* After a restart in another network, or with another address: what the old leases name stays behind. */
static void
leave_stale (PtlBackendRouter *self, PtlHolding *holding)
{
  GPtrArray *old = holding->rule->leases;
  g_autoptr (GPtrArray) stale = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < old->len; i++)
    {
      const PtlLease *lease = old->pdata[i];
      gboolean own_address = holding->rule->way != PTL_WAY_DIRECT && lease->inner != NULL &&
                             g_strcmp0 (lease->inner->host, holding->local_address) != 0;

      if (!g_str_equal (lease->system, "engine") &&
          (own_address || !g_str_equal (lease->holder, holding->router_id)))
        g_ptr_array_add (stale, ptl_lease_copy (lease));
    }
  if (stale->len == 0)
    return;
  error = ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL, _("The network has changed since it was mapped."));
  g_signal_emit_by_name (self, "left-behind", holding->rule_id, stale, error);
}

static void
on_mapped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  PtlHolding *holding = g_task_get_task_data (task);
  g_autoptr (GPtrArray) left = NULL;
  GError *error = NULL;
  g_autoptr (GPtrArray) granted = ptl_map_finish (result, &left, &error);

  if (left != NULL)
    ptl_backend_router_emit_left (self, holding, left, error);
  if (granted == NULL)
    {
      ptl_backend_router_drop (self, holding);
      g_task_return_error (task, error);
      return;
    }
  ptl_holding_grant (holding, granted, self->clock);
  leave_stale (self, holding);
  g_ptr_array_set_size (holding->rule->leases, 0);
  ptl_keeper_add (self->keeper, holding);
  g_task_return_pointer (task, ptl_holding_to_leases (holding), (GDestroyNotify) g_ptr_array_unref);
}

static guint16
old_guard_port (const PtlRule *rule)
{
  const PtlLease *guard = ptl_leases_find_engine (rule->leases);

  return guard != NULL && guard->endpoint != NULL ? guard->endpoint->first : 0;
}

static void
open_async (PtlBackend *backend,
            const PtlRule *rule,
            GPtrArray *prepared,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (PtlHolding) holding = NULL;
  g_autoptr (GPtrArray) mappings = NULL;
  GError *error = NULL;

  /* Cancelled or not, the answer is what became of the mappings. */
  g_task_set_check_cancellable (task, FALSE);
  if (ptl_backend_router_move_async (self, task, rule->id))
    {
      g_object_unref (task);
      return;
    }
  if (prepared == NULL)
    {
      abandon (backend, rule->id);
      holding = make_holding (self, rule, old_guard_port (rule), &error);
    }
  else
    holding = ptl_holding_ref (g_hash_table_lookup (self->holdings, rule->id));
  if (holding == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, ptl_holding_ref (holding), (GDestroyNotify) ptl_holding_unref);
  mappings = ptl_holding_to_mappings (holding);
  ptl_map_async (ptl_discovery_get_router (self->discovery, holding->router_id), mappings,
                 cancellable, on_mapped, task);
}

static GPtrArray *
open_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- Edit ---- */

static gboolean
stays_in_router (const PtlRule *before, const PtlRule *after)
{
  return before->way == PTL_WAY_GUARDED && after->way == PTL_WAY_GUARDED &&
         g_str_equal (before->backend, after->backend) &&
         before->asked_port == after->asked_port &&
         ptl_endpoint_equal (before->public_endpoint, after->public_endpoint) &&
         before->target->protocol == after->target->protocol &&
         ptl_endpoint_n_ports (before->target) == ptl_endpoint_n_ports (after->target);
}

static gboolean
edit (PtlBackend *backend, const PtlRule *before, const PtlRule *after, GError **error)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, after->id);
  g_autoptr (PtlForward) forward = NULL;

  if (holding == NULL || holding->guard == NULL || !stays_in_router (before, after))
    {
      ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED, NULL,
                     _("What the router holds cannot be changed while it is open."));
      return FALSE;
    }
  forward = ptl_forward_new (holding->guard, after->target, after->audience);
  ptl_forward_set_options (forward, after->options);
  if (!ptl_engine_edit (self->engine, after->id, forward, error))
    return FALSE;
  ptl_rule_free (holding->rule);
  holding->rule = ptl_rule_copy (after);
  g_ptr_array_set_size (holding->rule->leases, 0);
  return TRUE;
}

/* ---- The rest ---- */

static gboolean
get_traffic (PtlBackend *backend, const char *rule_id, PtlTraffic *traffic)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);

  return ptl_engine_read_traffic (self->engine, self->clock, rule_id, traffic);
}

static GError *
dup_trouble (PtlBackend *backend, const PtlRule *rule)
{
  return ptl_engine_dup_trouble (PTL_BACKEND_ROUTER (backend)->engine, rule->id);
}

static GError *
dup_caveat (PtlBackend *backend, const PtlRule *rule)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  const PtlHolding *holding = g_hash_table_lookup (self->holdings, rule->id);
  PtlRouter *router =
      holding != NULL ? ptl_discovery_get_router (self->discovery, holding->router_id) : NULL;

  /* No internet at the router, or a public address that is none: it is mapped, and nobody can come. */
  if (router != NULL && ptl_router_get_error (router) != NULL)
    return g_error_copy (ptl_router_get_error (router));
  return ptl_sentence_dup_caveat (rule);
}

void
ptl_backend_router_try_again (PtlBackendRouter *self, const char *rule_id)
{
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);

  if (holding != NULL && holding->degraded)
    ptl_keeper_try_again (self->keeper, holding);
}

static void
ptl_backend_router_iface_init (PtlBackendInterface *iface)
{
  iface->prepare = prepare;
  iface->abandon = abandon;
  iface->open_async = open_async;
  iface->open_finish = open_finish;
  iface->close_async = ptl_backend_router_close_async;
  iface->close_finish = ptl_backend_router_close_finish;
  iface->take_back_async = ptl_backend_router_take_back_async;
  iface->take_back_finish = ptl_backend_router_take_back_finish;
  iface->edit = edit;
  iface->can_move = ptl_backend_router_can_move;
  iface->get_traffic = get_traffic;
  iface->dup_trouble = dup_trouble;
  iface->dup_caveat = dup_caveat;
}

static void
ptl_backend_router_dispose (GObject *object)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (object);

  g_clear_object (&self->keeper);
  g_clear_pointer (&self->holdings, g_hash_table_unref);
  g_clear_pointer (&self->coming, g_hash_table_unref);
  g_clear_object (&self->discovery);
  g_clear_object (&self->engine);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_backend_router_parent_class)->dispose (object);
}

static void
ptl_backend_router_class_init (PtlBackendRouterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_backend_router_dispose;
}

static void
ptl_backend_router_init (PtlBackendRouter *self)
{
  self->holdings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) ptl_holding_unref);
  self->coming = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                        (GDestroyNotify) ptl_holding_unref);
}

PtlBackend *
ptl_backend_router_new (PtlClock *clock,
                        PtlEngine *engine,
                        PtlDiscovery *discovery,
                        PtlInventory *inventory)
{
  PtlBackendRouter *self = g_object_new (PTL_TYPE_BACKEND_ROUTER, NULL);

  self->clock = g_object_ref (clock);
  self->engine = g_object_ref (engine);
  self->discovery = g_object_ref (discovery);
  self->keeper = ptl_keeper_new (clock, engine, discovery, inventory, PTL_BACKEND (self));
  return PTL_BACKEND (self);
}
