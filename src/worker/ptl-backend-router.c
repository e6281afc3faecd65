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

static PtlDiscovery *get_discovery (PtlBackendRouter *self, gboolean ipv6);

/* The id of a router changes once its hardware address is known: leases of before are of the same router. */
static void
name_holders (PtlBackendRouter *self, PtlHolding *holding, PtlRouter *router)
{
  for (guint i = 0; i < holding->rule->leases->len; i++)
    {
      PtlLease *lease = holding->rule->leases->pdata[i];

      if (*lease->holder == '\0' || ptl_lease_is_pinhole (lease) != holding->ipv6 ||
          ptl_discovery_get_router (get_discovery (self, holding->ipv6), lease->holder) != router)
        continue;
      g_free (lease->holder);
      lease->holder = g_strdup (holding->router_id);
    }
}

PtlKeeper *
ptl_backend_router_keeper_of (PtlBackendRouter *self, const PtlHolding *holding)
{
  return holding->ipv6 ? ptl_pinholes_get_keeper (self->pinholes) : self->keeper;
}

static PtlDiscovery *
get_discovery (PtlBackendRouter *self, gboolean ipv6)
{
  return ipv6 ? ptl_pinholes_get_discovery (self->pinholes) : self->discovery;
}

PtlRouter *
ptl_backend_router_get_router (PtlBackendRouter *self, PtlHolding *holding)
{
  PtlRouter *router = ptl_discovery_get_router (get_discovery (self, holding->ipv6), holding->router_id);

  ptl_holding_name_router (holding, router);
  return router;
}

static PtlRouter *
find_router (PtlBackendRouter *self, const PtlRule *rule, GError **error)
{
  PtlRouter *router;

  if (rule->family != PTL_FAMILY_IPV6)
    return ptl_routers_find (self->discovery, rule->backend, error);
  router = ptl_pinholes_find_router (self->pinholes, rule->backend);
  return router != NULL ? router : ptl_routers_find (get_discovery (self, TRUE), rule->backend, error);
}

/* By IPv6 alone the port that was asked for is the guard's own: no router translates it. */
static gboolean
open_guard (PtlBackendRouter *self, PtlHolding *holding, guint16 port, GError **error)
{
  guint16 asked = holding->rule->asked_port;

  if (!holding->ipv6 || holding->rule->way == PTL_WAY_DIRECT)
    return ptl_keeper_open_guard (self->engine, holding, port, error);
  if (asked != 0)
    return ptl_keeper_open_guard_at (self->engine, holding, asked, error);
  return ptl_keeper_open_guard (self->engine, holding,
                                port != 0 ? port : holding->rule->public_endpoint->first, error);
}

static PtlHolding *
make_holding (PtlBackendRouter *self, const PtlRule *rule, guint16 port, GError **error)
{
  PtlRouter *router = find_router (self, rule, error);
  g_autoptr (PtlHolding) holding = NULL;

  if (router == NULL || !check_direct (rule, error))
    return NULL;
  holding = ptl_holding_new (rule, router);
  name_holders (self, holding, router);
  if ((holding->ipv6 && !ptl_pinholes_aim (self->pinholes, holding, error)) ||
      !open_guard (self, holding, port, error))
    return NULL;
  ptl_holding_ask (holding, self->clock);
  g_hash_table_replace (self->holdings, holding->rule_id, ptl_holding_ref (holding));
  return g_steal_pointer (&holding);
}

void
ptl_backend_router_drop (PtlBackendRouter *self, PtlHolding *holding)
{
  ptl_engine_close (self->engine, holding->rule_id, FALSE, NULL);
  ptl_keeper_remove (ptl_backend_router_keeper_of (self, holding), holding);
  ptl_pinholes_remove (self->pinholes, holding);
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

      /* What is beside it is told by itself. */
      if (!g_str_equal (lease->system, "engine") &&
          (ptl_lease_is_pinhole (lease) == holding->ipv6 || !ptl_pinholes_are_wanted (holding->rule)) &&
          (own_address || !g_str_equal (lease->holder, holding->router_id)))
        g_ptr_array_add (stale, ptl_lease_copy (lease));
    }
  if (stale->len == 0)
    return;
  error = ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL, _("The network has changed since it was mapped."));
  g_signal_emit_by_name (self, "left-behind", holding->rule_id, stale, error);
}

