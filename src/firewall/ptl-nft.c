/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-nft.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define JUMPS_MOST 16 /* nft's own limit */
#define STEPS_MOST 20000

typedef enum
{
  END_OF_CHAIN, /* no rule decided */
  ACCEPTED,
  DROPPED,
  UNCLEAR,
} Fate;

typedef struct
{
  JsonArray *objects;
  const char *protocol; /* "tcp", "udp" */
  guint16 first;
  guint16 last;
  guint steps;
} Walk;

typedef enum
{
  FITS,
  DOES_NOT_FIT,
  CANNOT_TELL,
} Match;

static const char *
get_text (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

static JsonObject *
get_object (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *key)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* The n-th object of the list, where it is of @kind ("rule", "chain"). */
static JsonObject *
object_at (JsonArray *objects, guint index, const char *kind)
{
  JsonNode *node = json_array_get_element (objects, index);

  return JSON_NODE_HOLDS_OBJECT (node) ? get_object (json_node_get_object (node), kind) : NULL;
}

/* ---- One match ---- */

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64;
}

/* 22, {"range": [8000, 8010]}, {"set": [...]} */
static Match
match_ports (const Walk *walk, JsonNode *right)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (right) ? json_node_get_object (right) : NULL;
  JsonArray *range = get_array (object, "range");
  JsonArray *set = get_array (object, "set");

  if (is_number (right))
    return json_node_get_int (right) <= walk->first && walk->last <= json_node_get_int (right) ? FITS : DOES_NOT_FIT;
  if (range != NULL && json_array_get_length (range) == 2 && is_number (json_array_get_element (range, 0)) &&
      is_number (json_array_get_element (range, 1)))
    return json_array_get_int_element (range, 0) <= walk->first && walk->last <= json_array_get_int_element (range, 1)
               ? FITS
               : DOES_NOT_FIT;
  if (set == NULL)
    return CANNOT_TELL;
  for (guint i = 0; i < json_array_get_length (set); i++)
    {
      JsonNode *one = json_array_get_element (set, i);
      Match match = is_number (one) || JSON_NODE_HOLDS_OBJECT (one) ? match_ports (walk, one) : CANNOT_TELL;

      if (match != DOES_NOT_FIT)
        return match;
    }
  return DOES_NOT_FIT;
}

