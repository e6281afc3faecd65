/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-pinholes-private.h"

#include <glib/gi18n-lib.h>

#define FIRST_PAUSE_S 60
#define LAST_PAUSE_S (15 * 60)
/* A router that speaks no IPv6 protocol is asked again so often. */
#define PROBE_PAUSE_S (5 * 60)

/* One IPv4 holding and what becomes of its pinhole. */
typedef struct
{
  PtlHolding *main;
  gint64 next_boot_us; /* when it is tried again */
  guint pause_s;
  gboolean busy;
} Entry;

static void ptl_pinholes_iface_init (PtlBackendInterface *iface);

/* A back end for its keeper alone, which tells by the signals of one. */
G_DEFINE_FINAL_TYPE_WITH_CODE (PtlPinholes,
                               ptl_pinholes,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (PTL_TYPE_BACKEND, ptl_pinholes_iface_init))

static void kick (PtlPinholes *self);
static void kick_due (gpointer data);

static void
entry_free (Entry *entry)
{
  ptl_holding_unref (entry->main);
  g_free (entry);
}

PtlDiscovery *
ptl_pinholes_get_discovery (PtlPinholes *self)
{
  return self->discovery;
}

PtlKeeper *
ptl_pinholes_get_keeper (PtlPinholes *self)
{
  return self->keeper;
}

/* ---- Told ---- */

static void
set_problem (PtlPinholes *self, PtlHolding *main, const GError *problem)
{
  gboolean same = g_strcmp0 (main->problem != NULL ? main->problem->message : NULL,
                             problem != NULL ? problem->message : NULL) == 0;

  if (same)
    return;
  g_clear_error (&main->problem);
  main->problem = problem != NULL ? g_error_copy (problem) : NULL;
  g_signal_emit_by_name (self->backend, "caveat-changed", main->rule_id);
}

static void
notice (PtlPinholes *self, const PtlHolding *main, const char *result, const GError *error)
{
  g_autofree char *what = ptl_error_dup_what (error);

  g_signal_emit_by_name (self->backend, "noticed", main->rule_id, "pinhole", result, what);
}

static void
emit_merged (PtlPinholes *self, PtlHolding *main)
{
  g_autoptr (GPtrArray) leases = ptl_holding_to_leases (main);

  g_signal_emit_by_name (self->backend, "leases-changed", main->rule_id, leases);
}

