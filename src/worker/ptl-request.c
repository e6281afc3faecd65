/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "core/ptl-validate.h"

#define TEXT_MAX_BYTES 4096
#define NETWORKS_MAX PTL_AUDIENCE_MAX_NETWORKS
#define IDS_MAX 1000
#define SHOWN_CHARS 40

typedef struct
{
  const char *key;
  const char *type;
} Field;

static const Field open_fields[] = {
  { "Kind", "s" },     { "Owner", "s" },          { "Purpose", "s" },  { "Expires", "x" },
  { "Duration", "x" }, { "Review", "x" },         { "Name", "s" },     { "Protocol", "s" },
  { "Target", "s" },   { "PublicEndpoint", "s" }, { "Way", "s" },      { "Backend", "s" },
  { "Preset", "s" },   { "Override", "s" },       { "Audience", "as" },
  { "Options", "a{sv}" }, { "Family", "s" },       { "Firewall", "s" }, { NULL, NULL },
};

static const Field edit_fields[] = {
  { "Name", "s" },    { "Owner", "s" },  { "Purpose", "s" },        { "Audience", "as" },
  { "Expires", "x" }, { "Review", "x" }, { "Target", "s" },         { "PublicEndpoint", "s" },
  { "Way", "s" },     { "Protocol", "s" }, { "Options", "a{sv}" }, { "Backend", "s" },
  { "Family", "s" },  { "Firewall", "s" }, { NULL, NULL },
};

static const Field relay_fields[] = {
  { "Name", "s" }, { "Host", "s" }, { "Port", "u" }, { "User", "s" }, { "KeyFile", "s" }, { NULL, NULL },
};

static const Field router_fields[] = {
  { "Address", "s" }, { "Interface", "s" }, { "Url", "s" }, { NULL, NULL },
};

/* ---- Shape ---- */

static const Field *
find_field (const Field *fields, const char *key)
{
  for (; fields->key != NULL; fields++)
    if (g_str_equal (fields->key, key))
      return fields;
  return NULL;
}

static const char *
type_words (const char *type)
{
  if (g_str_equal (type, "s"))
    return _("a text");
  if (g_str_equal (type, "as"))
    return _("a list of networks");
  if (g_str_equal (type, "a{sv}"))
    return _("a dictionary");
  return _("a whole number");
}

static gboolean
check_value (const Field *field, GVariant *value, GError **error)
{
  gsize size = g_variant_get_size (value);

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (field->type)))
    {
      /* Translators: the first %s is the name of a field, the second "a text" or "a whole number" */
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” must be %s."), field->key,
                     type_words (field->type));
      return FALSE;
    }
  if ((g_str_equal (field->type, "s") && size > TEXT_MAX_BYTES) ||
      (g_str_equal (field->type, "as") &&
       (size > NETWORKS_MAX * 64 || g_variant_n_children (value) > NETWORKS_MAX)) ||
      (g_str_equal (field->type, "a{sv}") && size > NETWORKS_MAX * 64))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” is too long."), field->key);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_shape (GVariant *dict, const Field *fields, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *key;
  GVariant *inner;

  g_variant_iter_init (&iter, dict);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;
      const Field *field = find_field (fields, key);
      g_autofree char *shown = ptl_text_make_safe (key, -1, SHOWN_CHARS);

      if (field == NULL)
        {
          ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” is not known here."), shown);
          return FALSE;
        }
      if (!g_hash_table_add (seen, (gpointer) field->key))
        {
          ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” is given twice."), shown);
          return FALSE;
        }
      if (!check_value (field, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  return value != NULL;
}

static void
take_text (GVariant *dict, const char *key, char **text)
{
  char *value = NULL;

  if (!g_variant_lookup (dict, key, "s", &value))
    return;
  g_free (*text);
  *text = value;
}

/* ---- The parts of a rule ---- */

static gboolean
take_kind (PtlRule *rule, GVariant *dict, GError **error)
{
  const char *kind;

  if (g_variant_lookup (dict, "Kind", "&s", &kind))
    return ptl_kind_from_string (kind, &rule->kind, error);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Say forward, tunnel or mapping."),
                 _("It is not said what kind of rule this is to be."));
  return FALSE;
}

static gboolean
take_way (PtlRule *rule, GVariant *dict, GError **error)
{
  const char *way;

  return !g_variant_lookup (dict, "Way", "&s", &way) ||
         ptl_way_from_string (way, &rule->way, error);
}

