/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-keeper-private.h"

#include <glib/gi18n-lib.h>

#define CONFIRMED_AT_A_TIME 16

/* Once a minute each router that holds something, or has a table to read, is asked for it, and what that cannot tell is
 * made sure of: one listing, for the rules and for foreign entries. */

/* ---- By the table ---- */

static const PtlRouterEntry *
find_entry (GPtrArray *entries, const PtlMapping *mapping)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const PtlRouterEntry *entry = entries->pdata[i];

      if (entry->protocol == mapping->protocol && entry->external_port == mapping->granted_port)
        return entry;
    }
  return NULL;
}

static gboolean
is_ours (const PtlRouterEntry *entry, const PtlHolding *holding, const PtlMapping *mapping)
{
  const char *inner = mapping->internal_address != NULL ? mapping->internal_address : holding->local_address;

  return entry->port == mapping->internal_port && g_strcmp0 (entry->address, inner) == 0;
}

typedef struct
{
  PtlKeeper *keeper;
  PtlHolding *holding;
  gboolean was_missing;
} Question;

static void
on_read_back (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  g_autoptr (PtlKeeper) self = question->keeper;
  g_autoptr (PtlHolding) holding = question->holding;
  gboolean was_missing = question->was_missing;

  g_free (question);
  if (!ptl_router_read_back_finish (PTL_ROUTER (source), result, NULL) || holding->gone)
    return;
  for (guint i = 0; i < holding->holds->len; i++)
    ((PtlHold *) holding->holds->pdata[i])->listed = TRUE;
  ((PtlHold *) holding->holds->pdata[0])->read_back = ptl_clock_get_wall (self->clock);
  if (was_missing)
    ptl_keeper_emit_recovered (self, holding);
}

void
ptl_keeper_learn (PtlKeeper *self, PtlHolding *holding, gboolean was_missing)
{
  const PtlHold *hold = holding->holds->len > 0 ? holding->holds->pdata[0] : NULL;
  PtlRouter *router = ptl_keeper_get_router (self, holding);
  Question *question;

  holding->unseen = FALSE;
  if (hold == NULL || router == NULL || hold->listed)
    return;
  question = g_new (Question, 1);
  question->keeper = g_object_ref (self);
  question->holding = ptl_holding_ref (holding);
  question->was_missing = was_missing;
  ptl_router_read_back_async (router, hold->mapping, NULL, on_read_back, question);
}

/* A table by UPnP need not show what was mapped by another protocol: its absence tells something only where it was
 * there before. */
static gboolean
is_missing (PtlHold *hold, const PtlHolding *holding, GPtrArray *entries, gint64 now)
{
  const PtlRouterEntry *entry = find_entry (entries, hold->mapping);

  if (hold->mapping->system == PTL_ROUTER_PROTOCOL_NONE)
    return FALSE;
  if (entry != NULL && is_ours (entry, holding, hold->mapping))
    {
      hold->listed = TRUE;
      hold->read_back = now;
      return FALSE;
    }
  return hold->listed || hold->mapping->system == PTL_ROUTER_PROTOCOL_UPNP;
}

static gboolean
any_missing (PtlHolding *holding, GPtrArray *entries, gint64 now)
{
  gboolean missing = FALSE;

  for (guint i = 0; i < holding->holds->len; i++)
    missing |= is_missing (holding->holds->pdata[i], holding, entries, now);
  return missing;
}

static gboolean
is_by_upnp (const PtlHolding *holding)
{
  const PtlHold *hold = holding->holds->len > 0 ? holding->holds->pdata[0] : NULL;

  return hold != NULL && hold->mapping->system == PTL_ROUTER_PROTOCOL_UPNP;
}

/* No table shows pinholes: one by UPnP is asked for again too, which confirms the one that is there. */
static gboolean
is_in_a_table (const PtlHolding *holding)
{
  return is_by_upnp (holding) && !holding->ipv6;
}

static gboolean
was_listed (const PtlHolding *holding)
{
  return holding->holds->len > 0 && ((const PtlHold *) holding->holds->pdata[0])->listed;
}

