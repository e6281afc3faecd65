/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-keeper-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"
#include "worker/ptl-map.h"

/* Routes and addresses come in several steps when a network changes. */
#define SETTLE_MS 300

/* One holding on its way from one router or local address to another. */
typedef struct
{
  PtlKeeper *keeper;
  PtlHolding *holding;
  PtlRouter *router;      /* the new one */
  char *old_router_id;
  char *old_address;
  gint64 old_end;         /* Unix seconds: when the old router forgets what could not be taken back; 0 = nothing was left */
} Move;

static void
move_free (Move *move)
{
  g_object_unref (move->keeper);
  ptl_holding_unref (move->holding);
  g_object_unref (move->router);
  g_free (move->old_router_id);
  g_free (move->old_address);
  g_free (move);
}

static void
move_end (Move *move)
{
  ptl_holding_set_idle (move->holding);
  ptl_keeper_schedule (move->keeper);
  move_free (move);
}

/* ---- Second: ask the new one ---- */

/* The port may be held by ourselves: by the computer that we were. Many routers let only that address take it back. */
static GError *
explain (const Move *move, const GError *error)
{
  g_autofree char *end = NULL;

  if (move->old_end == 0 || !g_error_matches (error, PTL_ERROR, PTL_ERROR_ROUTER_CONFLICT) ||
      !g_str_equal (move->old_router_id, move->holding->router_id))
    return g_error_copy (error);
  end = ptl_time_to_rfc3339 (move->old_end);
  return ptl_error_new (PTL_ERROR_ROUTER_CONFLICT,
                        _("Take another port until then, or remove the entry in the router's settings. A fixed "
                          "address for this computer in the router's settings avoids this."),
                        /* Translators: an address, a time */
                        _("The router still leads this port to this computer's former address %s, and lets "
                          "nobody else change that until %s."),
                        move->old_address, end);
}

static void
on_mapped (GObject *source, GAsyncResult *result, gpointer data)
{
  Move *move = data;
  PtlKeeper *self = move->keeper;
  PtlHolding *holding = move->holding;
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) granted = ptl_map_finish (result, &left, &error);

  if (left != NULL)
    ptl_keeper_emit_left (self, holding, left, holding->router_id, holding->local_address, error);
  if (granted != NULL)
    ptl_holding_grant (holding, granted, self->clock);
  if (holding->gone)
    ;
  else if (granted != NULL)
    ptl_keeper_emit_recovered (self, holding);
  else
    {
      g_autoptr (GError) explained = explain (move, error);

      holding->restoring = TRUE;
      ptl_keeper_fail (self, holding, explained);
    }
  move_end (move);
}