static gboolean
holds_still (const PtlHolding *beside, const PtlLease *lease)
{
  for (guint i = 0; beside != NULL && i < beside->holds->len; i++)
    {
      const PtlMapping *mapping = ((const PtlHold *) beside->holds->pdata[i])->mapping;
      const char *inner = mapping->internal_address != NULL ? mapping->internal_address : beside->local_address;

      if (mapping->protocol == lease->inner->protocol && mapping->internal_port == lease->inner->first &&
          g_strcmp0 (inner, lease->inner->host) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What was held before a restart is held again, or is owed. */
static void
settle_former (PtlPinholes *self, PtlHolding *main)
{
  g_autoptr (GPtrArray) former = g_steal_pointer (&main->former);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; former != NULL && i < former->len; i++)
    if (!holds_still (main->beside, former->pdata[i]))
      g_ptr_array_add (left, ptl_lease_copy (former->pdata[i]));
  if (left->len == 0)
    return;
  error = ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL, _("The network has changed since it was opened."));
  g_signal_emit_by_name (self->backend, "left-behind", main->rule_id, left, error);
  if (main->beside == NULL)
    emit_merged (self, main);
}

/* That nobody speaks for the router's firewall is told of a rule that asked for IPv6, and of no other. */
static gboolean
is_worth_telling (const GError *error)
{
  PtlError code = ptl_error_code_of (error);

  return code != PTL_ERROR_ROUTER_NONE && code != PTL_ERROR_ROUTER_SILENT && code != PTL_ERROR_CANCELLED &&
         code != PTL_ERROR_TIMED_OUT;
}

/* ---- In the background ---- */

static void
schedule (PtlPinholes *self)
{
  gint64 next = self->probe_boot_us != 0 ? self->probe_boot_us : G_MAXINT64;
  GHashTableIter iter;
  Entry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (!entry->busy && entry->main->beside == NULL && entry->pause_s > 0)
      next = MIN (next, entry->next_boot_us);
  if (next == G_MAXINT64)
    ptl_alarm_clear (self->alarm);
  else
    ptl_alarm_set_boot (self->alarm, next, kick_due, self);
}

static void
try_later (PtlPinholes *self, Entry *entry)
{
  entry->pause_s = CLAMP (entry->pause_s * 2, FIRST_PAUSE_S, LAST_PAUSE_S);
  entry->next_boot_us = ptl_clock_get_boot_us (self->clock) + entry->pause_s * G_USEC_PER_SEC;
}

static void
tell_opened (PtlPinholes *self, PtlHolding *main)
{
  gboolean was_missing = main->problem != NULL && main->rule->family == PTL_FAMILY_BOTH;
  g_autoptr (GPtrArray) leases = ptl_holding_to_leases (main);

  set_problem (self, main, NULL);
  g_signal_emit_by_name (self->backend, was_missing && !main->degraded ? "recovered" : "leases-changed",
                         main->rule_id, leases);
}

static void
tell_failed (PtlPinholes *self, PtlHolding *main, const GError *error)
{
  gboolean asked_for = main->rule->family == PTL_FAMILY_BOTH;

  if (error == NULL || (!asked_for && !is_worth_telling (error)) || main->problem != NULL)
    return;
  notice (self, main, "failed", error);
  set_problem (self, main, error);
  if (asked_for)
    g_signal_emit_by_name (self->backend, "degraded", main->rule_id, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlPinholes *self = PTL_PINHOLES (source);
  g_autoptr (PtlHolding) main = data;
  Entry *entry = g_hash_table_lookup (self->entries, main->rule_id);
  g_autoptr (GError) error = NULL;
  gboolean opened = g_task_propagate_boolean (G_TASK (result), &error);

  if (entry == NULL || entry->main != main)
    return;
  entry->busy = FALSE;
  settle_former (self, main);
  if (opened)
    {
      entry->pause_s = 0;
      tell_opened (self, main);
    }
  else
    {
      try_later (self, entry);
      tell_failed (self, main, error);
    }
  schedule (self);
}

static void
try_entry (PtlPinholes *self, Entry *entry)
{
  entry->busy = TRUE;
  ptl_pinholes_open_async (self, entry->main, NULL, on_opened, ptl_holding_ref (entry->main));
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlPinholes) self = data;

  ptl_router_probe_finish (PTL_ROUTER (source), result, NULL);
  self->probing = FALSE;
  kick (self);
}

static void
probe (PtlPinholes *self, PtlRouter *router)
{
  if (self->probing)
    return;
  self->probing = TRUE;
  self->probe_boot_us = ptl_clock_get_boot_us (self->clock) + PROBE_PAUSE_S * G_USEC_PER_SEC;
  ptl_router_probe_async (router, NULL, on_probed, g_object_ref (self));
}

/* Only routers that speak are asked to open: those that do not are asked whether they do, once for all rules. */
static gboolean
speaks (PtlPinholes *self, PtlRouter *router)
{
  gboolean due = self->probe_boot_us == 0 || self->probe_boot_us <= ptl_clock_get_boot_us (self->clock);

  if (ptl_router_get_state (router) == PTL_ROUTER_STATE_READY)
    return TRUE;
  if (due)
    probe (self, router);
  return FALSE;
}

static void
consider (PtlPinholes *self, Entry *entry)
{
  PtlRouter *router = ptl_pinholes_find_router (self, entry->main->rule->backend);
  g_autoptr (GError) missing = router == NULL ? ptl_pinholes_no_router (self) : NULL;

  if (router != NULL && speaks (self, router))
    try_entry (self, entry);
  else if (router == NULL || !self->probing)
    {
      settle_former (self, entry->main);
      tell_failed (self, entry->main, router != NULL ? ptl_router_get_error (router) : missing);
    }
}

static void
kick (PtlPinholes *self)
{
  gint64 now = ptl_clock_get_boot_us (self->clock);
  g_autoptr (GPtrArray) due = g_ptr_array_new ();
  GHashTableIter iter;
  Entry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    if (!entry->busy && entry->main->beside == NULL && entry->next_boot_us <= now)
      g_ptr_array_add (due, entry);
  for (guint i = 0; i < due->len; i++)
    consider (self, due->pdata[i]);
  if (self->probe_boot_us <= now)
    self->probe_boot_us = 0;
  schedule (self);
}

static void
kick_due (gpointer data)
{
  kick (data);
}

static gboolean
on_kick (gpointer data)
{
  PtlPinholes *self = data;

  self->kick_id = 0;
  kick (self);
  return G_SOURCE_REMOVE;
}

static void
kick_soon (PtlPinholes *self)
{
  if (self->kick_id == 0 && g_hash_table_size (self->entries) > 0)
    self->kick_id = g_idle_add (on_kick, self);
}

static void
on_router (PtlPinholes *self)
{
  kick_soon (self);
}

static void
listen_to_routers (PtlPinholes *self)
{
  GListModel *model = G_LIST_MODEL (self->discovery);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_func (router, on_router, self);
      g_signal_connect_object (router, "notify::state", G_CALLBACK (on_router), self, G_CONNECT_SWAPPED);
    }
}