static gboolean
take_family (PtlRule *rule, GVariant *dict, GError **error)
{
  const char *family;

  return !g_variant_lookup (dict, "Family", "&s", &family) ||
         ptl_family_from_string (family, &rule->family, error);
}

static gboolean
take_firewall (PtlRule *rule, GVariant *dict, GError **error)
{
  const char *wish;

  return !g_variant_lookup (dict, "Firewall", "&s", &wish) ||
         ptl_firewall_wish_from_string (wish, &rule->firewall, error);
}

static gboolean
take_endpoint (GVariant *dict,
               const char *key,
               PtlProtocol protocol,
               PtlEndpoint **endpoint,
               GError **error)
{
  PtlEndpoint *parsed;
  const char *text;

  if (!g_variant_lookup (dict, key, "&s", &text) || *text == '\0')
    return TRUE;
  parsed = ptl_endpoint_parse (text, protocol, error);
  if (parsed == NULL)
    return FALSE;
  g_clear_pointer (endpoint, ptl_endpoint_free);
  *endpoint = parsed;
  return TRUE;
}

static gboolean
take_endpoints (PtlRule *rule, GVariant *dict, GError **error)
{
  PtlProtocol protocol = rule->public_endpoint->protocol;
  const char *text;

  if (g_variant_lookup (dict, "Protocol", "&s", &text) &&
      !ptl_protocol_from_string (text, &protocol, error))
    return FALSE;
  rule->public_endpoint->protocol = protocol;
  if (rule->target != NULL)
    rule->target->protocol = protocol;
  return take_endpoint (dict, "PublicEndpoint", protocol, &rule->public_endpoint, error) &&
         take_endpoint (dict, "Target", protocol, &rule->target, error);
}

static gboolean
take_audience (PtlRule *rule, GVariant *dict, GError **error)
{
  g_autofree const char **networks = NULL;
  PtlAudience *audience;

  if (!g_variant_lookup (dict, "Audience", "^a&s", &networks))
    return TRUE;
  audience = ptl_audience_new (networks, error);
  if (audience == NULL)
    return FALSE;
  ptl_audience_unref (rule->audience);
  rule->audience = audience;
  return TRUE;
}

static gboolean
take_options (PtlRule *rule, GVariant *dict, GError **error)
{
  g_autoptr (GVariant) options = g_variant_lookup_value (dict, "Options", G_VARIANT_TYPE_VARDICT);

  return options == NULL ||
         ptl_options_apply (rule->options, options, rule->public_endpoint->protocol, error);
}

static gboolean
take_duration (PtlRule *rule, GVariant *dict, gint64 now, GError **error)
{
  gint64 duration;

  if (!g_variant_lookup (dict, "Duration", "x", &duration))
    return TRUE;
  if (duration < PTL_EXPIRY_MIN_SECONDS || duration > PTL_EXPIRY_MAX_SECONDS)
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _("For longer, make it permanent with a review date."),
                     _("A rule can be open for 1 second to 366 days."));
      return FALSE;
    }
  rule->expires = now + duration;
  return TRUE;
}

static gboolean
take_times (PtlRule *rule, GVariant *dict, gint64 now, GError **error)
{
  guint n = has (dict, "Expires") + has (dict, "Duration") + has (dict, "Review");

  if (n != 1)
    {
      ptl_error_set (error, PTL_ERROR_INVALID,
                     _("Give a time, a duration, or a review date for a permanent rule."),
                     n == 0 ? _("It is not said when the rule should close.")
                            : _("More than one end is given."));
      return FALSE;
    }
  g_variant_lookup (dict, "Expires", "x", &rule->expires);
  g_variant_lookup (dict, "Review", "x", &rule->review);
  return take_duration (rule, dict, now, error);
}

static void
take_texts (PtlRule *rule, GVariant *dict)
{
  take_text (dict, "Name", &rule->name);
  take_text (dict, "Owner", &rule->owner);
  take_text (dict, "Purpose", &rule->purpose);
  take_text (dict, "Backend", &rule->backend);
  take_text (dict, "Preset", &rule->preset);
  take_text (dict, "Override", &rule->override);
}

