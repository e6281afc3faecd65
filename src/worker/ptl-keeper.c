/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-keeper-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"
#include "worker/ptl-routers.h"

#define AUDIT_US (60 * G_USEC_PER_SEC)
#define RESTORE_AFTER_MS 300
#define RESTORE_WITHIN_MS 1500

G_DEFINE_FINAL_TYPE (PtlKeeper, ptl_keeper, G_TYPE_OBJECT)

static guint listed_signal;

/* ---- What it tells ---- */

void
ptl_keeper_emit_leases (PtlKeeper *self, PtlHolding *holding)
{
  g_autoptr (GPtrArray) leases = ptl_holding_to_leases (holding);

  g_signal_emit_by_name (self->backend, "leases-changed", holding->rule_id, leases);
}

void
ptl_keeper_emit_degraded (PtlKeeper *self, PtlHolding *holding, const GError *error)
{
  if (holding->degraded)
    return;
  holding->degraded = TRUE;
  g_signal_emit_by_name (self->backend, "degraded", holding->rule_id, error);
}

void
ptl_keeper_emit_recovered (PtlKeeper *self, PtlHolding *holding)
{
  g_autoptr (GPtrArray) leases = ptl_holding_to_leases (holding);

  holding->degraded = FALSE;
  holding->restoring = FALSE;
  g_signal_emit_by_name (self->backend, "recovered", holding->rule_id, leases);
}

void
ptl_keeper_emit_listed (PtlKeeper *self, PtlRouter *router, GPtrArray *entries)
{
  g_signal_emit (self, listed_signal, 0, router, entries);
}

void
ptl_keeper_notice (PtlKeeper *self, PtlHolding *holding, const char *what, const char *result, const char *detail)
{
  g_signal_emit_by_name (self->backend, "noticed", holding->rule_id, what, result, detail);
}

void
ptl_keeper_emit_left (PtlKeeper *self,
                      PtlHolding *holding,
                      GPtrArray *mappings,
                      const char *router_id,
                      const char *local_address,
                      const GError *error)
{
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < mappings->len; i++)
    {
      PtlLease *lease = ptl_lease_from_mapping (mappings->pdata[i], router_id, local_address);

      if (i < holding->holds->len)
        lease->granted = ((PtlHold *) holding->holds->pdata[i])->granted;
      g_ptr_array_add (leases, lease);
    }
  if (leases->len > 0)
    g_signal_emit_by_name (self->backend, "left-behind", holding->rule_id, leases, error);
}

/* ---- Guard ---- */

static gboolean
bind_guard (PtlEngine *engine, PtlHolding *holding, guint16 first, gboolean beside, GError **error)
{
  const PtlRule *rule = holding->rule;
  guint n = MAX (ptl_endpoint_n_ports (rule->target), 1);
  guint16 last = first == 0 ? 0 : (guint16) (first + n - 1);
  g_autoptr (PtlEndpoint) listen =
      ptl_endpoint_new (ptl_rule_get_protocol (rule), holding->local_address, first, last);
  g_autoptr (PtlForward) forward = NULL;

  g_clear_pointer (&holding->guard, ptl_endpoint_free);
  if (holding->joined)
    return ptl_engine_join (engine, rule->id, listen, &holding->guard, error);
  if (beside)
    return ptl_engine_widen (engine, rule->id, listen, &holding->guard, error);
  forward = ptl_forward_new (listen, rule->target, rule->audience);
  ptl_forward_set_options (forward, rule->options);
  return ptl_engine_open (engine, rule->id, forward, &holding->guard, error);
}

/* A range needs as many free ports in a row: some places are tried. */
static gboolean
bind_any (PtlEngine *engine, PtlHolding *holding, gboolean beside, GError **error)
{
  guint n = ptl_endpoint_n_ports (holding->rule->target);

  if (n <= 1)
    return bind_guard (engine, holding, 0, beside, error);
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GError) taken = NULL;
      guint16 first = (guint16) g_random_int_range (20000, 32000 - (gint32) n);

      if (bind_guard (engine, holding, first, beside, &taken))
        return TRUE;
      if (!g_error_matches (taken, PTL_ERROR, PTL_ERROR_PORT_TAKEN))
        {
          g_propagate_error (error, g_steal_pointer (&taken));
          return FALSE;
        }
    }
  /* Translators: %u is a number of ports */
  ptl_error_set (error, PTL_ERROR_PORT_TAKEN, _("Use a smaller range."),
                 _("This computer has no %u free ports in a row."), n);
  return FALSE;
}