static void
keep_former (PtlHolding *holding)
{
  GPtrArray *old = holding->rule->leases;

  if (holding->ipv6 || !ptl_pinholes_are_wanted (holding->rule))
    return;
  holding->former = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  for (guint i = 0; i < old->len; i++)
    if (ptl_lease_is_pinhole (old->pdata[i]))
      g_ptr_array_add (holding->former, ptl_lease_copy (old->pdata[i]));
}

/* Where IPv4 cannot work, a pinhole may. */
static GError *
name_way_out (PtlBackendRouter *self, const PtlHolding *holding, GError *error)
{
  g_autoptr (GError) old = error;
  g_autofree char *what = NULL, *advice = NULL, *both = NULL;
  PtlError code = ptl_error_code_of (error);

  if (holding->ipv6 || holding->rule->family != PTL_FAMILY_AUTO ||
      (code != PTL_ERROR_ROUTER_REFUSED && code != PTL_ERROR_ROUTER_OFFLINE && code != PTL_ERROR_ROUTER_NONE) ||
      ptl_pinholes_find_router (self->pinholes, holding->rule->backend) == NULL)
    return g_steal_pointer (&old);
  what = ptl_error_dup_what (old);
  advice = ptl_error_dup_advice (old);
  both = g_strjoin (" ", advice != NULL ? advice : "", _("Or open it by IPv6 alone, which this network has."), NULL);
  return ptl_error_new (code, g_strstrip (both), "%s", what);
}

static void
return_leases (GTask *task, PtlHolding *holding)
{
  g_task_return_pointer (task, ptl_holding_to_leases (holding), (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

/* Both were asked for, or neither. @task: fails with the error that it holds. */
static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  PtlHolding *holding = g_task_get_task_data (task);
  GError *error = g_object_steal_data (G_OBJECT (task), "error");
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, NULL);

  if (left->len > 0)
    ptl_backend_router_emit_left (self, holding, left, error);
  g_task_return_error (task, error);
}

static void
on_pinhole (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  PtlHolding *holding = g_task_get_task_data (task);
  g_autoptr (GPtrArray) mappings = ptl_holding_to_mappings (holding);
  GError *error = NULL;

  if (ptl_pinholes_open_finish (self->pinholes, result, &error))
    {
      ptl_keeper_add (self->keeper, holding);
      ptl_pinholes_add (self->pinholes, holding);
      return_leases (task, holding);
      return;
    }
  ptl_backend_router_drop (self, holding);
  g_object_set_data (G_OBJECT (task), "error", error);
  ptl_unmap_async (ptl_backend_router_get_router (self, holding), mappings, on_taken_back, task);
}

static void
on_mapped (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  PtlHolding *holding = g_task_get_task_data (task);
  gboolean anew = g_object_get_data (G_OBJECT (task), "anew") != NULL;
  g_autoptr (GPtrArray) left = NULL;
  GError *error = NULL;
  g_autoptr (GPtrArray) granted = ptl_map_finish (result, &left, &error);

  if (left != NULL)
    ptl_backend_router_emit_left (self, holding, left, error);
  if (granted == NULL)
    {
      ptl_backend_router_drop (self, holding);
      g_task_return_error (task, name_way_out (self, holding, error));
      g_object_unref (task);
      return;
    }
  ptl_holding_grant (holding, granted, self->clock);
  leave_stale (self, holding);
  keep_former (holding);
  g_ptr_array_set_size (holding->rule->leases, 0);
  if (anew && !holding->ipv6 && holding->rule->family == PTL_FAMILY_BOTH)
    {
      ptl_pinholes_open_async (self->pinholes, holding, g_task_get_cancellable (task), on_pinhole, task);
      return;
    }
  ptl_keeper_add (ptl_backend_router_keeper_of (self, holding), holding);
  if (!holding->ipv6 && ptl_pinholes_are_wanted (holding->rule))
    ptl_pinholes_add (self->pinholes, holding);
  return_leases (task, holding);
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
    {
      holding = ptl_holding_ref (g_hash_table_lookup (self->holdings, rule->id));
      g_object_set_data (G_OBJECT (task), "anew", self);
    }
  if (holding == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, ptl_holding_ref (holding), (GDestroyNotify) ptl_holding_unref);
  mappings = ptl_holding_to_mappings (holding);
  ptl_map_async (ptl_backend_router_get_router (self, holding), mappings, cancellable, on_mapped, task);
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
         before->family == after->family && g_str_equal (before->backend, after->backend) &&
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
  ptl_holding_set_rule (holding, after);
  if (holding->beside != NULL)
    ptl_holding_set_rule (holding->beside, after);
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

/* What keeps strangers out by IPv4 does not by IPv6. */
static GError *
with_pinhole (const PtlHolding *holding, const GError *error)
{
  g_autoptr (GPtrArray) leases = ptl_holding_to_leases (holding);
  g_autoptr (PtlEndpoint) pinhole = ptl_leases_dup_pinhole_endpoint (leases);
  g_autofree char *what = ptl_error_dup_what (error);
  g_autofree char *where = NULL, *advice = NULL;

  if (holding->ipv6 || pinhole == NULL)
    return g_error_copy (error);
  where = ptl_endpoint_to_string (pinhole);
  /* Translators: %s is an IPv6 address and port */
  advice = g_strdup_printf (_("By IPv6 it can be reached all the same: give %s to those who have IPv6."), where);
  return ptl_error_new (ptl_error_code_of (error), advice, "%s", what);
}

static GError *
dup_caveat (PtlBackend *backend, const PtlRule *rule)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule->id);
  PtlRouter *router = holding != NULL ? ptl_backend_router_get_router (self, holding) : NULL;

  /* No internet at the router, or a public address that is none: it is mapped, and nobody can come. */
  if (router != NULL && ptl_router_get_error (router) != NULL)
    return with_pinhole (holding, ptl_router_get_error (router));
  if (holding != NULL && holding->problem != NULL)
    return ptl_error_new (ptl_error_code_of (holding->problem), NULL, "%s", holding->problem->message);
  return ptl_sentence_dup_caveat (rule);
}

