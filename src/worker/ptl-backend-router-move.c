/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-router-private.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-map.h"
#include "worker/ptl-routers.h"

/* A guarded mapping goes over to another port outside, another protocol or another router while it is open: what is
 * coming is mapped beside what is held, to a listener of its own on the same forward, for PCP and NAT-PMP know one
 * port outside for one inside (RFC 6887, section 11.3). What stays the same is taken over as it is. */

typedef struct
{
  PtlHolding *held;
  PtlHolding *coming;
  GError *error; /* why it is taken back */
} Move;

static void
move_free (gpointer data)
{
  Move *move = data;

  ptl_holding_unref (move->held);
  ptl_holding_unref (move->coming);
  g_clear_error (&move->error);
  g_free (move);
}

/* ---- Whether ---- */

static gboolean
is_at (const PtlHolding *held, PtlRouter *router)
{
  return g_str_equal (held->router_id, ptl_router_get_lasting_id (router)) &&
         g_strcmp0 (held->local_address, ptl_router_get_local_address (router)) == 0;
}

static const PtlHold *
find_held (const PtlHolding *held, PtlProtocol protocol, guint16 port)
{
  for (guint i = 0; i < held->holds->len; i++)
    {
      const PtlHold *hold = held->holds->pdata[i];

      if ((hold->mapping->protocol & protocol) != 0 && hold->mapping->granted_port == port)
        return hold;
    }
  return NULL;
}

/* The same ports outside and inside; only the protocol is another, if anything. */
static gboolean
keeps_ports (const PtlHolding *held, const PtlRule *after)
{
  const PtlHold *first = held->holds->len > 0 ? held->holds->pdata[0] : NULL;

  return first != NULL && first->mapping->granted_port == after->public_endpoint->first &&
         ptl_endpoint_n_ports (held->guard) == ptl_endpoint_n_ports (after->target);
}

static gboolean
takes_a_held_port (const PtlHolding *held, const PtlRule *after)
{
  const PtlEndpoint *to = after->public_endpoint;

  for (guint port = to->first; to->first != 0 && port <= to->last; port++)
    if (find_held (held, PTL_PROTOCOL_BOTH, (guint16) port) != NULL)
      return TRUE;
  return FALSE;
}

gboolean
ptl_backend_router_can_move (PtlBackend *backend, const PtlRule *before, const PtlRule *after)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  const PtlHolding *held = g_hash_table_lookup (self->holdings, before->id);
  PtlRouter *router = ptl_routers_find (self->discovery, after->backend, NULL);

  if (held == NULL || held->guard == NULL || after->way != PTL_WAY_GUARDED ||
      before->family != after->family || held->ipv6)
    return FALSE;
  /* That a router is not there is told when the move is prepared, with everything as it was. */
  return router == NULL || !is_at (held, router) || !takes_a_held_port (held, after) ||
         (keeps_ports (held, after) && !held->degraded);
}

/* ---- Prepare ---- */

static gboolean
keep_guard (PtlBackendRouter *self, const PtlHolding *held, PtlHolding *coming, GError **error)
{
  PtlProtocol protocol = ptl_rule_get_protocol (coming->rule);
  g_autoptr (PtlEndpoint) more = ptl_endpoint_copy (held->guard);

  coming->guard = ptl_endpoint_copy (held->guard);
  coming->guard->protocol = protocol;
  more->protocol = protocol & ~held->guard->protocol;
  return more->protocol == PTL_PROTOCOL_NONE ||
         ptl_engine_widen (self->engine, coming->rule_id, more, NULL, error);
}

/* What is there already is not asked for again; what joins it must get the same port. */
static void
take_over (const PtlHolding *held, PtlHolding *coming)
{
  coming->granted_boot_us = held->granted_boot_us;
  for (guint i = 0; i < coming->holds->len; i++)
    {
      PtlHold *hold = coming->holds->pdata[i];
      const PtlHold *old = find_held (held, hold->mapping->protocol, hold->mapping->external_port);

      hold->mapping->pinned = TRUE;
      if (old == NULL)
        continue;
      ptl_mapping_free (hold->mapping);
      *hold = *old;
      hold->mapping = ptl_mapping_copy (old->mapping);
      hold->mapping->pinned = coming->rule->asked_port != 0;
      hold->kept = TRUE;
    }
}