PtlRule *
ptl_request_to_rule (GVariant *request, gint64 now, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);

  if (!check_shape (request, open_fields, error) || !take_kind (rule, request, error) ||
      !take_way (rule, request, error) || !take_family (rule, request, error) ||
      !take_firewall (rule, request, error) || !take_endpoints (rule, request, error) ||
      !take_audience (rule, request, error) || !take_options (rule, request, error) ||
      !take_times (rule, request, now, error))
    return NULL;
  take_texts (rule, request);
  return g_steal_pointer (&rule);
}

/* ---- Edits ---- */

/* Giving one of the two makes a rule permanent, or no longer so. */
static gboolean
take_new_times (PtlRule *rule, GVariant *dict, GError **error)
{
  gint64 time;

  if (has (dict, "Expires") && has (dict, "Review"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of the two."),
                     _("A rule has either an end or, when it is permanent, a review date: not both."));
      return FALSE;
    }
  if (g_variant_lookup (dict, "Expires", "x", &time))
    {
      rule->expires = time;
      rule->review = 0;
    }
  else if (g_variant_lookup (dict, "Review", "x", &time))
    {
      rule->review = time;
      rule->expires = 0;
    }
  return TRUE;
}

static gboolean
check_any (GVariant *changes, GError **error)
{
  if (g_variant_n_children (changes) > 0)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("It is not said what to change."));
  return FALSE;
}

/* A mapping goes over to another router; what carries a forward or a tunnel is another rule. */
static gboolean
check_backend (const PtlRule *before, GVariant *changes, GError **error)
{
  if (before->kind == PTL_KIND_MAPPING || !has (changes, "Backend"))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _("Open it anew where it is to be."),
                 _("Only a mapping can go over to another router."));
  return FALSE;
}

static gboolean
moves (GVariant *changes)
{
  return has (changes, "Target") || has (changes, "PublicEndpoint") || has (changes, "Protocol");
}

PtlRule *
ptl_request_apply_changes (const PtlRule *before, GVariant *changes, GError **error)
{
  g_autoptr (PtlRule) after = ptl_rule_copy (before);

  if (!check_any (changes, error) || !check_shape (changes, edit_fields, error) ||
      !check_backend (before, changes, error) || !take_family (after, changes, error) ||
      !take_firewall (after, changes, error) ||
      !take_way (after, changes, error) || !take_endpoints (after, changes, error) ||
      !take_audience (after, changes, error) || !take_options (after, changes, error) ||
      !take_new_times (after, changes, error))
    return NULL;
  ptl_rule_settle_further_targets (after);
  if (moves (changes) && ptl_rule_is_name_made (before))
    after->name[0] = '\0';
  take_texts (after, changes);
  if (has (changes, "PublicEndpoint") && after->kind != PTL_KIND_FORWARD)
    after->asked_port = after->public_endpoint->first;
  return g_steal_pointer (&after);
}

/* ---- Routers ---- */

PtlRouterPlace *
ptl_request_to_router_place (GVariant *request, GError **error)
{
  const char *address = "", *interface = "", *url = "";

  if (!check_shape (request, router_fields, error))
    return NULL;
  g_variant_lookup (request, "Address", "&s", &address);
  g_variant_lookup (request, "Interface", "&s", &interface);
  g_variant_lookup (request, "Url", "&s", &url);
  return ptl_router_place_new (address, interface, url, error);
}

/* ---- Relays ---- */

PtlRelay *
ptl_request_to_relay (GVariant *request, GError **error)
{
  g_autoptr (PtlRelay) relay = NULL;
  guint32 port = 22;

  if (!check_shape (request, relay_fields, error))
    return NULL;
  g_variant_lookup (request, "Port", "u", &port);
  if (port < 1 || port > G_MAXUINT16)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("ssh is on port 22 where nothing else is said."),
                     _("A port is a number from 1 to 65535."));
      return NULL;
    }
  relay = ptl_relay_new ();
  take_text (request, "Name", &relay->name);
  take_text (request, "Host", &relay->host);
  take_text (request, "User", &relay->user);
  take_text (request, "KeyFile", &relay->key_file);
  relay->port = (guint16) port;
  if (!ptl_relay_validate (relay, error))
    return NULL;
  return g_steal_pointer (&relay);
}

gboolean
ptl_request_check_ids (const char *const *ids, GError **error)
{
  guint n = g_strv_length ((char **) ids);

  if (n >= 1 && n <= IDS_MAX)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 n == 0 ? _("It is not said which rules.") : _("At most 1000 rules at a time."));
  return FALSE;
}