/* Another network, or an address that came: nothing that was said before counts. */
static void
on_network (PtlPinholes *self)
{
  GHashTableIter iter;
  Entry *entry;

  self->probe_boot_us = 0;
  listen_to_routers (self);
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    entry->next_boot_us = 0;
  kick_soon (self);
}

void
ptl_pinholes_add (PtlPinholes *self, PtlHolding *main)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->main = ptl_holding_ref (main);
  g_hash_table_replace (self->entries, main->rule_id, entry);
  kick_soon (self);
}

void
ptl_pinholes_remove (PtlPinholes *self, PtlHolding *main)
{
  const Entry *entry = g_hash_table_lookup (self->entries, main->rule_id);

  if (main->beside != NULL)
    ptl_keeper_remove (self->keeper, main->beside);
  if (entry != NULL && entry->main == main)
    g_hash_table_remove (self->entries, main->rule_id);
}

static void
on_left_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlPinholes *self = PTL_PINHOLES (source);
  g_autoptr (PtlHolding) from = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_pinholes_close_finish (self, result, &error);

  if (left->len > 0)
    g_signal_emit_by_name (self->backend, "left-behind", from->rule_id, left, error);
}

/* The rule went over to another router, whose firewall is another too. */
static void
change_router (PtlPinholes *self, PtlHolding *from, PtlHolding *to)
{
  ptl_pinholes_remove (self, from);
  ptl_engine_leave (self->engine, from->rule_id);
  ptl_pinholes_close_async (self, from, on_left_closed, ptl_holding_ref (from));
  if (ptl_pinholes_are_wanted (to->rule))
    ptl_pinholes_add (self, to);
}

void
ptl_pinholes_hand_over (PtlPinholes *self, PtlHolding *from, PtlHolding *to)
{
  const Entry *entry = g_hash_table_lookup (self->entries, from->rule_id);

  if (!g_str_equal (from->rule->backend, to->rule->backend))
    {
      change_router (self, from, to);
      return;
    }
  to->beside = g_steal_pointer (&from->beside);
  to->problem = g_steal_pointer (&from->problem);
  if (to->beside != NULL)
    ptl_holding_set_rule (to->beside, to->rule);
  to->former = g_steal_pointer (&from->former);
  if (entry != NULL)
    ptl_pinholes_add (self, to);
}

/* ---- What the keeper tells ---- */

/* NULL: the rule has nothing but what it holds by IPv6. */
static PtlHolding *
main_of (PtlPinholes *self, const char *rule_id)
{
  const Entry *entry = g_hash_table_lookup (self->entries, rule_id);

  return entry != NULL ? entry->main : NULL;
}

static void
on_leases (PtlPinholes *self, const char *rule_id, GPtrArray *leases)
{
  PtlHolding *main = main_of (self, rule_id);

  if (main != NULL)
    emit_merged (self, main);
  else
    g_signal_emit_by_name (self->backend, "leases-changed", rule_id, leases);
}

