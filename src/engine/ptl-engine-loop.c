/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-engine-private.h"
#include "ptl-sockaddr.h"

/* Forwards that lead to each other in a ring: a connection to one of them would go round until no descriptor is left, and
 * a datagram for ever. Names are not followed, for where they lead may change at any time. */

typedef struct
{
  PtlEngine *engine;
  const PtlEndpoint *home; /* where the one that is looked at listens */
  GHashTable *seen;        /* of PtlEngineEntry: those that it leads to */
} Search;

static gboolean
covers (const PtlEndpoint *listen, const PtlEndpoint *target)
{
  PtlSockaddr here, there;

  return !target->path && (listen->protocol & target->protocol) != 0 && target->first <= listen->last
         && target->last >= listen->first
         && ptl_sockaddr_parse (&here, ptl_sockaddr_get_listen_host (listen->host), 0)
         && ptl_sockaddr_parse (&there, ptl_sockaddr_get_listen_host (target->host), 0)
         && ptl_sockaddr_covers (&here, &there);
}

static gboolean
listens_at (const PtlEngineEntry *entry, const PtlEndpoint *target)
{
  for (guint i = 0; i < entry->places->len; i++)
    if (covers (((const PtlEnginePlace *) entry->places->pdata[i])->listen, target))
      return TRUE;
  return FALSE;
}

static gboolean leads_home (Search *self, const PtlForward *forward);

static gboolean
target_leads_home (Search *self, const PtlEndpoint *target)
{
  GHashTableIter iter;
  gpointer entry;

  if (covers (self->home, target))
    return TRUE;
  g_hash_table_iter_init (&iter, ptl_engine_get_entries (self->engine));
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    if (listens_at (entry, target) && g_hash_table_add (self->seen, entry)
        && leads_home (self, ((PtlEngineEntry *) entry)->forward))
      return TRUE;
  return FALSE;
}

static gboolean
leads_home (Search *self, const PtlForward *forward)
{
  const GPtrArray *further = forward->options->targets;

  if (target_leads_home (self, forward->target))
    return TRUE;
  for (guint i = 0; i < further->len; i++)
    if (target_leads_home (self, ((const PtlTarget *) further->pdata[i])->endpoint))
      return TRUE;
  return FALSE;
}

gboolean
ptl_engine_check_no_ring (PtlEngine *self, const char *id, const PtlForward *forward, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  Search search = { .engine = self, .home = forward->listen, .seen = seen };
  gpointer own = g_hash_table_lookup (ptl_engine_get_entries (self), id);

  if (own)
    g_hash_table_add (seen, own);
  if (forward->listen->first == 0 || !leads_home (&search, forward))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_TARGET, _("Choose another target, or change the other rule first."),
                 _("The target is a port that another rule forwards back to this one: it would go round and "
                   "round."));
  return FALSE;
}