GPtrArray *
ptl_backend_router_prepare_move (PtlBackendRouter *self, PtlHolding *held, const PtlRule *after, GError **error)
{
  PtlRouter *router = ptl_routers_find (self->discovery, after->backend, error);
  g_autoptr (PtlHolding) coming = NULL;
  gboolean keeps;

  if (router == NULL)
    return NULL;
  coming = ptl_holding_new (after, router);
  g_ptr_array_set_size (coming->rule->leases, 0);
  keeps = is_at (held, router) && keeps_ports (held, after);
  if (keeps ? !keep_guard (self, held, coming, error)
            : !ptl_keeper_widen_guard (self->engine, coming, error))
    return NULL;
  ptl_holding_ask (coming, self->clock);
  if (keeps)
    take_over (held, coming);
  g_hash_table_replace (self->coming, coming->rule_id, ptl_holding_ref (coming));
  return ptl_holding_to_leases (coming);
}

/* ---- Where the forward listens ---- */

static gboolean
settle_at (PtlBackendRouter *self, const PtlHolding *holding, GError **error)
{
  g_autoptr (PtlForward) forward =
      ptl_forward_new (holding->guard, holding->rule->target, holding->rule->audience);

  ptl_forward_set_options (forward, holding->rule->options);
  return ptl_engine_settle (self->engine, holding->rule_id, forward, error);
}

gboolean
ptl_backend_router_abandon_move (PtlBackendRouter *self, const char *rule_id)
{
  const PtlHolding *held = g_hash_table_lookup (self->holdings, rule_id);

  if (!g_hash_table_remove (self->coming, rule_id))
    return FALSE;
  if (held != NULL && held->guard != NULL)
    settle_at (self, held, NULL);
  return TRUE;
}

/* ---- Back ---- */

/* All is as it was. @error: (transfer full) */
static void
move_fail (GTask *task, GError *error)
{
  PtlBackendRouter *self = g_task_get_source_object (task);
  Move *move = g_task_get_task_data (task);

  ptl_backend_router_abandon_move (self, move->held->rule_id);
  ptl_keeper_resume (self->keeper, move->held);
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void
on_taken_back (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Move *move = g_task_get_task_data (task);
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, NULL);

  if (left->len > 0)
    ptl_backend_router_emit_left (g_task_get_source_object (task), move->coming, left, move->error);
  move_fail (task, g_steal_pointer (&move->error));
}

/* ---- There ---- */

static void
on_old_unmapped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Move *move = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  if (left->len > 0)
    ptl_backend_router_emit_left (g_task_get_source_object (task), move->held, left, error);
  g_task_return_pointer (task, ptl_holding_to_leases (move->coming), (GDestroyNotify) g_ptr_array_unref);
}

/* Those of @self that @other does not hold too. */
static GPtrArray *
mappings_but_for (const PtlHolding *self, const PtlHolding *other)
{
  GPtrArray *mappings = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_mapping_free);
  gboolean together = g_str_equal (self->router_id, other->router_id);

  for (guint i = 0; i < self->holds->len; i++)
    {
      const PtlMapping *mapping = ((const PtlHold *) self->holds->pdata[i])->mapping;

      if (!together || find_held (other, mapping->protocol, mapping->granted_port) == NULL)
        g_ptr_array_add (mappings, ptl_mapping_copy (mapping));
    }
  return mappings;
}

