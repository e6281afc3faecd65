/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-private.h"

#define COLUMNS                                                                                    \
  "system, holder, endpoint_protocol, endpoint_host, endpoint_first, endpoint_last, "              \
  "endpoint_path, "                                                                                \
  "inner_protocol, inner_host, inner_first, inner_last, inner_path, lifetime, granted, renew, "    \
  "read_back, key"

#define INSERT(owner)                                                                              \
  "INSERT INTO lease (" owner ", position, " COLUMNS ") "                                          \
  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
#define SELECT(owner) "SELECT " COLUMNS " FROM lease WHERE " owner " = ? ORDER BY position"
#define DELETE(owner) "DELETE FROM lease WHERE " owner " = ?"

static const struct
{
  const char *insert;
  const char *select;
  const char *delete;
} statements[] = {
  [PTL_STORE_LEASES_RULE] = { INSERT ("rule_id"), SELECT ("rule_id"), DELETE ("rule_id") },
  [PTL_STORE_LEASES_INTENT] = { INSERT ("intent_id"), SELECT ("intent_id"), DELETE ("intent_id") },
  [PTL_STORE_LEASES_DEBT] = { INSERT ("debt_id"), SELECT ("debt_id"), DELETE ("debt_id") },
};

static gboolean
insert_lease (PtlStore *self,
              PtlStoreLeases of,
              const char *id,
              guint position,
              const PtlLease *lease,
              GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_sql_init (&query, self, statements[of].insert, error))
    return FALSE;
  ptl_store_sql_add_text (&query, id);
  ptl_store_sql_add_int (&query, position);
  ptl_store_sql_add_text (&query, lease->system);
  ptl_store_sql_add_text (&query, lease->holder);
  ptl_store_sql_add_endpoint (&query, lease->endpoint);
  ptl_store_sql_add_endpoint (&query, lease->inner);
  ptl_store_sql_add_int (&query, lease->lifetime);
  ptl_store_sql_add_int (&query, lease->granted);
  ptl_store_sql_add_int (&query, lease->renew);
  ptl_store_sql_add_int (&query, lease->read_back);
  ptl_store_sql_add_text (&query, lease->key != NULL ? lease->key : "");
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_put_leases (PtlStore *self,
                      PtlStoreLeases of,
                      const char *id,
                      const GPtrArray *leases,
                      GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_sql_init (&query, self, statements[of].delete, error))
    return FALSE;
  ptl_store_sql_add_text (&query, id);
  if (!ptl_store_sql_run (&query, error))
    return FALSE;
  for (guint i = 0; leases != NULL && i < leases->len; i++)
    if (!insert_lease (self, of, id, i, g_ptr_array_index (leases, i), error))
      return FALSE;
  return TRUE;
}

static PtlLease *
read_lease (PtlStoreSql *query)
{
  PtlLease *lease = g_new0 (PtlLease, 1);

  lease->system = ptl_store_sql_dup_text (query);
  lease->holder = ptl_store_sql_dup_text (query);
  lease->endpoint = ptl_store_sql_dup_endpoint (query);
  lease->inner = ptl_store_sql_dup_endpoint (query);
  lease->lifetime = ptl_store_sql_get_int (query);
  lease->granted = ptl_store_sql_get_int (query);
  lease->renew = ptl_store_sql_get_int (query);
  lease->read_back = ptl_store_sql_get_int (query);
  lease->key = ptl_store_sql_dup_text (query);
  return lease;
}

GPtrArray *
ptl_store_list_leases (PtlStore *self, PtlStoreLeases of, const char *id, GError **error)
{
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_sql_init (&query, self, statements[of].select, error))
    return NULL;
  ptl_store_sql_add_text (&query, id);
  while (ptl_store_sql_next (&query, &problem))
    g_ptr_array_add (leases, read_lease (&query));
  if (problem == NULL)
    return g_steal_pointer (&leases);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