void
ptl_backend_router_try_again (PtlBackendRouter *self, const char *rule_id)
{
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);

  if (holding != NULL && holding->degraded)
    ptl_keeper_try_again (ptl_backend_router_keeper_of (self, holding), holding);
}

PtlKeeper *
ptl_backend_router_get_keeper (PtlBackendRouter *self)
{
  return self->keeper;
}

static gboolean
asked_for (const PtlHolding *holding, const PtlRouterEntry *entry)
{
  for (guint i = 0; i < holding->holds->len; i++)
    {
      const PtlMapping *mapping = ((const PtlHold *) holding->holds->pdata[i])->mapping;
      const char *inner = mapping->internal_address != NULL ? mapping->internal_address : holding->local_address;

      if (mapping->protocol == entry->protocol && mapping->internal_port == entry->port &&
          g_strcmp0 (inner, entry->address) == 0)
        return TRUE;
    }
  return FALSE;
}

const char *
ptl_backend_router_find_holder (PtlBackendRouter *self, PtlRouter *router, const PtlRouterEntry *entry)
{
  GHashTable *tables[] = { self->holdings, self->coming };
  GHashTableIter iter;
  PtlHolding *holding;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
        if (ptl_discovery_get_router (self->discovery, holding->router_id) == router && asked_for (holding, entry))
          return holding->rule_id;
    }
  return NULL;
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
  g_clear_object (&self->pinholes);
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
                        PtlDiscovery *ipv6,
                        PtlInventory *inventory)
{
  PtlBackendRouter *self = g_object_new (PTL_TYPE_BACKEND_ROUTER, NULL);

  self->clock = g_object_ref (clock);
  self->engine = g_object_ref (engine);
  self->discovery = g_object_ref (discovery);
  self->keeper = ptl_keeper_new (clock, engine, discovery, inventory, PTL_BACKEND (self));
  self->pinholes = ptl_pinholes_new (clock, engine, discovery, ipv6, inventory, PTL_BACKEND (self));
  return PTL_BACKEND (self);
}