/* Takes over @task. */
static void
leave_old (PtlBackendRouter *self, GTask *task, Move *move)
{
  PtlRouter *router = ptl_discovery_get_router (self->discovery, move->held->router_id);
  g_autoptr (GPtrArray) mappings = mappings_but_for (move->held, move->coming);
  g_autoptr (GError) away = NULL;

  if (router != NULL)
    {
      ptl_unmap_async (router, mappings, on_old_unmapped, task);
      return;
    }
  away = ptl_backend_router_away ();
  ptl_backend_router_emit_left (self, move->held, mappings, away);
  g_task_return_pointer (task, ptl_holding_to_leases (move->coming), (GDestroyNotify) g_ptr_array_unref);
  g_object_unref (task);
}

/* @granted: in the order of what was asked for. */
static void
take_grants (PtlBackendRouter *self, Move *move, GPtrArray *granted)
{
  PtlHolding *coming = move->coming;
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; i < coming->holds->len; i++)
    {
      PtlHold *hold = coming->holds->pdata[i];

      g_ptr_array_add (all, hold->kept ? NULL : granted->pdata[n++]);
    }
  ptl_holding_grant (coming, all, self->clock);
}

static void
replace_held (PtlBackendRouter *self, Move *move)
{
  ptl_keeper_remove (self->keeper, move->held);
  ptl_pinholes_hand_over (self->pinholes, move->held, move->coming);
  g_hash_table_replace (self->holdings, move->coming->rule_id, ptl_holding_ref (move->coming));
  g_hash_table_remove (self->coming, move->coming->rule_id);
  ptl_keeper_add (self->keeper, move->coming);
  ptl_keeper_resume (self->keeper, move->held);
}

/* Takes over @task. */
static void
go_over (PtlBackendRouter *self, GTask *task, Move *move, GPtrArray *granted)
{
  if (settle_at (self, move->coming, &move->error))
    {
      take_grants (self, move, granted);
      replace_held (self, move);
      leave_old (self, task, move);
      return;
    }
  ptl_unmap_async (ptl_discovery_get_router (self->discovery, move->coming->router_id), granted,
                   on_taken_back, task);
}

/* ---- Asking ---- */

static void
on_mapped (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  Move *move = g_task_get_task_data (task);
  g_autoptr (GPtrArray) left = NULL;
  GError *error = NULL;
  g_autoptr (GPtrArray) granted = ptl_map_finish (result, &left, &error);

  if (left != NULL)
    ptl_backend_router_emit_left (self, move->coming, left, error);
  if (granted != NULL)
    go_over (self, task, move, granted);
  else
    move_fail (task, error);
}

static GPtrArray *
asked_of (const PtlHolding *coming)
{
  GPtrArray *mappings = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_mapping_free);

  for (guint i = 0; i < coming->holds->len; i++)
    {
      const PtlHold *hold = coming->holds->pdata[i];

      if (!hold->kept)
        g_ptr_array_add (mappings, ptl_mapping_copy (hold->mapping));
    }
  return mappings;
}

static void
ask (PtlHolding *held, gpointer data)
{
  GTask *task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  Move *move = g_task_get_task_data (task);
  PtlRouter *router = ptl_discovery_get_router (self->discovery, move->coming->router_id);
  g_autoptr (GPtrArray) mappings = asked_of (move->coming);

  ptl_keeper_pause (self->keeper, held);
  if (router == NULL)
    move_fail (task, ptl_backend_router_away ());
  else if (mappings->len == 0)
    go_over (self, task, move, mappings);
  else
    ptl_map_async (router, mappings, g_task_get_cancellable (task), on_mapped, task);
}

gboolean
ptl_backend_router_move_async (PtlBackendRouter *self, GTask *task, const char *rule_id)
{
  PtlHolding *held = g_hash_table_lookup (self->holdings, rule_id);
  PtlHolding *coming = g_hash_table_lookup (self->coming, rule_id);
  Move *move;

  if (held == NULL || coming == NULL)
    return FALSE;
  move = g_new0 (Move, 1);
  move->held = ptl_holding_ref (held);
  move->coming = ptl_holding_ref (coming);
  g_task_set_task_data (task, move, move_free);
  /* A renewal on its way would bring back what is left. */
  ptl_holding_when_idle (held, ask, g_object_ref (task));
  return TRUE;
}