/* A forward that was opened anew listens by IPv4 alone. */
static void
join_again (PtlEngine *engine, PtlHolding *holding)
{
  g_autoptr (PtlEndpoint) listen = NULL;

  if (holding->beside == NULL || holding->beside->guard == NULL)
    return;
  listen = ptl_endpoint_copy (holding->beside->guard);
  if (!ptl_engine_join (engine, holding->rule_id, listen, NULL, &holding->beside->problem))
    g_message ("%s", holding->beside->problem->message);
}

gboolean
ptl_keeper_open_guard (PtlEngine *engine, PtlHolding *holding, guint16 port, GError **error)
{
  if (holding->rule->way == PTL_WAY_DIRECT)
    return TRUE;
  if ((port == 0 || !bind_guard (engine, holding, port, FALSE, NULL)) &&
      !bind_any (engine, holding, FALSE, error))
    return FALSE;
  join_again (engine, holding);
  return TRUE;
}

gboolean
ptl_keeper_open_guard_at (PtlEngine *engine, PtlHolding *holding, guint16 port, GError **error)
{
  return bind_guard (engine, holding, port, FALSE, error);
}

gboolean
ptl_keeper_widen_guard (PtlEngine *engine, PtlHolding *holding, GError **error)
{
  return bind_any (engine, holding, TRUE, error);
}

/* ---- When ---- */

PtlRouter *
ptl_keeper_get_router (PtlKeeper *self, PtlHolding *holding)
{
  PtlRouter *router = ptl_discovery_get_router (self->discovery, holding->router_id);

  ptl_holding_name_router (holding, router);
  return router;
}

static void
renew_due (gpointer data)
{
  PtlKeeper *self = data;
  gint64 now = ptl_clock_get_boot_us (self->clock);
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_holding_unref);
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    if (!holding->busy && holding->renew_boot_us <= now)
      g_ptr_array_add (due, ptl_holding_ref (holding));
  for (guint i = 0; i < due->len; i++)
    ptl_keeper_renew (self, due->pdata[i], FALSE);
  ptl_keeper_schedule (self);
}

/* A look that comes so much late was held up by a suspend: nothing of this program ran meanwhile. */
static void
note_resume (PtlKeeper *self)
{
  gint64 late = ptl_clock_get_boot_us (self->clock) - self->audit_boot_us;
  g_autofree char *slept = NULL, *detail = NULL;
  GHashTableIter iter;
  PtlHolding *holding;

  if (late < AUDIT_US)
    return;
  slept = ptl_duration_to_string (late / G_USEC_PER_SEC);
  /* Translators: %s is a length of time, like 2h30m */
  detail = g_strdup_printf (_("This computer slept for %s; the router is asked anew."), slept);
  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    ptl_keeper_notice (self, holding, "resume", "ok", detail);
}

static void
audit_due (gpointer data)
{
  PtlKeeper *self = data;

  note_resume (self);
  self->audit_boot_us = ptl_clock_get_boot_us (self->clock) + AUDIT_US;
  ptl_keeper_audit (self);
  ptl_keeper_schedule (self);
}

static void
schedule_audit (PtlKeeper *self)
{
  if (!ptl_keeper_has_audits (self))
    {
      self->audit_boot_us = 0;
      ptl_alarm_clear (self->audit_alarm);
      return;
    }
  if (self->audit_boot_us == 0)
    self->audit_boot_us = ptl_clock_get_boot_us (self->clock) + AUDIT_US;
  ptl_alarm_set_boot (self->audit_alarm, self->audit_boot_us, audit_due, self);
}

void
ptl_keeper_schedule (PtlKeeper *self)
{
  gint64 next = G_MAXINT64;
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    if (!holding->busy)
      next = MIN (next, holding->renew_boot_us);
  if (next == G_MAXINT64)
    ptl_alarm_clear (self->renew_alarm);
  else
    ptl_alarm_set_boot (self->renew_alarm, next, renew_due, self);
  schedule_audit (self);
}

