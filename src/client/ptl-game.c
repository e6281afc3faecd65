/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-game.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"

struct _PtlGame
{
  GObject parent_instance;
  char *name;
  char *category;
  char *note;
  char *source;
  char *join;
  char *haystack; /* name and aliases, case-folded, one to a line */
  GArray *ports;  /* of PtlGamePort */
};

G_DEFINE_FINAL_TYPE (PtlGame, ptl_game, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NAME,
  PROP_NOTE,
  PROP_CATEGORY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
port_clear (gpointer data)
{
  PtlGamePort *port = data;

  g_clear_pointer (&port->note, g_free);
}

static void
ptl_game_finalize (GObject *object)
{
  PtlGame *self = PTL_GAME (object);

  g_free (self->name);
  g_free (self->category);
  g_free (self->note);
  g_free (self->source);
  g_free (self->join);
  g_free (self->haystack);
  g_array_unref (self->ports);
  G_OBJECT_CLASS (ptl_game_parent_class)->finalize (object);
}

static void
ptl_game_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlGame *self = PTL_GAME (object);

  switch (id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_NOTE:
      g_value_set_string (value, self->note);
      break;
    case PROP_CATEGORY:
      g_value_set_string (value, self->category);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ptl_game_class_init (PtlGameClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ptl_game_finalize;
  object_class->get_property = ptl_game_get_property;
  props[PROP_NAME]
      = g_param_spec_string ("name", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_NOTE]
      = g_param_spec_string ("note", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_CATEGORY]
      = g_param_spec_string ("category", NULL, NULL, "", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ptl_game_init (PtlGame *self)
{
  self->ports = g_array_new (FALSE, TRUE, sizeof (PtlGamePort));
  g_array_set_clear_func (self->ports, port_clear);
}

/* A member's text; NULL where it is missing or no text. */
static const char *
get_text (JsonObject *object, const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* A sentence for people, in their language (data/games-strings.h names them to the translators). */
static char *
dup_sentence (JsonObject *object, const char *member)
{
  const char *text = get_text (object, member);

  return g_strdup (text != NULL && *text != '\0' ? g_dgettext (GETTEXT_PACKAGE, text) : "");
}

static gboolean
get_port_number (JsonObject *object, const char *member, guint16 *number)
{
  JsonNode *node = json_object_get_member (object, member);
  gint64 value;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  value = json_node_get_int (node);
  if (value < 1 || value > G_MAXUINT16)
    return FALSE;
  *number = value;
  return TRUE;
}

static gboolean
parse_port (PtlGame *self, JsonNode *node, GError **error)
{
  PtlGamePort port = { 0 };
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *protocol = object != NULL ? get_text (object, "protocol") : NULL;

  if (protocol == NULL || !ptl_protocol_from_string (protocol, &port.protocol, NULL)
      || !get_port_number (object, "first", &port.first)
      || !get_port_number (object, "last", &port.last) || port.last < port.first)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, "The list of games has a wrong port for “%s”.",
                     self->name);
      return FALSE;
    }
  port.optional = json_object_get_boolean_member_with_default (object, "optional", FALSE);
  port.note = dup_sentence (object, "note");
  g_array_append_val (self->ports, port);
  return TRUE;
}

static gboolean
parse_ports (PtlGame *self, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "ports");
  JsonArray *array
      = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < n; i++)
    if (!parse_port (self, json_array_get_element (array, i), error))
      return FALSE;
  if (n > 0)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "The list of games has no port for “%s”.",
                 self->name);
  return FALSE;
}

static char *
build_haystack (const char *name, JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "aliases");
  JsonArray *array
      = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr (GString) all = g_string_new (name);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_string_append_printf (all, "\n%s", json_array_get_string_element (array, i) ?: "");
  return g_utf8_casefold (all->str, -1);
}

PtlGame *
ptl_game_new_from_json (JsonObject *object, GError **error)
{
  g_autoptr (PtlGame) self = g_object_new (PTL_TYPE_GAME, NULL);
  const char *name = get_text (object, "name");
  const char *category = get_text (object, "category");
  const char *source = get_text (object, "source");

  if (name == NULL || *name == '\0' || source == NULL || *source == '\0'
      || (g_strcmp0 (category, "game") != 0 && g_strcmp0 (category, "server") != 0))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                     "An entry in the list of games lacks a name, category or source: “%s”.",
                     name ?: "");
      return NULL;
    }
  self->name = g_strdup (name);
  self->category = g_strdup (category);
  self->source = g_strdup (source);
  self->note = dup_sentence (object, "note");
  self->join = dup_sentence (object, "join");
  self->haystack = build_haystack (name, object);
  if (!parse_ports (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
ptl_game_get_name (PtlGame *self)
{
  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  return self->name;
}

const char *
ptl_game_get_category (PtlGame *self)
{
  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  return self->category;
}

const char *
ptl_game_get_note (PtlGame *self)
{
  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  return self->note;
}

const char *
ptl_game_get_source (PtlGame *self)
{
  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  return self->source;
}

const char *
ptl_game_get_join (PtlGame *self)
{
  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  return self->join;
}

guint
ptl_game_get_n_ports (PtlGame *self)
{
  g_return_val_if_fail (PTL_IS_GAME (self), 0);
  return self->ports->len;
}

const PtlGamePort *
ptl_game_get_port (PtlGame *self, guint index)
{
  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  g_return_val_if_fail (index < self->ports->len, NULL);
  return &g_array_index (self->ports, PtlGamePort, index);
}

gboolean
ptl_game_matches (PtlGame *self, const char *search)
{
  g_autofree char *folded = g_utf8_casefold (search ?: "", -1);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t", -1);

  g_return_val_if_fail (PTL_IS_GAME (self), FALSE);
  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (self->haystack, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

/* Whether the address at @at stands before a port or within a URL, where a bare IPv6 address cannot
 * be told from its port. */
static gboolean
needs_brackets (const char *text, const char *at, const char *after)
{
  return *after == ':' || (at - text >= 3 && strncmp (at - 3, "://", 3) == 0);
}

char *
ptl_game_dup_join_text (PtlGame *self, const char *address, guint16 port)
{
  static const char address_key[] = "{address}", port_key[] = "{port}";
  g_autoptr (GString) out = g_string_new (NULL);
  const char *text;

  g_return_val_if_fail (PTL_IS_GAME (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);
  text = self->join;
  for (const char *at = text; *at != '\0';)
    {
      if (g_str_has_prefix (at, address_key))
        {
          const char *after = at + strlen (address_key);
          gboolean brackets = strchr (address, ':') != NULL && needs_brackets (text, at, after);

          g_string_append_printf (out, brackets ? "[%s]" : "%s", address);
          at = after;
        }
      else if (g_str_has_prefix (at, port_key))
        {
          g_string_append_printf (out, "%u", port);
          at += strlen (port_key);
        }
      else
        g_string_append_c (out, *at++);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
