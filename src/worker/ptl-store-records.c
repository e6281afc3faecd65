/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-store-private.h"

/* The small ones: intents, debts, relays, what is remembered of routers. */

PtlDebt *
ptl_debt_new (const char *rule_id, const PtlLease *lease)
{
  PtlDebt *self = g_new0 (PtlDebt, 1);

  self->id = g_uuid_string_random ();
  self->rule_id = g_strdup (rule_id);
  self->lease = ptl_lease_copy (lease);
  self->message = g_strdup ("");
  return self;
}

void
ptl_debt_free (PtlDebt *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->rule_id);
  ptl_lease_free (self->lease);
  g_free (self->message);
  g_free (self);
}

PtlIntent *
ptl_intent_new (const char *rule_id, const char *action)
{
  PtlIntent *self = g_new0 (PtlIntent, 1);

  self->rule_id = g_strdup (rule_id);
  self->action = g_strdup (action);
  self->leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  return self;
}

void
ptl_intent_free (PtlIntent *self)
{
  if (self == NULL)
    return;
  g_free (self->rule_id);
  g_free (self->action);
  g_clear_pointer (&self->leases, g_ptr_array_unref);
  g_free (self);
}

static gboolean
delete_by_id (PtlStore *self, const char *sql, const char *id, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error) || !ptl_store_sql_init (&query, self, sql, error))
    return FALSE;
  ptl_store_sql_add_text (&query, id);
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_put_intent (PtlStore *self, const PtlIntent *intent, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "INSERT INTO intent (rule_id, action, at) VALUES (?, ?, ?) ON "
                              "CONFLICT (rule_id) "
                              "DO UPDATE SET action = excluded.action, at = excluded.at",
                              error))
    return FALSE;
  ptl_store_sql_add_text (&query, intent->rule_id);
  ptl_store_sql_add_text (&query, intent->action);
  ptl_store_sql_add_int (&query, intent->at != 0 ? intent->at : ptl_clock_get_wall (self->clock));
  return ptl_store_sql_run (&query, error)
         && ptl_store_put_leases (self, PTL_STORE_LEASES_INTENT, intent->rule_id, intent->leases,
                                  error);
}

gboolean
ptl_store_delete_intent (PtlStore *self, const char *rule_id, GError **error)
{
  return delete_by_id (self, "DELETE FROM intent WHERE rule_id = ?", rule_id, error);
}

GPtrArray *
ptl_store_list_intents (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) intents = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_intent_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT rule_id, action, at FROM intent ORDER BY at, rule_id", error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    {
      PtlIntent *intent = ptl_intent_new (ptl_store_sql_get_text (&query), "");

      g_ptr_array_add (intents, intent);
      g_free (intent->action);
      intent->action = ptl_store_sql_dup_text (&query);
      intent->at = ptl_store_sql_get_int (&query);
    }
  for (guint i = 0; i < intents->len && problem == NULL; i++)
    {
      PtlIntent *intent = g_ptr_array_index (intents, i);

      g_clear_pointer (&intent->leases, g_ptr_array_unref);
      intent->leases
          = ptl_store_list_leases (self, PTL_STORE_LEASES_INTENT, intent->rule_id, &problem);
    }
  if (problem == NULL)
    return g_steal_pointer (&intents);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
ptl_store_put_debt (PtlStore *self, const PtlDebt *debt, GError **error)
{
  g_autoptr (GPtrArray) leases = g_ptr_array_new ();
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (
          &query, self,
          "INSERT INTO debt (id, rule_id, since, ends, tries, message) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO UPDATE SET rule_id = excluded.rule_id, since = excluded.since, "
          "ends = excluded.ends, tries = excluded.tries, message = excluded.message",
          error))
    return FALSE;
  ptl_store_sql_add_text (&query, debt->id);
  ptl_store_sql_add_text (&query, debt->rule_id);
  ptl_store_sql_add_int (&query, debt->since);
  ptl_store_sql_add_int (&query, debt->ends);
  ptl_store_sql_add_int (&query, debt->tries);
  ptl_store_sql_add_text (&query, debt->message != NULL ? debt->message : "");
  g_ptr_array_add (leases, debt->lease);
  return ptl_store_sql_run (&query, error)
         && ptl_store_put_leases (self, PTL_STORE_LEASES_DEBT, debt->id, leases, error);
}

gboolean
ptl_store_delete_debt (PtlStore *self, const char *id, GError **error)
{
  return delete_by_id (self, "DELETE FROM debt WHERE id = ?", id, error);
}

static PtlDebt *
read_debt (PtlStoreSql *query)
{
  PtlDebt *debt = g_new0 (PtlDebt, 1);

  debt->id = ptl_store_sql_dup_text (query);
  debt->rule_id = ptl_store_sql_dup_text (query);
  debt->since = ptl_store_sql_get_int (query);
  debt->ends = ptl_store_sql_get_int (query);
  debt->tries = (guint) ptl_store_sql_get_int (query);
  debt->message = ptl_store_sql_dup_text (query);
  return debt;
}