/* Whether @right, a word or a set of words, has @wanted. */
static gboolean
has_word (JsonNode *right, const char *wanted)
{
  JsonArray *words = NULL;

  if (JSON_NODE_HOLDS_VALUE (right) && json_node_get_value_type (right) == G_TYPE_STRING)
    return strcmp (json_node_get_string (right), wanted) == 0;
  if (JSON_NODE_HOLDS_ARRAY (right))
    words = json_node_get_array (right);
  else if (JSON_NODE_HOLDS_OBJECT (right))
    words = get_array (json_node_get_object (right), "set");
  for (guint i = 0; words != NULL && i < json_array_get_length (words); i++)
    {
      JsonNode *one = json_array_get_element (words, i);

      if (JSON_NODE_HOLDS_VALUE (one) && json_node_get_value_type (one) == G_TYPE_STRING &&
          strcmp (json_node_get_string (one), wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static Match
to_match (gboolean fits)
{
  return fits ? FITS : DOES_NOT_FIT;
}

static Match
match_payload (const Walk *walk, JsonObject *payload, JsonNode *right)
{
  const char *protocol = get_text (payload, "protocol");
  const char *field = get_text (payload, "field");

  if (protocol == NULL || field == NULL)
    return CANNOT_TELL;
  if (strcmp (field, "dport") == 0)
    return strcmp (protocol, walk->protocol) == 0 || strcmp (protocol, "th") == 0 ? match_ports (walk, right)
                                                                                 : DOES_NOT_FIT;
  if (strcmp (protocol, "tcp") == 0 || strcmp (protocol, "udp") == 0)
    return strcmp (protocol, walk->protocol) == 0 ? CANNOT_TELL : DOES_NOT_FIT;
  if (g_str_has_prefix (protocol, "icmp") || strcmp (protocol, "igmp") == 0)
    return DOES_NOT_FIT;
  if (strcmp (protocol, "ip") == 0 && strcmp (field, "protocol") == 0)
    return to_match (has_word (right, walk->protocol));
  if (strcmp (protocol, "ip6") == 0)
    return DOES_NOT_FIT;
  /* Some addresses only: not those of strangers. */
  return strcmp (field, "saddr") == 0 ? DOES_NOT_FIT : CANNOT_TELL;
}

static Match
match_meta (const Walk *walk, const char *key, JsonNode *right)
{
  if (strcmp (key, "l4proto") == 0)
    return to_match (has_word (right, walk->protocol));
  if (strcmp (key, "iifname") == 0 || strcmp (key, "iif") == 0)
    return has_word (right, "lo") ? DOES_NOT_FIT : CANNOT_TELL;
  if (strcmp (key, "nfproto") == 0 || strcmp (key, "protocol") == 0)
    return to_match (has_word (right, "ipv4") || has_word (right, "ip"));
  return CANNOT_TELL;
}

/* A stranger's first packet, by IPv4. */
static Match
match_one (const Walk *walk, JsonObject *match)
{
  JsonObject *left = get_object (match, "left");
  JsonNode *right = json_object_get_member (match, "right");
  const char *op = get_text (match, "op");
  const char *meta = get_text (get_object (left, "meta"), "key");
  const char *ct = get_text (get_object (left, "ct"), "key");
  Match found = CANNOT_TELL;

  if (left == NULL || right == NULL || op == NULL)
    return CANNOT_TELL;
  if (get_object (left, "payload") != NULL)
    found = match_payload (walk, get_object (left, "payload"), right);
  else if (meta != NULL)
    found = match_meta (walk, meta, right);
  else if (ct != NULL && strcmp (ct, "state") == 0)
    found = to_match (has_word (right, "new"));
  if (strcmp (op, "!=") != 0 || found == CANNOT_TELL)
    return strcmp (op, "==") == 0 || strcmp (op, "in") == 0 || strcmp (op, "!=") == 0 ? found : CANNOT_TELL;
  return found == FITS ? DOES_NOT_FIT : FITS;
}

/* ---- Chains ---- */

static Fate follow_chain (Walk *walk, const char *family, const char *table, const char *name, guint depth);

static gboolean
is_in (JsonObject *object, const char *family, const char *table)
{
  return g_strcmp0 (get_text (object, "family"), family) == 0 && g_strcmp0 (get_text (object, "table"), table) == 0;
}

/* What does not decide. */
static gboolean
is_harmless (JsonObject *statement)
{
  static const char *const names[] = { "counter", "log", "comment", "notrack", "mangle", NULL };

  for (guint i = 0; names[i] != NULL; i++)
    if (json_object_has_member (statement, names[i]))
      return TRUE;
  return FALSE;
}

static Fate
follow_statement (Walk *walk, JsonObject *rule, JsonObject *statement, guint depth)
{
  const char *family = get_text (rule, "family"), *table = get_text (rule, "table");
  const char *jump = get_text (get_object (statement, "jump"), "target");
  const char *leap = get_text (get_object (statement, "goto"), "target");

  if (json_object_has_member (statement, "accept"))
    return ACCEPTED;
  if (json_object_has_member (statement, "drop") || json_object_has_member (statement, "reject"))
    return DROPPED;
  if (jump != NULL || leap != NULL)
    return follow_chain (walk, family, table, jump != NULL ? jump : leap, depth + 1);
  return is_harmless (statement) ? END_OF_CHAIN : UNCLEAR;
}

static Fate
follow_rule (Walk *walk, JsonObject *rule, guint depth)
{
  JsonArray *statements = get_array (rule, "expr");
  gboolean sure = TRUE;

  for (guint i = 0; statements != NULL && i < json_array_get_length (statements); i++)
    {
      JsonNode *node = json_array_get_element (statements, i);
      JsonObject *statement = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      JsonObject *match = get_object (statement, "match");
      Fate fate;

      if (statement == NULL)
        return UNCLEAR;
      if (match != NULL)
        {
          Match one = match_one (walk, match);

          if (one == DOES_NOT_FIT)
            return END_OF_CHAIN;
          sure = sure && one == FITS;
          continue;
        }
      /* "limit rate" lets some through. */
      if (json_object_has_member (statement, "limit"))
        continue;
      fate = follow_statement (walk, rule, statement, depth);
      if (fate != END_OF_CHAIN)
        return sure ? fate : UNCLEAR;
    }
  return END_OF_CHAIN;
}

static Fate
follow_chain (Walk *walk, const char *family, const char *table, const char *name, guint depth)
{
  gboolean unclear = FALSE;

  if (depth > JUMPS_MOST)
    return UNCLEAR;
  for (guint i = 0; i < json_array_get_length (walk->objects); i++)
    {
      JsonObject *rule = object_at (walk->objects, i, "rule");
      Fate fate;

      if (++walk->steps > STEPS_MOST)
        return UNCLEAR;
      if (rule == NULL || !is_in (rule, family, table) || g_strcmp0 (get_text (rule, "chain"), name) != 0)
        continue;
      fate = follow_rule (walk, rule, depth);
      if (fate == ACCEPTED || fate == DROPPED)
        return unclear ? UNCLEAR : fate;
      unclear = unclear || fate == UNCLEAR;
    }
  return unclear ? UNCLEAR : END_OF_CHAIN;
}

static gboolean
hooks_input (JsonObject *chain)
{
  const char *family = get_text (chain, "family");

  return g_strcmp0 (get_text (chain, "hook"), "input") == 0 && g_strcmp0 (get_text (chain, "type"), "filter") == 0 &&
         (g_strcmp0 (family, "ip") == 0 || g_strcmp0 (family, "inet") == 0);
}

static void
name_chain (PtlFirewallView *view, JsonObject *chain)
{
  g_free (view->zone);
  view->zone = g_strdup_printf ("%s %s %s", get_text (chain, "family"), get_text (chain, "table"), get_text (chain, "name"));
}

/* Every base chain has to let it through. */
static void
weigh_chain (Walk *walk, JsonObject *chain, PtlFirewallView *view)
{
  Fate fate = follow_chain (walk, get_text (chain, "family"), get_text (chain, "table"), get_text (chain, "name"), 0);

  if (fate == END_OF_CHAIN)
    fate = g_strcmp0 (get_text (chain, "policy"), "drop") == 0 ? DROPPED : ACCEPTED;
  if (view->kind == PTL_FIREWALL_NONE)
    {
      view->kind = PTL_FIREWALL_NFTABLES;
      name_chain (view, chain);
    }
  if (fate == DROPPED && view->verdict != PTL_FIREWALL_BLOCKED)
    {
      view->verdict = PTL_FIREWALL_BLOCKED;
      name_chain (view, chain);
    }
  else if (fate == UNCLEAR && view->verdict == PTL_FIREWALL_OPEN)
    view->verdict = PTL_FIREWALL_UNKNOWN;
}

static void
weigh_protocol (JsonArray *objects, const char *protocol, PtlFirewallView *view)
{
  Walk walk = { objects, protocol, view->first, view->last, 0 };

  for (guint i = 0; i < json_array_get_length (objects); i++)
    {
      JsonObject *chain = object_at (objects, i, "chain");

      if (chain != NULL && hooks_input (chain) && get_text (chain, "table") != NULL && get_text (chain, "name") != NULL)
        weigh_chain (&walk, chain, view);
    }
}

gboolean
ptl_nft_weigh (const char *json, gsize length, PtlFirewallView *view)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;
  JsonArray *objects;

  if (!json_parser_load_from_data (parser, json, (gssize) length, NULL))
    return FALSE;
  root = json_parser_get_root (parser);
  objects = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? get_array (json_node_get_object (root), "nftables") : NULL;
  if (objects == NULL)
    return FALSE;
  view->kind = PTL_FIREWALL_NONE;
  view->verdict = PTL_FIREWALL_OPEN;
  if ((view->protocol & PTL_PROTOCOL_TCP) != 0)
    weigh_protocol (objects, "tcp", view);
  if ((view->protocol & PTL_PROTOCOL_UDP) != 0)
    weigh_protocol (objects, "udp", view);
  return TRUE;
}
