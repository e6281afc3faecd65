/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "ptl-store-private.h"

#define COLUMNS                                                                                    \
  "id, kind, name, public_protocol, public_host, public_first, public_last, public_path, "         \
  "asked_port, "                                                                                   \
  "target_protocol, target_host, target_first, target_last, target_path, way, backend, owner, "    \
  "purpose, preset, override, audience, created, expires, review, closed, state, close_reason, "   \
  "error_code, error_message, error_advice, step, bytes_in, bytes_out, connections_ever, "         \
  "refused, "                                                                                      \
  "last_used, options, family, firewall, connections_peak"

/* A rule that ended keeps the time of the first write that said so, and so its place in the
 * history. */
#define PUT                                                                                        \
  "INSERT INTO rule (" COLUMNS ", ended, search) "                                                 \
  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "   \
  "?, ?, "                                                                                         \
  "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name " \
  "= "                                                                                             \
  "excluded.name, "                                                                                \
  "public_protocol = excluded.public_protocol, public_host = excluded.public_host, "               \
  "public_first = excluded.public_first, public_last = excluded.public_last, "                     \
  "public_path = excluded.public_path, asked_port = excluded.asked_port, "                         \
  "target_protocol = excluded.target_protocol, target_host = excluded.target_host, "               \
  "target_first = excluded.target_first, target_last = excluded.target_last, "                     \
  "target_path = excluded.target_path, way = excluded.way, backend = excluded.backend, "           \
  "owner = excluded.owner, purpose = excluded.purpose, preset = excluded.preset, "                 \
  "override = excluded.override, audience = excluded.audience, created = excluded.created, "       \
  "expires = excluded.expires, review = excluded.review, closed = excluded.closed, "               \
  "state = excluded.state, close_reason = excluded.close_reason, "                                 \
  "error_code = excluded.error_code, error_message = excluded.error_message, "                     \
  "error_advice = excluded.error_advice, step = excluded.step, bytes_in = excluded.bytes_in, "     \
  "bytes_out = excluded.bytes_out, connections_ever = excluded.connections_ever, "                 \
  "refused = excluded.refused, last_used = excluded.last_used, "                                   \
  "options = excluded.options, family = excluded.family, "                                         \
  "firewall = excluded.firewall, connections_peak = excluded.connections_peak, ended = CASE "      \
  "WHEN excluded.ended = 0 OR rule.ended = 0 THEN excluded.ended ELSE rule.ended END, "            \
  "search = excluded.search"

static void
add_texts (PtlStoreSql *query, const PtlRule *rule)
{
  g_auto (GStrv) networks = ptl_audience_to_strv (rule->audience);
  g_autofree char *audience = g_strjoinv (" ", networks);

  ptl_store_sql_add_text (query, ptl_way_to_string (rule->way));
  ptl_store_sql_add_text (query, rule->backend);
  ptl_store_sql_add_text (query, rule->owner);
  ptl_store_sql_add_text (query, rule->purpose);
  ptl_store_sql_add_text (query, rule->preset);
  ptl_store_sql_add_text (query, rule->override);
  ptl_store_sql_add_text (query, audience);
}

static void
add_course (PtlStoreSql *query, const PtlRule *rule)
{
  ptl_store_sql_add_int (query, rule->created);
  ptl_store_sql_add_int (query, rule->expires);
  ptl_store_sql_add_int (query, rule->review);
  ptl_store_sql_add_int (query, rule->closed);
  ptl_store_sql_add_text (query, ptl_rule_state_to_string (rule->state));
  ptl_store_sql_add_text (query, ptl_close_reason_to_string (rule->close_reason));
  ptl_store_sql_add_text (query, rule->error_code);
  ptl_store_sql_add_text (query, rule->error_message);
  ptl_store_sql_add_text (query, rule->error_advice);
  ptl_store_sql_add_text (query, rule->step);
}

static void
add_traffic (PtlStoreSql *query, const PtlTraffic *traffic)
{
  ptl_store_sql_add_int (query, (gint64) traffic->bytes_in);
  ptl_store_sql_add_int (query, (gint64) traffic->bytes_out);
  ptl_store_sql_add_int (query, (gint64) traffic->connections_ever);
  ptl_store_sql_add_int (query, (gint64) traffic->refused);
  ptl_store_sql_add_int (query, traffic->last_used);
}

static void
add_options (PtlStoreSql *query, const PtlOptions *options)
{
  g_autoptr (GVariant) variant = NULL;
  g_autofree char *text = NULL;

  if (!ptl_options_is_plain (options))
    {
      variant = g_variant_ref_sink (ptl_options_to_variant (options));
      text = g_variant_print (variant, TRUE);
    }
  ptl_store_sql_add_text (query, text != NULL ? text : "");
}