/* ---- What routers tell ---- */

/* Not by id: that changes once the router's hardware address is known. */
static gboolean
is_at (PtlKeeper *self, PtlHolding *holding, PtlRouter *router)
{
  return ptl_keeper_get_router (self, holding) == router;
}

/* RFC 6887, section 8.5: not all at once, lest a router that just came up is flooded, and not before it is up. */
static void
on_lost_state (PtlKeeper *self, PtlRouter *router)
{
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    if (is_at (self, holding, router))
      ptl_keeper_lose (self, holding, _("The router began anew, without its mappings."),
                       g_random_int_range (RESTORE_AFTER_MS, RESTORE_WITHIN_MS) * G_GINT64_CONSTANT (1000));
  ptl_keeper_schedule (self);
}

static gboolean
take_address (PtlHolding *holding, const char *address)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < holding->holds->len; i++)
    {
      PtlMapping *mapping = ((PtlHold *) holding->holds->pdata[i])->mapping;

      if (g_strcmp0 (mapping->granted_address, address) == 0)
        continue;
      g_free (mapping->granted_address);
      mapping->granted_address = g_strdup (address);
      changed = TRUE;
    }
  return changed;
}

/* A router that has another public address has often forgotten its mappings too: they are asked for again. */
static void
on_external_address (PtlKeeper *self, GParamSpec *spec, PtlRouter *router)
{
  const char *address = ptl_router_get_external_address (router);
  GHashTableIter iter;
  PtlHolding *holding;

  if (address == NULL || *address == '\0')
    return;
  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    {
      if (holding->busy || !is_at (self, holding, router) || !take_address (holding, address))
        continue;
      ptl_keeper_emit_leases (self, holding);
      ptl_keeper_renew_soon (self, holding, 0, FALSE);
    }
  ptl_keeper_schedule (self);
}

static void
on_state (PtlKeeper *self, GParamSpec *spec, PtlRouter *router)
{
  PtlRouterState state = ptl_router_get_state (router);
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    {
      if (!is_at (self, holding, router))
        continue;
      if (state == PTL_ROUTER_STATE_OFFLINE && ptl_router_get_error (router) != NULL)
        ptl_keeper_emit_degraded (self, holding, ptl_router_get_error (router));
      else if (state == PTL_ROUTER_STATE_READY && holding->degraded)
        ptl_keeper_renew_soon (self, holding, 0, TRUE);
    }
  ptl_keeper_schedule (self);
}

static void
on_error (PtlKeeper *self, GParamSpec *spec, PtlRouter *router)
{
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    if (is_at (self, holding, router))
      g_signal_emit_by_name (self->backend, "caveat-changed", holding->rule_id);
}

/* Only one that speaks UPnP has a table to read. */
static void
on_protocols (PtlKeeper *self, GParamSpec *spec, PtlRouter *router)
{
  ptl_keeper_schedule (self);
}

static void
on_local_address (PtlKeeper *self, GParamSpec *spec, PtlRouter *router)
{
  ptl_keeper_move_soon (self);
}

static void
listen_to (PtlKeeper *self, PtlRouter *router)
{
  if (!g_hash_table_add (self->routers, g_object_ref (router)))
    return;
  g_signal_connect_object (router, "lost-state", G_CALLBACK (on_lost_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "notify::external-address", G_CALLBACK (on_external_address), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "notify::state", G_CALLBACK (on_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "notify::error", G_CALLBACK (on_error), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "notify::protocols", G_CALLBACK (on_protocols), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "notify::local-address", G_CALLBACK (on_local_address), self,
                           G_CONNECT_SWAPPED);
}

static void
forget_routers (PtlKeeper *self)
{
  GHashTableIter iter;
  gpointer router;

  g_hash_table_iter_init (&iter, self->routers);
  while (g_hash_table_iter_next (&iter, &router, NULL))
    g_signal_handlers_disconnect_by_data (router, self);
  g_hash_table_remove_all (self->routers);
}

static void
on_routers (PtlKeeper *self)
{
  GListModel *model = G_LIST_MODEL (self->discovery);

  forget_routers (self);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (model, i);

      listen_to (self, router);
    }
  ptl_keeper_move_soon (self);
  ptl_keeper_schedule (self);
}

/* A rule that is to end sooner must not be open for longer in the router should this worker die. */
static void
on_rule (PtlKeeper *self, const PtlRule *rule)
{
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule->id);
  gint64 end;

  if (holding == NULL || holding->busy || rule->expires == 0 || holding->rule->expires == rule->expires)
    return;
  holding->rule->expires = rule->expires;
  end = ptl_clock_get_wall (self->clock) + ptl_holding_get_lifetime (holding, self->clock);
  if (ptl_holding_get_end (holding) <= end)
    return;
  ptl_keeper_renew_soon (self, holding, 0, FALSE);
  ptl_keeper_schedule (self);
}

