/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-text.h"
#include "ptl-store-private.h"

#define COLUMNS "seq, at, who, what, rule_id, result, detail, hash"
#define VERIFY_PAGE 1000

#define WHO_MAX_CHARS 200
#define WORD_MAX_CHARS 40
#define DETAIL_MAX_CHARS 1000

static void
replace (char **text, char *with)
{
  g_free (*text);
  *text = with;
}

/* Texts may come from routers and callers: the log is shown in terminals, too. */
static PtlEvent *
make_event (PtlStore *self,
            const char *who,
            const char *what,
            const char *rule_id,
            const char *result,
            const char *detail)
{
  PtlEvent *event = ptl_event_new ();

  event->seq = self->last_seq + 1;
  event->at = ptl_clock_get_wall (self->clock);
  replace (&event->who, ptl_text_make_safe (who, -1, WHO_MAX_CHARS));
  replace (&event->what, ptl_text_make_safe (what, -1, WORD_MAX_CHARS));
  replace (&event->rule_id, ptl_text_make_safe (rule_id, -1, WORD_MAX_CHARS));
  replace (&event->result, ptl_text_make_safe (result, -1, WORD_MAX_CHARS));
  replace (&event->detail, ptl_text_make_safe (detail, -1, DETAIL_MAX_CHARS));
  replace (&event->hash, ptl_event_compute_hash (event, self->last_hash));
  return event;
}

gboolean
ptl_store_add_event (PtlStore *self,
                     const char *who,
                     const char *what,
                     const char *rule_id,
                     const char *result,
                     const char *detail,
                     GError **error)
{
  g_autoptr (PtlEvent) event = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "INSERT INTO event (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                              error))
    return FALSE;
  event = make_event (self, who, what, rule_id, result, detail);
  ptl_store_sql_add_int (&query, event->seq);
  ptl_store_sql_add_int (&query, event->at);
  ptl_store_sql_add_text (&query, event->who);
  ptl_store_sql_add_text (&query, event->what);
  ptl_store_sql_add_text (&query, event->rule_id);
  ptl_store_sql_add_text (&query, event->result);
  ptl_store_sql_add_text (&query, event->detail);
  ptl_store_sql_add_text (&query, event->hash);
  if (!ptl_store_sql_run (&query, error))
    return FALSE;
  self->last_seq = event->seq;
  replace (&self->last_hash, g_strdup (event->hash));
  g_ptr_array_add (self->new_events, g_steal_pointer (&event));
  return TRUE;
}

static PtlEvent *
read_event (PtlStoreSql *query)
{
  PtlEvent *event = g_new0 (PtlEvent, 1);

  event->seq = ptl_store_sql_get_int (query);
  event->at = ptl_store_sql_get_int (query);
  event->who = ptl_store_sql_dup_text (query);
  event->what = ptl_store_sql_dup_text (query);
  event->rule_id = ptl_store_sql_dup_text (query);
  event->result = ptl_store_sql_dup_text (query);
  event->detail = ptl_store_sql_dup_text (query);
  event->hash = ptl_store_sql_dup_text (query);
  return event;
}

static GPtrArray *
read_events (PtlStoreSql *query, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_event_free);
  g_autoptr (GError) problem = NULL;

  while (ptl_store_sql_next (query, &problem))
    g_ptr_array_add (events, read_event (query));
  if (problem == NULL)
    return g_steal_pointer (&events);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

GPtrArray *
ptl_store_list_events (PtlStore *self,
                       const char *rule_id,
                       gint64 before,
                       guint limit,
                       GError **error)
{
  gboolean all = rule_id == NULL || *rule_id == '\0';
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              all ? "SELECT " COLUMNS
                                    " FROM event WHERE seq < ? ORDER BY seq DESC LIMIT ?"
                                  : "SELECT " COLUMNS " FROM event WHERE rule_id = ? AND seq < ? "
                                    "ORDER BY seq DESC LIMIT ?",
                              error))
    return NULL;
  if (!all)
    ptl_store_sql_add_text (&query, rule_id);
  ptl_store_sql_add_int (&query, before > 0 ? before : G_MAXINT64);
  ptl_store_sql_add_int (&query, limit);
  return read_events (&query, error);
}

static GPtrArray *
list_page (PtlStore *self, gint64 after, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_sql_init (&query, self,
                           "SELECT " COLUMNS " FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
                           error))
    return NULL;
  ptl_store_sql_add_int (&query, after);
  ptl_store_sql_add_int (&query, VERIFY_PAGE);
  return read_events (&query, error);
}

typedef struct
{
  gint64 seq;
  char *hash;
  gint64 bad;
} Walk;

/* FALSE: found where the chain breaks. */
static gboolean
walk_page (Walk *walk, GPtrArray *events)
{
  for (guint i = 0; i < events->len; i++)
    {
      const PtlEvent *event = g_ptr_array_index (events, i);
      g_autofree char *hash = ptl_event_compute_hash (event, walk->hash);

      if (event->seq != walk->seq + 1 || g_strcmp0 (hash, event->hash) != 0)
        {
          walk->bad = walk->seq + 1;
          return FALSE;
        }
      walk->seq = event->seq;
      replace (&walk->hash, g_steal_pointer (&hash));
    }
  return TRUE;
}

gboolean
ptl_store_verify_log (PtlStore *self, gint64 *count, gint64 *bad_seq, GError **error)
{
  g_autofree char *hash = g_strdup ("");
  Walk walk = { .hash = NULL };
  gboolean more = TRUE;

  if (!ptl_store_check_readable (self, error))
    return FALSE;
  walk.hash = g_steal_pointer (&hash);
  while (more)
    {
      g_autoptr (GPtrArray) page = list_page (self, walk.seq, error);

      if (page == NULL)
        {
          g_free (walk.hash);
          return FALSE;
        }
      more = walk_page (&walk, page) && page->len == VERIFY_PAGE;
    }
  /* Whole as far as it goes, but shorter than it was. */
  if (walk.bad == 0 && walk.seq < self->last_seq)
    walk.bad = walk.seq + 1;
  g_free (walk.hash);
  *count = ptl_store_get_n_events (self);
  *bad_seq = walk.bad;
  return TRUE;
}

gint64
ptl_store_get_n_events (PtlStore *self)
{
  return ptl_store_sql_query_int (self, "SELECT count (*) FROM event");
}

/* The next number follows the highest ever given: where the log was cut, the gap stays to be seen.
 */
gboolean
ptl_store_load_log_end (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) last = ptl_store_list_events (self, NULL, 0, 1, error);
  gint64 highest;

  if (last == NULL)
    return FALSE;
  highest = ptl_store_sql_query_int (self, "SELECT seq FROM sqlite_sequence WHERE name = 'event'");
  self->last_seq = last->len > 0 ? ((PtlEvent *) g_ptr_array_index (last, 0))->seq : 0;
  replace (&self->last_hash,
           g_strdup (last->len > 0 ? ((PtlEvent *) g_ptr_array_index (last, 0))->hash : ""));
  self->last_seq = MAX (self->last_seq, highest);
  self->committed_seq = self->last_seq;
  replace (&self->committed_hash, g_strdup (self->last_hash));
  return TRUE;
}
