/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-keeper-private.h"

/* Once a minute each router that holds something is asked for its table; where that cannot tell, how it is: by its epoch a
 * router shows that it lost its state. */
typedef struct
{
  PtlKeeper *keeper;
  char *router_id;
} Audit;

static void
audit_free (Audit *audit)
{
  g_object_unref (audit->keeper);
  g_free (audit->router_id);
  g_free (audit);
}

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
is_listed (const PtlHolding *holding)
{
  const PtlHold *hold = holding->holds->len > 0 ? holding->holds->pdata[0] : NULL;

  return hold != NULL && (hold->listed || hold->mapping->system == PTL_ROUTER_PROTOCOL_UPNP);
}

static void
compare (PtlKeeper *self, PtlRouter *router, GPtrArray *entries)
{
  gint64 now = ptl_clock_get_wall (self->clock);
  gboolean probe = entries == NULL;
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    {
      if (holding->busy || holding->degraded || ptl_keeper_get_router (self, holding) != router)
        continue;
      if (entries != NULL && any_missing (holding, entries, now))
        ptl_keeper_renew_soon (self, holding, 0, TRUE);
      probe = probe || !is_listed (holding);
    }
  if (probe)
    ptl_router_probe_async (router, NULL, NULL, NULL);
  ptl_keeper_schedule (self);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  Audit *audit = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = ptl_router_list_finish (PTL_ROUTER (source), result, &error);

  /* A router that is silent just now is not one that lost its table. */
  if (entries != NULL || g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED))
    compare (audit->keeper, PTL_ROUTER (source), entries);
  audit_free (audit);
}

void
ptl_keeper_audit (PtlKeeper *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  PtlHolding *holding;

  g_hash_table_iter_init (&iter, self->holdings);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &holding))
    {
      PtlRouter *router = ptl_keeper_get_router (self, holding);
      Audit *audit;

      if (router == NULL || !g_hash_table_add (seen, router))
        continue;
      audit = g_new (Audit, 1);
      audit->keeper = g_object_ref (self);
      audit->router_id = g_strdup (holding->router_id);
      ptl_router_list_async (router, NULL, on_listed, audit);
    }
}