/* ---- The face ---- */

void
ptl_keeper_add (PtlKeeper *self, PtlHolding *holding)
{
  g_hash_table_replace (self->holdings, holding->rule_id, ptl_holding_ref (holding));
  ptl_keeper_learn (self, holding, FALSE);
  ptl_keeper_schedule (self);
}

void
ptl_keeper_remove (PtlKeeper *self, PtlHolding *holding)
{
  holding->gone = TRUE;
  if (g_hash_table_lookup (self->holdings, holding->rule_id) == holding)
    g_hash_table_remove (self->holdings, holding->rule_id);
  ptl_keeper_schedule (self);
}

void
ptl_keeper_try_again (PtlKeeper *self, PtlHolding *holding)
{
  ptl_keeper_renew_soon (self, holding, 0, TRUE);
  ptl_keeper_schedule (self);
}

void
ptl_keeper_pause (PtlKeeper *self, PtlHolding *holding)
{
  holding->busy = TRUE;
  ptl_keeper_schedule (self);
}

void
ptl_keeper_resume (PtlKeeper *self, PtlHolding *holding)
{
  ptl_holding_set_idle (holding);
  ptl_keeper_schedule (self);
}

static void
ptl_keeper_dispose (GObject *object)
{
  PtlKeeper *self = PTL_KEEPER (object);

  g_clear_handle_id (&self->move_id, g_source_remove);
  g_clear_object (&self->renew_alarm);
  g_clear_object (&self->audit_alarm);
  if (self->routers != NULL)
    forget_routers (self);
  if (self->discovery != NULL)
    g_signal_handlers_disconnect_by_data (self->discovery, self);
  if (self->inventory != NULL)
    g_signal_handlers_disconnect_by_data (self->inventory, self);
  g_clear_pointer (&self->routers, g_hash_table_unref);
  g_clear_pointer (&self->holdings, g_hash_table_unref);
  g_clear_object (&self->inventory);
  g_clear_object (&self->discovery);
  g_clear_object (&self->engine);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_keeper_parent_class)->dispose (object);
}

static void
ptl_keeper_class_init (PtlKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_keeper_dispose;
  listed_signal = g_signal_new ("listed", PTL_TYPE_KEEPER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                PTL_TYPE_ROUTER, G_TYPE_PTR_ARRAY | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
ptl_keeper_init (PtlKeeper *self)
{
  self->holdings = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) ptl_holding_unref);
  self->routers = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

PtlKeeper *
ptl_keeper_new (PtlClock *clock,
                PtlEngine *engine,
                PtlDiscovery *discovery,
                PtlInventory *inventory,
                PtlBackend *backend)
{
  PtlKeeper *self = g_object_new (PTL_TYPE_KEEPER, NULL);

  self->clock = g_object_ref (clock);
  self->engine = g_object_ref (engine);
  self->discovery = g_object_ref (discovery);
  self->inventory = g_object_ref (inventory);
  self->backend = backend;
  self->renew_alarm = ptl_alarm_new (clock);
  self->audit_alarm = ptl_alarm_new (clock);
  g_signal_connect_swapped (discovery, "items-changed", G_CALLBACK (on_routers), self);
  g_signal_connect_swapped (inventory, "changed", G_CALLBACK (on_rule), self);
  on_routers (self);
  return self;
}