GPtrArray *
ptl_store_list_debts (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) debts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_debt_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT id, rule_id, since, ends, tries, message FROM debt ORDER BY "
                              "since, id",
                              error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    g_ptr_array_add (debts, read_debt (&query));
  for (guint i = 0; i < debts->len && problem == NULL; i++)
    {
      PtlDebt *debt = g_ptr_array_index (debts, i);
      g_autoptr (GPtrArray) leases
          = ptl_store_list_leases (self, PTL_STORE_LEASES_DEBT, debt->id, &problem);

      if (leases != NULL)
        debt->lease = leases->len > 0 ? ptl_lease_copy (g_ptr_array_index (leases, 0))
                                      : ptl_lease_new ("", "");
    }
  if (problem == NULL)
    return g_steal_pointer (&debts);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gboolean
ptl_store_put_relay (PtlStore *self, const PtlRelay *relay, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error)
      || !ptl_store_sql_init (
          &query, self,
          "INSERT INTO relay (id, name, host, port, user, key_file) VALUES (?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO UPDATE SET name = excluded.name, host = excluded.host, "
          "port = excluded.port, user = excluded.user, key_file = excluded.key_file",
          error))
    return FALSE;
  ptl_store_sql_add_text (&query, relay->id);
  ptl_store_sql_add_text (&query, relay->name);
  ptl_store_sql_add_text (&query, relay->host);
  ptl_store_sql_add_int (&query, relay->port);
  ptl_store_sql_add_text (&query, relay->user);
  ptl_store_sql_add_text (&query, relay->key_file != NULL ? relay->key_file : "");
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_delete_relay (PtlStore *self, const char *id, GError **error)
{
  return delete_by_id (self, "DELETE FROM relay WHERE id = ?", id, error);
}

static void
replace (char **text, char *with)
{
  g_free (*text);
  *text = with;
}

static PtlRelay *
read_relay (PtlStoreSql *query)
{
  PtlRelay *relay = ptl_relay_new ();

  replace (&relay->id, ptl_store_sql_dup_text (query));
  replace (&relay->name, ptl_store_sql_dup_text (query));
  replace (&relay->host, ptl_store_sql_dup_text (query));
  relay->port = (guint16) ptl_store_sql_get_int (query);
  replace (&relay->user, ptl_store_sql_dup_text (query));
  replace (&relay->key_file, ptl_store_sql_dup_text (query));
  return relay;
}

GPtrArray *
ptl_store_list_relays (PtlStore *self, GError **error)
{
  g_autoptr (GPtrArray) relays = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_relay_free);
  g_autoptr (GError) problem = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT id, name, host, port, user, key_file FROM relay ORDER BY "
                              "name",
                              error))
    return NULL;
  while (ptl_store_sql_next (&query, &problem))
    g_ptr_array_add (relays, read_relay (&query));
  if (problem == NULL)
    return g_steal_pointer (&relays);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* One text of a row that is found by its key; "" where there is none. */
static char *
dup_by_key (PtlStore *self, const char *sql, const char *key)
{
  PtlStoreSql query;
  char *text = NULL;

  if (self->db == NULL || !ptl_store_sql_init (&query, self, sql, NULL))
    return g_strdup ("");
  ptl_store_sql_add_text (&query, key);
  if (ptl_store_sql_next (&query, NULL))
    text = ptl_store_sql_dup_text (&query);
  ptl_store_sql_reset (&query);
  return text != NULL ? text : g_strdup ("");
}

static gboolean
put_by_key (PtlStore *self, const char *sql, const char *key, const char *text, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error) || !ptl_store_sql_init (&query, self, sql, error))
    return FALSE;
  ptl_store_sql_add_text (&query, key);
  ptl_store_sql_add_text (&query, text);
  return ptl_store_sql_run (&query, error);
}

gboolean
ptl_store_put_router (PtlStore *self, const char *id, const char *protocol, GError **error)
{
  return put_by_key (self,
                     "INSERT INTO router (id, protocol) VALUES (?, ?) "
                     "ON CONFLICT (id) DO UPDATE SET protocol = excluded.protocol",
                     id, protocol, error);
}

char *
ptl_store_dup_router_protocol (PtlStore *self, const char *id)
{
  return dup_by_key (self, "SELECT protocol FROM router WHERE id = ?", id);
}

gboolean
ptl_store_put_setting (PtlStore *self, const char *key, const char *value, GError **error)
{
  return put_by_key (self,
                     "INSERT INTO setting (key, value) VALUES (?, ?) "
                     "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                     key, value, error);
}

char *
ptl_store_dup_setting (PtlStore *self, const char *key)
{
  return dup_by_key (self, "SELECT value FROM setting WHERE key = ?", key);
}
