/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-keeper-private.h"

#define CONFIRMED_AT_A_TIME 16

/* Once a minute each router that holds something is asked for its table, and what that cannot tell is made sure of. */
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
        ptl_keeper_renew_soon (self, holding, 0, TRUE);
      else if (!is_by_upnp (holding))
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
      /* Its public address and its epoch, by one datagram where it can be. */
      ptl_router_probe_async (router, NULL, NULL, NULL);
    }
}