static int
by_age (gconstpointer a, gconstpointer b)
{
  const PtlHolding *const *x = a, *const *y = b;

  return (*x)->granted_boot_us < (*y)->granted_boot_us ? -1 : (*x)->granted_boot_us > (*y)->granted_boot_us;
}

/* A table need not show what another protocol than UPnP mapped, and some show what their firewall has lost. PCP and
 * NAT-PMP are asked for it again with a datagram, which a router that still has it only confirms: some of them each time,
 * the oldest first. By the epoch in the answer a router tells besides that it lost its state. */
static void
make_sure (PtlKeeper *self, GPtrArray *holdings)
{
  g_ptr_array_sort (holdings, by_age);
  for (guint i = 0; i < MIN (holdings->len, CONFIRMED_AT_A_TIME); i++)
    ptl_keeper_renew (self, holdings->pdata[i], TRUE);
}

static void
compare (PtlKeeper *self, PtlRouter *router, GPtrArray *entries)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  gint64 now = ptl_clock_get_wall (self->clock);
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    {
      if (holding->busy || holding->degraded || ptl_keeper_get_router (self, holding) != router)
        continue;
      if (entries != NULL && any_missing (holding, entries, now))
        ptl_keeper_lose (self, holding, _("The router's table does not show it any more."), 0);
      else if (!is_in_a_table (holding))
        {
          holding->unseen = entries != NULL && !was_listed (holding);
          g_ptr_array_add (others, holding);
        }
    }
  make_sure (self, others);
  ptl_keeper_schedule (self);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlKeeper *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = ptl_router_list_finish (PTL_ROUTER (source), result, &error);

  /* The worker is ending. */
  if (self->holdings == NULL)
    {
      g_task_return_new_error (task, PTL_ERROR, PTL_ERROR_CANCELLED, "%s", _("The worker is ending."));
      return;
    }
  /* A router that is silent just now is not one that lost its table. */
  if (entries != NULL || g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED))
    compare (self, PTL_ROUTER (source), entries);
  if (entries != NULL)
    ptl_keeper_emit_listed (self, PTL_ROUTER (source), entries);
  if (entries != NULL)
    g_task_return_pointer (task, g_steal_pointer (&entries), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
ptl_keeper_look_async (PtlKeeper *self, PtlRouter *router, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, ptl_keeper_look_async);
  ptl_router_list_async (router, NULL, on_listed, task);
}

GPtrArray *
ptl_keeper_look_finish (PtlKeeper *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
has_table (PtlRouter *router)
{
  const char *const *protocols = ptl_router_get_protocols (router);

  return protocols != NULL && g_strv_contains (protocols, "upnp");
}

gboolean
ptl_keeper_has_audits (PtlKeeper *self)
{
  GHashTableIter iter;
  gpointer router;

  if (g_hash_table_size (self->holdings) > 0)
    return TRUE;
  g_hash_table_iter_init (&iter, self->routers);
  while (g_hash_table_iter_next (&iter, &router, NULL))
    if (has_table (router))
      return TRUE;
  return FALSE;
}

void
ptl_keeper_audit (PtlKeeper *self)
{
  g_autoptr (GHashTable) asked = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  GHashTableIter iter;
  PtlHolding *holding;
  PtlRouter *router;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    if ((router = ptl_keeper_get_router (self, holding)) != NULL)
      g_hash_table_add (asked, g_object_ref (router));
  g_hash_table_iter_init (&iter, self->routers);
  while (g_hash_table_iter_next (&iter, (gpointer *) &router, NULL))
    if (has_table (router))
      g_hash_table_add (asked, g_object_ref (router));
  g_hash_table_iter_init (&iter, asked);
  while (g_hash_table_iter_next (&iter, (gpointer *) &router, NULL))
    {
      ptl_keeper_look_async (self, router, NULL, NULL);
      /* Its public address and its epoch, by one datagram where it can be. */
      ptl_router_probe_async (router, NULL, NULL, NULL);
    }
}