static char *
fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal != NULL ? normal : "", -1);
}

static void
add_search (PtlStoreSql *query, const PtlRule *rule)
{
  g_autofree char *public
      = rule->public_endpoint != NULL ? ptl_endpoint_to_string (rule->public_endpoint) : NULL;
  g_autofree char *target = rule->target != NULL ? ptl_endpoint_to_string (rule->target) : NULL;
  g_autofree char *all
      = g_strjoin ("\n", rule->name, rule->owner, rule->purpose, target != NULL ? target : "",
                   public != NULL ? public : "", NULL);
  g_autofree char *folded = fold (all);

  ptl_store_sql_add_text (query, folded);
}

static gint64
get_ended (PtlStore *self, const PtlRule *rule)
{
  if (ptl_rule_is_living (rule))
    return 0;
  return rule->closed > 0 ? rule->closed : MAX (ptl_clock_get_wall (self->clock), 1);
}

gboolean
ptl_store_put_rule (PtlStore *self, const PtlRule *rule, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_writable (self, error) || !ptl_store_sql_init (&query, self, PUT, error))
    return FALSE;
  ptl_store_sql_add_text (&query, rule->id);
  ptl_store_sql_add_text (&query, ptl_kind_to_string (rule->kind));
  ptl_store_sql_add_text (&query, rule->name);
  ptl_store_sql_add_endpoint (&query, rule->public_endpoint);
  ptl_store_sql_add_int (&query, rule->asked_port);
  ptl_store_sql_add_endpoint (&query, rule->target);
  add_texts (&query, rule);
  add_course (&query, rule);
  add_traffic (&query, &rule->traffic);
  add_options (&query, rule->options);
  ptl_store_sql_add_text (&query, ptl_family_to_string (rule->family));
  ptl_store_sql_add_text (&query, ptl_firewall_wish_to_string (rule->firewall));
  ptl_store_sql_add_int (&query, (gint64) rule->traffic.connections_peak);
  ptl_store_sql_add_int (&query, get_ended (self, rule));
  add_search (&query, rule);
  return ptl_store_sql_run (&query, error)
         && ptl_store_put_leases (self, PTL_STORE_LEASES_RULE, rule->id, rule->leases, error);
}

static void
take (char **text, PtlStoreSql *query)
{
  g_free (*text);
  *text = ptl_store_sql_dup_text (query);
}

static gboolean
read_audience (PtlStoreSql *query, PtlRule *rule)
{
  const char *text = ptl_store_sql_get_text (query);
  g_auto (GStrv) networks = *text != '\0' ? g_strsplit (text, " ", -1) : NULL;
  PtlAudience *audience = ptl_audience_new ((const char *const *) networks, NULL);

  if (audience == NULL)
    return FALSE;
  ptl_audience_unref (rule->audience);
  rule->audience = audience;
  return TRUE;
}

static gboolean
read_declared (PtlStoreSql *query, PtlRule *rule)
{
  gboolean known;

  take (&rule->id, query);
  known = ptl_kind_from_string (ptl_store_sql_get_text (query), &rule->kind, NULL);
  take (&rule->name, query);
  ptl_endpoint_free (rule->public_endpoint);
  rule->public_endpoint = ptl_store_sql_dup_endpoint (query);
  rule->asked_port = (guint16) ptl_store_sql_get_int (query);
  rule->target = ptl_store_sql_dup_endpoint (query);
  known &= ptl_way_from_string (ptl_store_sql_get_text (query), &rule->way, NULL);
  take (&rule->backend, query);
  take (&rule->owner, query);
  take (&rule->purpose, query);
  take (&rule->preset, query);
  take (&rule->override, query);
  return read_audience (query, rule) && known;
}

static gboolean
read_course (PtlStoreSql *query, PtlRule *rule)
{
  gboolean known;

  rule->created = ptl_store_sql_get_int (query);
  rule->expires = ptl_store_sql_get_int (query);
  rule->review = ptl_store_sql_get_int (query);
  rule->closed = ptl_store_sql_get_int (query);
  known = ptl_rule_state_from_string (ptl_store_sql_get_text (query), &rule->state, NULL);
  known &= ptl_close_reason_from_string (ptl_store_sql_get_text (query), &rule->close_reason, NULL);
  take (&rule->error_code, query);
  take (&rule->error_message, query);
  take (&rule->error_advice, query);
  take (&rule->step, query);
  return known;
}

