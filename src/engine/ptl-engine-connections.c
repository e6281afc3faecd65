/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-private.h"
#include "ptl-engine-stats.h"
#include "ptl-walk.h"

void
ptl_engine_walk (PtlEngine *self, const PtlEngineEntry *entry, PtlWalk *walk)
{
  walk->serials = (const gint64 *) (gpointer) entry->sites->data;
  walk->n_serials = entry->sites->len;
  while (!ptl_walk_is_over (walk, ptl_engine_get_n_threads (self)))
    ptl_engine_call (self, ptl_walk_step, walk);
}

/* The list of them */

static void
note_record (PtlWalk *walk, PtlSite *site, PtlConnection *connection)
{
  GArray *found = ptl_walk_get_walker (walk, site)->found;
  guint n = found->len;

  g_array_set_size (found, n + 1);
  ptl_connection_record (connection, site, &g_array_index (found, PtlConnectionRecord, n));
}

static int
compare_records (gconstpointer a, gconstpointer b)
{
  const PtlConnectionRecord *x = a, *y = b;

  return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

static PtlConnectionStats *
describe (const PtlConnectionRecord *record)
{
  PtlConnectionStats *stats = g_new0 (PtlConnectionStats, 1);

  stats->id = record->id;
  stats->protocol = record->protocol;
  stats->source = ptl_address_describe_with_port (&record->source, record->port);
  stats->target = record->to.family != 0
                      ? ptl_address_describe_with_port (&record->to, record->to_port)
                      : g_strdup (record->path);
  stats->age_us = record->age_us;
  stats->idle_us = record->idle_us;
  stats->bytes_in = record->bytes_in;
  stats->bytes_out = record->bytes_out;
  return stats;
}

static GArray *
gather_records (PtlEngine *self, const PtlEngineEntry *entry, guint limit)
{
  guint n_threads = ptl_engine_get_n_threads (self);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (PtlConnectionRecord));
  PtlWalk walk = { .limit = limit, .func = note_record };

  for (guint i = 0; i < n_threads; i++)
    walk.walkers[i].found = g_array_new (FALSE, FALSE, sizeof (PtlConnectionRecord));
  ptl_engine_walk (self, entry, &walk);
  for (guint i = 0; i < n_threads; i++)
    {
      g_autoptr (GArray) found = walk.walkers[i].found;

      g_array_append_vals (all, found->data, found->len);
    }
  g_array_sort (all, compare_records);
  return all;
}

GPtrArray *
ptl_engine_list_connections (PtlEngine *self, const char *id, guint limit)
{
  const PtlEngineEntry *entry = ptl_engine_get_entry (self, id);
  GPtrArray *list;
  g_autoptr (GArray) records = NULL;

  if (!entry)
    return NULL;
  limit = limit ? limit : G_MAXUINT;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_connection_stats_free);
  records = gather_records (self, entry, limit);
  for (guint i = 0; i < MIN (records->len, limit); i++)
    g_ptr_array_add (list, describe (&g_array_index (records, PtlConnectionRecord, i)));
  return list;
}

/* Ending them */

/* Which: by id (sorted), by source, or all. */
typedef struct
{
  GArray *ids;
  const PtlNetwork *source;
  gboolean cut; /* or only count */
} Choice;

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  const guint64 *x = a, *y = b;

  return x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0;
}

static gboolean
is_meant (const Choice *choice, const PtlConnection *connection)
{
  PtlConnectionEnds ends;

  if (choice->ids)
    return g_array_binary_search (choice->ids, &connection->id, compare_ids, NULL);
  if (!choice->source)
    return TRUE;
  ptl_connection_get_ends (connection, &ends);
  return ptl_network_contains (choice->source, ends.source.family, ends.source.bytes);
}

static void
choose (PtlWalk *walk, PtlSite *site, PtlConnection *connection)
{
  const Choice *choice = walk->data;
  PtlWalker *walker = ptl_walk_get_walker (walk, site);

  if (!is_meant (choice, connection))
    return;
  walker->found = GUINT_TO_POINTER (GPOINTER_TO_UINT (walker->found) + 1);
  if (choice->cut)
    ptl_connection_cut (connection);
}

static guint
choose_among (PtlEngine *self, const char *id, const Choice *choice)
{
  const PtlEngineEntry *entry = ptl_engine_get_entry (self, id);
  PtlWalk walk = { .limit = G_MAXUINT, .func = choose, .data = choice };
  guint n = 0;

  if (!entry)
    return 0;
  ptl_engine_walk (self, entry, &walk);
  for (guint i = 0; i < ptl_engine_get_n_threads (self); i++)
    n += GPOINTER_TO_UINT (walk.walkers[i].found);
  return n;
}

static guint
choose_by_id (PtlEngine *self, const char *id, const guint64 *connections, gsize n, gboolean cut)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint64));
  Choice choice = { .ids = connections ? ids : NULL, .cut = cut };

  g_array_append_vals (ids, connections, (guint) n);
  g_array_sort (ids, compare_ids);
  return choose_among (self, id, &choice);
}

static guint
choose_by_source (PtlEngine *self, const char *id, const char *source, gboolean cut)
{
  PtlNetwork network;
  Choice choice = { .source = &network, .cut = cut };

  return ptl_network_parse (source, &network, NULL) ? choose_among (self, id, &choice) : 0;
}

guint
ptl_engine_kick (PtlEngine *self, const char *id, const guint64 *connections, gsize n_connections)
{
  g_return_val_if_fail (PTL_IS_ENGINE (self) && id, 0);

  return choose_by_id (self, id, connections, n_connections, TRUE);
}

guint
ptl_engine_kick_source (PtlEngine *self, const char *id, const char *source)
{
  g_return_val_if_fail (PTL_IS_ENGINE (self) && id && source, 0);

  return choose_by_source (self, id, source, TRUE);
}

guint
ptl_engine_count_connections (PtlEngine *self,
                              const char *id,
                              const guint64 *connections,
                              gsize n_connections,
                              const char *source)
{
  g_return_val_if_fail (PTL_IS_ENGINE (self) && id, 0);

  return source ? choose_by_source (self, id, source, FALSE)
                : choose_by_id (self, id, connections, n_connections, FALSE);
}