static void
replace (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

/* The guard listens on the address that the router knows us by. */
static gboolean
move_guard (PtlKeeper *self, PtlHolding *holding, GError **error)
{
  guint16 port = holding->guard != NULL ? holding->guard->first : 0;

  if (holding->rule->way == PTL_WAY_DIRECT)
    return TRUE;
  if (!holding->joined)
    ptl_engine_close (self->engine, holding->rule_id, FALSE, NULL);
  return ptl_keeper_open_guard (self->engine, holding, port, error);
}

static void
ask_new (Move *move)
{
  PtlKeeper *self = move->keeper;
  PtlHolding *holding = move->holding;
  g_autoptr (GPtrArray) mappings = NULL;
  g_autoptr (GError) error = NULL;

  if (holding->gone)
    {
      move_end (move);
      return;
    }
  replace (&holding->router_id, ptl_router_get_lasting_id (move->router));
  replace (&holding->local_address, ptl_router_get_local_address (move->router));
  g_ptr_array_set_size (holding->rule->leases, 0);
  if (!move_guard (self, holding, &error))
    {
      holding->restoring = TRUE;
      ptl_keeper_fail (self, holding, error);
      move_end (move);
      return;
    }
  ptl_holding_ask (holding, self->clock);
  mappings = ptl_holding_to_mappings (holding);
  ptl_map_async (move->router, mappings, NULL, on_mapped, move);
}

/* ---- First: take back from the old one ---- */

static void
on_unmapped (GObject *source, GAsyncResult *result, gpointer data)
{
  Move *move = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  if (left->len > 0)
    {
      const PtlMapping *first = left->pdata[0];
      const PtlHold *hold = move->holding->holds->pdata[0];

      move->old_end = hold->granted + first->granted_lifetime;
      ptl_keeper_emit_left (move->keeper, move->holding, left, move->old_router_id,
                            move->old_address, error);
    }
  ask_new (move);
}

/* What the old router's entry led to is no address of ours any more: it must be named. */
static void
name_inside (GPtrArray *mappings, const char *address)
{
  for (guint i = 0; i < mappings->len; i++)
    {
      PtlMapping *mapping = mappings->pdata[i];

      if (mapping->internal_address == NULL)
        mapping->internal_address = g_strdup (address);
    }
}

static void
notice_move (PtlKeeper *self, PtlHolding *holding, PtlRouter *router)
{
  PtlRouter *old = ptl_keeper_get_router (self, holding);
  const char *local = ptl_router_get_local_address (router);
  g_autofree char *detail = NULL;

  if (old == router)
    {
      detail = g_strdup_printf ("%s → %s", holding->local_address, local);
      ptl_keeper_notice (self, holding, "address", "ok", detail);
      return;
    }
  detail = g_strdup_printf ("%s (%s)", ptl_router_get_address (router), local);
  ptl_keeper_notice (self, holding, "gateway", "ok", detail);
}

static void
start (PtlKeeper *self, PtlHolding *holding, PtlRouter *router)
{
  PtlRouter *old = ptl_keeper_get_router (self, holding);
  g_autoptr (GPtrArray) mappings = ptl_holding_to_mappings (holding);
  g_autoptr (GError) away = NULL;
  Move *move = g_new0 (Move, 1);

  notice_move (self, holding, router);
  holding->busy = TRUE;
  move->keeper = g_object_ref (self);
  move->holding = ptl_holding_ref (holding);
  move->router = g_object_ref (router);
  move->old_router_id = g_strdup (holding->router_id);
  move->old_address = g_strdup (holding->local_address);
  name_inside (mappings, holding->local_address);
  if (old != NULL)
    {
      ptl_unmap_async (old, mappings, on_unmapped, move);
      return;
    }
  away = ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL, _("The router is in another network."));
  ptl_keeper_emit_left (self, holding, mappings, move->old_router_id, move->old_address, away);
  ask_new (move);
}

/* ---- Who is to move ---- */

/* A rule for a router of its own waits for that one; others follow the default route. */
static PtlRouter *
wanted_router (PtlKeeper *self, const PtlHolding *holding)
{
  if (*holding->rule->backend != '\0')
    return ptl_discovery_get_router (self->discovery, holding->rule->backend);
  return ptl_discovery_get_default (self->discovery);
}

static gboolean
is_to_move (PtlKeeper *self, PtlHolding *holding, PtlRouter *router)
{
  const char *local = ptl_router_get_local_address (router);

  return local != NULL && *local != '\0' &&
         (ptl_keeper_get_router (self, holding) != router ||
          g_strcmp0 (holding->local_address, local) != 0);
}

static gboolean
move_all (gpointer data)
{
  PtlKeeper *self = data;
  g_autoptr (GPtrArray) holdings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_holding_unref);
  gboolean again = FALSE;
  GHashTableIter iter;
  PtlHolding *each;

  self->move_id = 0;
  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &each))
    g_ptr_array_add (holdings, ptl_holding_ref (each));
  for (guint i = 0; i < holdings->len; i++)
    {
      PtlHolding *holding = holdings->pdata[i];
      PtlRouter *router = wanted_router (self, holding);

      if (router == NULL || !is_to_move (self, holding, router))
        continue;
      if (holding->busy)
        again = TRUE;
      else
        start (self, holding, router);
    }
  ptl_keeper_schedule (self);
  if (again)
    ptl_keeper_move_soon (self);
  return G_SOURCE_REMOVE;
}

void
ptl_keeper_move_soon (PtlKeeper *self)
{
  if (self->move_id == 0 && g_hash_table_size (self->holdings) > 0)
    self->move_id = g_timeout_add (SETTLE_MS, move_all, self);
}