static void
read_traffic (PtlStoreSql *query, PtlTraffic *traffic)
{
  traffic->bytes_in = (guint64) ptl_store_sql_get_int (query);
  traffic->bytes_out = (guint64) ptl_store_sql_get_int (query);
  traffic->connections_ever = (guint64) ptl_store_sql_get_int (query);
  traffic->refused = (guint64) ptl_store_sql_get_int (query);
  traffic->last_used = ptl_store_sql_get_int (query);
}

static gboolean
read_options (PtlStoreSql *query, PtlRule *rule)
{
  const char *text = ptl_store_sql_get_text (query);
  g_autoptr (GVariant) variant = NULL;

  if (*text == '\0')
    return TRUE;
  variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);
  return variant != NULL
         && ptl_options_apply (rule->options, variant, ptl_rule_get_protocol (rule), NULL);
}

/* NULL: a word that no version ever wrote. */
static PtlRule *
read_rule (PtlStoreSql *query)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);

  if (!read_declared (query, rule) || !read_course (query, rule))
    return NULL;
  read_traffic (query, &rule->traffic);
  if (!read_options (query, rule)
      || !ptl_family_from_string (ptl_store_sql_get_text (query), &rule->family, NULL)
      || !ptl_firewall_wish_from_string (ptl_store_sql_get_text (query), &rule->firewall, NULL))
    return NULL;
  rule->traffic.connections_peak = (guint64) ptl_store_sql_get_int (query);
  if (rule->public_endpoint == NULL)
    rule->public_endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, NULL, 0, 0);
  return g_steal_pointer (&rule);
}

static gboolean
add_leases (PtlStore *self, GPtrArray *rules, GError **error)
{
  for (guint i = 0; i < rules->len; i++)
    {
      PtlRule *rule = g_ptr_array_index (rules, i);
      GPtrArray *leases = ptl_store_list_leases (self, PTL_STORE_LEASES_RULE, rule->id, error);

      if (leases == NULL)
        return FALSE;
      g_ptr_array_unref (rule->leases);
      rule->leases = leases;
    }
  return TRUE;
}

/* Reads every row of @query, which is bound. */
static GPtrArray *
read_rules (PtlStore *self, PtlStoreSql *query, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  g_autoptr (GError) problem = NULL;

  while (ptl_store_sql_next (query, &problem))
    {
      PtlRule *rule = read_rule (query);

      if (rule == NULL)
        {
          ptl_store_sql_reset (query);
          ptl_store_fail (self, SQLITE_CORRUPT, error);
          return NULL;
        }
      g_ptr_array_add (rules, rule);
    }
  if (problem == NULL && add_leases (self, rules, &problem))
    return g_steal_pointer (&rules);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

GPtrArray *
ptl_store_list_living (PtlStore *self, GError **error)
{
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self,
                              "SELECT " COLUMNS " FROM rule WHERE ended = 0 ORDER BY seq", error))
    return NULL;
  return read_rules (self, &query, error);
}

/* matches (search, words): words are folded already, one on each line; all must be found. */
static void
matches (sqlite3_context *context, int n, sqlite3_value **values)
{
  const char *text = (const char *) sqlite3_value_text (values[0]);
  const char *words = (const char *) sqlite3_value_text (values[1]);
  gsize text_length = (gsize) sqlite3_value_bytes (values[0]);

  while (*words != '\0')
    {
      const char *end = strchrnul (words, '\n');

      if (memmem (text, text_length, words, (gsize) (end - words)) == NULL)
        {
          sqlite3_result_int (context, 0);
          return;
        }
      words = *end != '\0' ? end + 1 : end;
    }
  sqlite3_result_int (context, 1);
}

int
ptl_store_add_functions (sqlite3 *db)
{
  return sqlite3_create_function (db, "matches", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                  matches, NULL, NULL);
}

static char *
fold_words (const char *search)
{
  g_autofree char *folded = fold (search);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t\r\n", -1);
  g_autoptr (GString) lines = g_string_new (NULL);

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0')
      g_string_append_printf (lines, "%s%s", lines->len > 0 ? "\n" : "", *word);
  return g_string_free (g_steal_pointer (&lines), FALSE);
}

static gboolean
count_matches (PtlStore *self, const char *words, guint *total, GError **error)
{
  PtlStoreSql query;
  gboolean found;

  if (!ptl_store_sql_init (&query, self,
                           "SELECT count (*) FROM rule WHERE ended > 0 AND matches (search, ?)",
                           error))
    return FALSE;
  ptl_store_sql_add_text (&query, words);
  found = ptl_store_sql_next (&query, error);
  if (found)
    *total = (guint) ptl_store_sql_get_int (&query);
  ptl_store_sql_reset (&query);
  return found;
}

