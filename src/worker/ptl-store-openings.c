/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-openings.h"

#include "ptl-store-private.h"

PtlOpeningRecord *
ptl_opening_record_new (const char *rule_id, const PtlFirewallOpening *opening, gint64 ends, const char *instance)
{
  PtlOpeningRecord *self = g_new0 (PtlOpeningRecord, 1);

  self->rule_id = g_strdup (rule_id);
  self->opening = ptl_firewall_opening_copy (opening);
  self->ends = ends;
  self->instance = g_strdup (instance);
  return self;
}

void
ptl_opening_record_free (PtlOpeningRecord *self)
{
  g_free (self->rule_id);
  ptl_firewall_opening_free (self->opening);
  g_free (self->instance);
  g_free (self);
}

static void
add_key (PtlStoreSql *query, const PtlOpeningRecord *record)
{
  const PtlFirewallOpening *opening = record->opening;

  ptl_store_sql_add_text (query, record->rule_id);
  ptl_store_sql_add_text (query, opening->zone);
  ptl_store_sql_add_text (query, ptl_protocol_to_string (opening->protocol));
  ptl_store_sql_add_int (query, opening->first);
  ptl_store_sql_add_int (query, opening->last);
  ptl_store_sql_add_text (query, opening->source);
}

gboolean
ptl_store_put_opening (PtlStore *self, const PtlOpeningRecord *record, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "INSERT OR REPLACE INTO opening (rule_id, zone, protocol, first, last, "
                              "source, at, ends, instance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              error))
    return FALSE;
  add_key (&query, record);
  ptl_store_sql_add_int (&query, record->at);
  ptl_store_sql_add_int (&query, record->ends);
  ptl_store_sql_add_text (&query, record->instance);
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_delete_opening (PtlStore *self, const PtlOpeningRecord *record, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "DELETE FROM opening WHERE rule_id = ? AND zone = ? AND protocol = ? "
                              "AND first = ? AND last = ? AND source = ?",
                              error))
    return FALSE;
  add_key (&query, record);
  return ptl_store_sql_run (&query, error);
}

/* NULL: a word that no version ever wrote. */
static PtlOpeningRecord *
read_record (PtlStoreSql *query)
{
  g_autofree char *rule_id = ptl_store_sql_dup_text (query);
  g_autofree char *zone = ptl_store_sql_dup_text (query);
  g_autofree char *source = NULL;
  g_autofree char *instance = NULL;
  g_autoptr (PtlFirewallOpening) opening = NULL;
  PtlOpeningRecord *record;
  PtlProtocol protocol;
  gint64 first, last, at, ends;

  if (!ptl_protocol_from_string (ptl_store_sql_get_text (query), &protocol, NULL))
    return NULL;
  first = ptl_store_sql_get_int (query);
  last = ptl_store_sql_get_int (query);
  source = ptl_store_sql_dup_text (query);
  at = ptl_store_sql_get_int (query);
  ends = ptl_store_sql_get_int (query);
  instance = ptl_store_sql_dup_text (query);
  if (first < 1 || last < first || last > G_MAXUINT16)
    return NULL;
  opening = ptl_firewall_opening_new (zone, protocol, (guint16) first, (guint16) last, source);
  record = ptl_opening_record_new (rule_id, opening, ends, instance);
  record->at = at;
  return record;
}

GPtrArray *
ptl_store_list_openings (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) records
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_opening_record_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT rule_id, zone, protocol, first, last, source, at, ends, instance "
                              "FROM opening ORDER BY rule_id",
                              error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    {
      PtlOpeningRecord *record = read_record (&query);

      if (record != NULL)
        g_ptr_array_add (records, record);
    }
  if (problem == NULL)
    return g_steal_pointer (&records);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