static void
on_degraded (PtlPinholes *self, const char *rule_id, const GError *error)
{
  PtlHolding *main = main_of (self, rule_id);

  if (main == NULL || main->rule->family == PTL_FAMILY_BOTH)
    g_signal_emit_by_name (self->backend, "degraded", rule_id, error);
  if (main == NULL)
    return;
  notice (self, main, "failed", error);
  set_problem (self, main, error);
}

static void
on_recovered (PtlPinholes *self, const char *rule_id, GPtrArray *leases)
{
  PtlHolding *main = main_of (self, rule_id);
  gboolean whole = main == NULL || (main->rule->family == PTL_FAMILY_BOTH && !main->degraded);

  if (main != NULL)
    set_problem (self, main, NULL);
  if (whole)
    {
      g_autoptr (GPtrArray) merged = main != NULL ? ptl_holding_to_leases (main) : g_ptr_array_ref (leases);

      g_signal_emit_by_name (self->backend, "recovered", rule_id, merged);
      return;
    }
  g_signal_emit_by_name (self->backend, "noticed", rule_id, "pinhole", "ok", NULL);
  emit_merged (self, main);
}

static void
on_left (PtlPinholes *self, const char *rule_id, GPtrArray *leases, const GError *error)
{
  g_signal_emit_by_name (self->backend, "left-behind", rule_id, leases, error);
}

static void
on_caveat (PtlPinholes *self, const char *rule_id)
{
  g_signal_emit_by_name (self->backend, "caveat-changed", rule_id);
}

static void
on_noticed (PtlPinholes *self, const char *rule_id, const char *what, const char *result, const char *detail)
{
  /* What befell the computer or the router is told of the IPv4 mapping. */
  if (main_of (self, rule_id) == NULL || g_str_equal (what, "address"))
    g_signal_emit_by_name (self->backend, "noticed", rule_id, what, result, detail);
}

static void
ptl_pinholes_iface_init (PtlBackendInterface *iface)
{
}

static void
ptl_pinholes_dispose (GObject *object)
{
  PtlPinholes *self = PTL_PINHOLES (object);

  g_clear_handle_id (&self->kick_id, g_source_remove);
  g_clear_object (&self->keeper);
  g_clear_object (&self->alarm);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  if (self->discovery != NULL)
    g_signal_handlers_disconnect_by_data (self->discovery, self);
  g_clear_object (&self->discovery);
  g_clear_object (&self->ipv4);
  g_clear_object (&self->engine);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_pinholes_parent_class)->dispose (object);
}

static void
ptl_pinholes_class_init (PtlPinholesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_pinholes_dispose;
}

static void
ptl_pinholes_init (PtlPinholes *self)
{
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
  g_signal_connect (self, "leases-changed", G_CALLBACK (on_leases), NULL);
  g_signal_connect (self, "degraded", G_CALLBACK (on_degraded), NULL);
  g_signal_connect (self, "recovered", G_CALLBACK (on_recovered), NULL);
  g_signal_connect (self, "left-behind", G_CALLBACK (on_left), NULL);
  g_signal_connect (self, "caveat-changed", G_CALLBACK (on_caveat), NULL);
  g_signal_connect (self, "noticed", G_CALLBACK (on_noticed), NULL);
}

PtlPinholes *
ptl_pinholes_new (PtlClock *clock,
                  PtlEngine *engine,
                  PtlDiscovery *ipv4,
                  PtlDiscovery *ipv6,
                  PtlInventory *inventory,
                  PtlBackend *backend)
{
  PtlPinholes *self = g_object_new (PTL_TYPE_PINHOLES, NULL);

  self->clock = g_object_ref (clock);
  self->engine = g_object_ref (engine);
  self->ipv4 = g_object_ref (ipv4);
  self->discovery = g_object_ref (ipv6);
  self->backend = backend;
  self->alarm = ptl_alarm_new (clock);
  self->keeper = ptl_keeper_new (clock, engine, ipv6, inventory, PTL_BACKEND (self));
  g_signal_connect_swapped (ipv6, "items-changed", G_CALLBACK (on_network), self);
  listen_to_routers (self);
  return self;
}