GPtrArray *
ptl_store_list_closed (PtlStore *self,
                       guint offset,
                       guint limit,
                       const char *search,
                       guint *total,
                       GError **error)
{
  g_autofree char *words = fold_words (search != NULL ? search : "");
  GPtrArray *rules;
  guint found = 0;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error))
    return NULL;
  if (*words == '\0')
    found = ptl_store_get_n_closed (self);
  else if (!count_matches (self, words, &found, error))
    return NULL;
  /* The page's place is found in the index alone; only its rows are read. */
  if (!ptl_store_sql_init (
          &query, self,
          *words == '\0' ? "SELECT " COLUMNS
                           " FROM rule WHERE seq IN (SELECT seq FROM rule WHERE ended > 0 "
                           "ORDER BY ended DESC, seq DESC LIMIT ?2 OFFSET ?3) AND ?1 IS NOT NULL "
                           "ORDER BY ended DESC, seq DESC"
                         : "SELECT " COLUMNS
                           " FROM rule WHERE seq IN (SELECT seq FROM rule WHERE ended > 0 AND "
                           "matches (search, ?1) ORDER BY ended DESC, seq DESC LIMIT ?2 OFFSET ?3) "
                           "ORDER BY ended DESC, seq DESC",
          error))
    return NULL;
  ptl_store_sql_add_text (&query, words);
  ptl_store_sql_add_int (&query, limit);
  ptl_store_sql_add_int (&query, offset);
  rules = read_rules (self, &query, error);
  if (rules != NULL && total != NULL)
    *total = found;
  return rules;
}

PtlRule *
ptl_store_get_rule (PtlStore *self, const char *id, GError **error)
{
  g_autoptr (GPtrArray) rules = NULL;
  PtlStoreSql query;

  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self, "SELECT " COLUMNS " FROM rule WHERE id = ?", error))
    return NULL;
  ptl_store_sql_add_text (&query, id);
  rules = read_rules (self, &query, error);
  if (rules == NULL)
    return NULL;
  if (rules->len == 1)
    return g_ptr_array_steal_index (rules, 0);
  ptl_error_set (error, PTL_ERROR_NOT_FOUND, _ ("Look at the list of rules again."),
                 _ ("There is no such rule."));
  return NULL;
}

static char *
fail_id (PtlError code, const char *prefix, GError **error)
{
  g_autofree char *shown = ptl_text_make_safe (prefix, -1, 40);

  if (code == PTL_ERROR_INVALID)
    ptl_error_set (error, code, _ ("Give the id of a rule, or at least its first four characters."),
                   /* Translators: %s is what was given */
                   _ ("“%s” is not the id of a rule."), shown);
  else if (code == PTL_ERROR_AMBIGUOUS)
    ptl_error_set (error, code, _ ("Give more characters of the id."),
                   /* Translators: %s is the beginning of an id */
                   _ ("More than one rule begins with “%s”."), shown);
  else
    ptl_error_set (error, code, _ ("Look at the list of rules again."),
                   /* Translators: %s is an id or its beginning */
                   _ ("There is no rule “%s”."), shown);
  return NULL;
}

char *
ptl_store_resolve_id (PtlStore *self, const char *prefix, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *id = NULL;
  g_autofree char *begin = NULL;
  g_autofree char *end = NULL;
  gboolean more = FALSE;
  PtlStoreSql query;

  if (!ptl_text_is_id_prefix (prefix))
    return fail_id (PTL_ERROR_INVALID, prefix, error);
  if (!ptl_store_check_readable (self, error)
      || !ptl_store_sql_init (&query, self, "SELECT id FROM rule WHERE id >= ? AND id < ? LIMIT 2",
                              error))
    return NULL;
  /* RFC 4122, section 3: read in either case, written in lower. "g" comes after everything that an id has. */
  begin = g_ascii_strdown (prefix, -1);
  end = g_strconcat (begin, "g", NULL);
  ptl_store_sql_add_text (&query, begin);
  ptl_store_sql_add_text (&query, end);
  if (ptl_store_sql_next (&query, &problem))
    {
      id = ptl_store_sql_dup_text (&query);
      more = ptl_store_sql_next (&query, &problem);
    }
  ptl_store_sql_reset (&query);
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (id == NULL)
    return fail_id (PTL_ERROR_NOT_FOUND, prefix, error);
  return more ? fail_id (PTL_ERROR_AMBIGUOUS, prefix, error) : g_steal_pointer (&id);
}

guint
ptl_store_get_n_closed (PtlStore *self)
{
  return (guint) ptl_store_sql_query_int (self, "SELECT count (*) FROM rule WHERE ended > 0");
}
