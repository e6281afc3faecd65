/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-router.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-backend-engine.h"
#include "worker/ptl-holding.h"
#include "worker/ptl-keeper.h"
#include "worker/ptl-map.h"
#include "worker/ptl-routers.h"
#include "worker/ptl-sentence.h"

struct _PtlBackendRouter
{
  GObject parent;

  PtlClock *clock;
  PtlEngine *engine;
  PtlDiscovery *discovery;
  PtlKeeper *keeper;
  GHashTable *holdings; /* rule id -> PtlHolding */
};

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

static void
drop (PtlBackendRouter *self, PtlHolding *holding)
{
  ptl_engine_close (self->engine, holding->rule_id, FALSE, NULL);
  ptl_keeper_remove (self->keeper, holding);
  if (g_hash_table_lookup (self->holdings, holding->rule_id) == holding)
    g_hash_table_remove (self->holdings, holding->rule_id);
}

static GPtrArray *
prepare (PtlBackend *backend, const PtlRule *rule, GError **error)
{
  g_autoptr (PtlHolding) holding = make_holding (PTL_BACKEND_ROUTER (backend), rule, 0, error);

  return holding != NULL ? ptl_holding_to_leases (holding) : NULL;
}

static void
abandon (PtlBackend *backend, const char *rule_id)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);

  if (holding == NULL)
    return;
  ptl_holding_ref (holding);
  drop (self, holding);
  ptl_holding_unref (holding);
}

/* ---- Open ---- */

static void
emit_left (PtlBackendRouter *self, PtlHolding *holding, GPtrArray *left, const GError *error)
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
    emit_left (self, holding, left, error);
  if (granted == NULL)
    {
      drop (self, holding);
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

/* ---- Close ---- */

typedef struct
{
  GPtrArray *left; /* of PtlLease */
  GError *error;
} Closed;

static void
closed_free (gpointer data)
{
  Closed *closed = data;

  g_clear_pointer (&closed->left, g_ptr_array_unref);
  g_clear_error (&closed->error);
  g_free (closed);
}

static void
return_closed (GTask *task, GPtrArray *left, GError *error)
{
  Closed *closed = g_new (Closed, 1);

  closed->left = left;
  closed->error = error;
  g_task_return_pointer (task, closed, closed_free);
  g_object_unref (task);
}

static GError *
router_away (void)
{
  return ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL,
                        _("The router is not there: this computer is in another network, or in none."));
}

/* The leases of @holding that lead to one of @mappings. */
static GPtrArray *
leases_of (PtlHolding *holding, GPtrArray *mappings)
{
  g_autoptr (GPtrArray) all = ptl_holding_to_leases (holding);
  GPtrArray *some = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < all->len; i++)
    {
      const PtlLease *lease = all->pdata[i];

      for (guint j = 0; j < mappings->len && !g_str_equal (lease->system, "engine"); j++)
        {
          const PtlMapping *mapping = mappings->pdata[j];

          if (lease->endpoint->protocol == mapping->protocol &&
              lease->inner->first == mapping->internal_port)
            g_ptr_array_add (some, ptl_lease_copy (lease));
        }
    }
  return some;
}

static void
on_unmapped (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlHolding *holding = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  return_closed (task, leases_of (holding, left), error);
}

static void
unmap (PtlHolding *holding, gpointer data)
{
  GTask *task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  PtlRouter *router = ptl_discovery_get_router (self->discovery, holding->router_id);
  g_autoptr (GPtrArray) mappings = ptl_holding_to_mappings (holding);

  if (router == NULL)
    return_closed (task, leases_of (holding, mappings), router_away ());
  else
    ptl_unmap_async (router, mappings, on_unmapped, task);
}

/* A rule that was never restored holds nothing here; what its leases name in a router is taken back as a debt. */
static void
close_unheld (GTask *task, const PtlRule *rule)
{
  GPtrArray *left = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (!g_str_equal (lease->system, "engine"))
        g_ptr_array_add (left, ptl_lease_copy (lease));
    }
  return_closed (task, left, left->len > 0 ? router_away () : NULL);
}

static void
close_async (PtlBackend *backend,
             const PtlRule *rule,
             GAsyncReadyCallback callback,
             gpointer user_data)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule->id);

  if (holding == NULL)
    {
      ptl_engine_close (self->engine, rule->id, FALSE, NULL);
      close_unheld (task, rule);
      return;
    }
  g_task_set_task_data (task, ptl_holding_ref (holding), (GDestroyNotify) ptl_holding_unref);
  drop (self, holding);
  /* A renewal that is on its way would put back what is taken: it is waited for. */
  ptl_holding_when_idle (g_task_get_task_data (task), unmap, task);
}

static GPtrArray *
close_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  Closed *closed = g_task_propagate_pointer (G_TASK (result), NULL);
  GPtrArray *left = g_steal_pointer (&closed->left);

  if (closed->error != NULL)
    g_propagate_error (error, g_steal_pointer (&closed->error));
  closed_free (closed);
  return left;
}

/* ---- Take back ---- */

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ptl_router_delete_finish (PTL_ROUTER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
is_same_mapping (const PtlHolding *holding, const PtlMapping *mapping)
{
  for (guint i = 0; i < holding->holds->len; i++)
    {
      const PtlMapping *held = ((const PtlHold *) holding->holds->pdata[i])->mapping;

      if (held->protocol == mapping->protocol && held->granted_port == mapping->granted_port &&
          held->internal_port == mapping->internal_port)
        return TRUE;
    }
  return FALSE;
}

static void
take_back_async (PtlBackend *backend,
                 const char *rule_id,
                 const PtlLease *lease,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  PtlRouter *router = ptl_discovery_get_router (self->discovery, lease->holder);
  const PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);
  g_autoptr (PtlMapping) mapping = NULL;

  if (router == NULL)
    {
      g_task_return_error (task, router_away ());
      return;
    }
  mapping = ptl_lease_to_mapping (lease, rule_id, ptl_router_get_local_address (router));
  /* The rule moved away and came back to the very same: it is held, not owed. */
  if (holding != NULL && g_str_equal (holding->router_id, lease->holder) &&
      mapping->internal_address == NULL && is_same_mapping (holding, mapping))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  ptl_router_delete_async (router, mapping, NULL, on_deleted, g_steal_pointer (&task));
}

static gboolean
take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Edit ---- */

static gboolean
stays_in_router (const PtlRule *before, const PtlRule *after)
{
  return before->way == PTL_WAY_GUARDED && after->way == PTL_WAY_GUARDED &&
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
  iface->close_async = close_async;
  iface->close_finish = close_finish;
  iface->take_back_async = take_back_async;
  iface->take_back_finish = take_back_finish;
  iface->edit = edit;
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
