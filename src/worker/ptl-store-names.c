/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-names.h"

#include "ptl-store-private.h"

static void
add_course (PtlStoreSql *query, const PtlDynamicName *name)
{
  ptl_store_sql_add_text (query, name->published_ipv4);
  ptl_store_sql_add_text (query, name->published_ipv6);
  ptl_store_sql_add_int (query, name->last_update);
  ptl_store_sql_add_int (query, name->not_before);
  ptl_store_sql_add_int (query, name->tries);
  ptl_store_sql_add_int (query, name->told_to_wait);
  ptl_store_sql_add_int (query, name->stopped);
  ptl_store_sql_add_text (query, name->message);
  ptl_store_sql_add_text (query, name->advice);
}

gboolean
ptl_store_put_name (PtlStore *self, const PtlDynamicName *name, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (
          &query, self,
          "INSERT INTO dynamic_name (id, hostname, provider, server, user, success, ipv4, ipv6, "
          "refresh_days, published_ipv4, published_ipv6, last_update, not_before, tries, "
          "told_to_wait, stopped, message, advice) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
          "?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET hostname = excluded.hostname, provider = "
          "excluded.provider, server = excluded.server, user = excluded.user, success = "
          "excluded.success, ipv4 = excluded.ipv4, ipv6 = excluded.ipv6, refresh_days = "
          "excluded.refresh_days, published_ipv4 = excluded.published_ipv4, published_ipv6 = "
          "excluded.published_ipv6, last_update = excluded.last_update, not_before = "
          "excluded.not_before, tries = excluded.tries, told_to_wait = excluded.told_to_wait, "
          "stopped = excluded.stopped, message = excluded.message, advice = excluded.advice",
          error))
    return FALSE;
  ptl_store_sql_add_text (&query, name->id);
  ptl_store_sql_add_text (&query, name->hostname);
  ptl_store_sql_add_text (&query, name->provider);
  ptl_store_sql_add_text (&query, name->server);
  ptl_store_sql_add_text (&query, name->user);
  ptl_store_sql_add_text (&query, name->success);
  ptl_store_sql_add_int (&query, name->ipv4);
  ptl_store_sql_add_int (&query, name->ipv6);
  ptl_store_sql_add_int (&query, name->refresh_days);
  add_course (&query, name);
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_delete_name (PtlStore *self, const char *id, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self, "DELETE FROM dynamic_name WHERE id = ?", error))
    return FALSE;
  ptl_store_sql_add_text (&query, id);
  return ptl_store_sql_run (&query, error);
}

static void
replace (char **text, char *with)
{
  g_free (*text);
  *text = with;
}

static PtlDynamicName *
read_name (PtlStoreSql *query)
{
  PtlDynamicName *name = ptl_dynamic_name_new ();

  replace (&name->id, ptl_store_sql_dup_text (query));
  replace (&name->hostname, ptl_store_sql_dup_text (query));
  replace (&name->provider, ptl_store_sql_dup_text (query));
  replace (&name->server, ptl_store_sql_dup_text (query));
  replace (&name->user, ptl_store_sql_dup_text (query));
  replace (&name->success, ptl_store_sql_dup_text (query));
  name->ipv4 = ptl_store_sql_get_int (query) != 0;
  name->ipv6 = ptl_store_sql_get_int (query) != 0;
  name->refresh_days = (guint) ptl_store_sql_get_int (query);
  replace (&name->published_ipv4, ptl_store_sql_dup_text (query));
  replace (&name->published_ipv6, ptl_store_sql_dup_text (query));
  name->last_update = ptl_store_sql_get_int (query);
  name->not_before = ptl_store_sql_get_int (query);
  name->tries = (guint) ptl_store_sql_get_int (query);
  name->told_to_wait = ptl_store_sql_get_int (query) != 0;
  name->stopped = ptl_store_sql_get_int (query) != 0;
  replace (&name->message, ptl_store_sql_dup_text (query));
  replace (&name->advice, ptl_store_sql_dup_text (query));
  return name;
}

GPtrArray *
ptl_store_list_names (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) names
      = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_dynamic_name_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (
          &query, self,
          "SELECT id, hostname, provider, server, user, success, ipv4, ipv6, refresh_days, "
          "published_ipv4, published_ipv6, last_update, not_before, tries, told_to_wait, stopped, "
          "message, advice FROM dynamic_name ORDER BY hostname",
          error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    g_ptr_array_add (names, read_name (&query));
  if (problem == NULL)
    return g_steal_pointer (&names);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}
