/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-igd-message.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* An answer is an object with an array of objects; json-glib recurses, so depth is checked before
 * it parses. */
#define DEPTH_MAX 4

typedef enum
{
  FIELD_TEXT,
  FIELD_NUMBER,
  FIELD_FLAG,
} FieldType;

typedef struct
{
  const char *name;
  FieldType type;
  gsize offset;
  gint64 min;
  gint64 max;
} Field;

#define TEXT(type, member, name) { name, FIELD_TEXT, G_STRUCT_OFFSET (type, member), 0, 0 }
#define FLAG(type, member, name)                                                                   \
  {                                                                                                \
    name, FIELD_FLAG, G_STRUCT_OFFSET (type, member), 0, 0                                         \
  }
#define NUMBER(type, member, name, min, max)                                                       \
  {                                                                                                \
    name, FIELD_NUMBER, G_STRUCT_OFFSET (type, member), min, max                                   \
  }

static const Field request_fields[] = {
  TEXT (PtlIgdRequest, gateway, "gateway"),
  TEXT (PtlIgdRequest, local, "local"),
  NUMBER (PtlIgdRequest, timeout, "timeout", 1, 60000),
  TEXT (PtlIgdRequest, description_url, "description_url"),
  TEXT (PtlIgdRequest, control_url, "control_url"),
  TEXT (PtlIgdRequest, service_type, "service_type"),
  TEXT (PtlIgdRequest, protocol, "protocol"),
  NUMBER (PtlIgdRequest, external_port, "external_port", 0, 65535),
  TEXT (PtlIgdRequest, internal_address, "internal_address"),
  NUMBER (PtlIgdRequest, internal_port, "internal_port", 0, 65535),
  NUMBER (PtlIgdRequest, lifetime, "lifetime", 0, G_MAXUINT32),
  TEXT (PtlIgdRequest, description, "description"),
  TEXT (PtlIgdRequest, remote, "remote"),
  FLAG (PtlIgdRequest, pinned, "pinned"),
  FLAG (PtlIgdRequest, renew, "renew"),
  NUMBER (PtlIgdRequest, granted, "granted", 0, G_MAXUINT32),
  FLAG (PtlIgdRequest, search, "search"),
  TEXT (PtlIgdRequest, gateway6, "gateway6"),
  TEXT (PtlIgdRequest, local6, "local6"),
  NUMBER (PtlIgdRequest, pinhole, "pinhole", -1, 65535),
};

static const Field answer_fields[] = {
  NUMBER (PtlIgdAnswer, code, "code", -100, 9999),
  TEXT (PtlIgdAnswer, control_url, "control_url"),
  TEXT (PtlIgdAnswer, service_type, "service_type"),
  TEXT (PtlIgdAnswer, name, "name"),
  TEXT (PtlIgdAnswer, model, "model"),
  TEXT (PtlIgdAnswer, external_address, "external_address"),
  TEXT (PtlIgdAnswer, status, "status"),
  NUMBER (PtlIgdAnswer, uptime, "uptime", -1, G_MAXUINT32),
  FLAG (PtlIgdAnswer, connected, "connected"),
  NUMBER (PtlIgdAnswer, external_port, "external_port", 0, 65535),
  NUMBER (PtlIgdAnswer, lifetime, "lifetime", 0, G_MAXUINT32),
  FLAG (PtlIgdAnswer, read_back, "read_back"),
  TEXT (PtlIgdAnswer, holder_address, "holder_address"),
  NUMBER (PtlIgdAnswer, holder_port, "holder_port", 0, 65535),
  TEXT (PtlIgdAnswer, holder_description, "holder_description"),
  NUMBER (PtlIgdAnswer, free_port, "free_port", 0, 65535),
  NUMBER (PtlIgdAnswer, held, "held", 0, 65535),
  NUMBER (PtlIgdAnswer, pinhole, "pinhole", -1, 65535),
};

/* PtlRouterEntry holds narrower types, so it is filled from this. */
typedef struct
{
  char *protocol;
  gint64 external_port;
  char *address;
  gint64 port;
  char *description;
  char *remote;
  gint64 lifetime;
  gboolean enabled;
} Entry;

static const Field entry_fields[] = {
  TEXT (Entry, protocol, "protocol"),
  NUMBER (Entry, external_port, "external_port", 0, 65535),
  TEXT (Entry, address, "address"),
  NUMBER (Entry, port, "port", 0, 65535),
  TEXT (Entry, description, "description"),
  TEXT (Entry, remote, "remote"),
  NUMBER (Entry, lifetime, "lifetime", 0, G_MAXUINT32),
  FLAG (Entry, enabled, "enabled"),
};

static const char *const op_names[PTL_IGD_N_OPS] = {
  "discover", "status", "add", "read-back", "remove", "list",
  "pinhole-discover", "pinhole-status", "pinhole-add", "pinhole-read-back", "pinhole-remove",
};

#define MEMBER(type, object, field) (*(type *) G_STRUCT_MEMBER_P (object, (field)->offset))

static void
clear_fields (gpointer object, const Field *fields, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (fields[i].type == FIELD_TEXT)
      g_clear_pointer (&MEMBER (char *, object, &fields[i]), g_free);
}

PtlIgdRequest *
ptl_igd_request_new (PtlIgdOp op)
{
  PtlIgdRequest *self = g_new0 (PtlIgdRequest, 1);

  self->op = op;
  self->timeout = 5000;
  self->pinhole = -1;
  return self;
}

void
ptl_igd_request_free (PtlIgdRequest *self)
{
  clear_fields (self, request_fields, G_N_ELEMENTS (request_fields));
  g_free (self);
}

PtlIgdAnswer *
ptl_igd_answer_new (void)
{
  PtlIgdAnswer *self = g_new0 (PtlIgdAnswer, 1);

  self->uptime = -1;
  self->pinhole = -1;
  return self;
}

void
ptl_igd_answer_free (PtlIgdAnswer *self)
{
  clear_fields (self, answer_fields, G_N_ELEMENTS (answer_fields));
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_free (self);
}

/* --- writing --- */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  /* What the router sent may be in any encoding; a hostile one is cut. */
  g_autofree char *cut = g_strndup (text, PTL_IGD_TEXT_MAX / 4);
  g_autofree char *valid = g_utf8_make_valid (cut, -1);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);
}

static void
add_fields (JsonBuilder *builder, gconstpointer object, const Field *fields, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      const Field *field = &fields[i];

      if (field->type == FIELD_TEXT && MEMBER (char *, object, field) != NULL)
        add_text (builder, field->name, MEMBER (char *, object, field));
      else if (field->type == FIELD_NUMBER)
        {
          json_builder_set_member_name (builder, field->name);
          json_builder_add_int_value (builder, MEMBER (gint64, object, field));
        }
      else if (field->type == FIELD_FLAG)
        {
          json_builder_set_member_name (builder, field->name);
          json_builder_add_boolean_value (builder, MEMBER (gboolean, object, field));
        }
    }
}

static char *
finish_builder (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *json = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  json = json_generator_to_data (generator, NULL);
  return g_strconcat (json, "\n", NULL);
}

char *
ptl_igd_request_to_json (const PtlIgdRequest *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "op");
  json_builder_add_string_value (builder, op_names[self->op]);
  add_fields (builder, self, request_fields, G_N_ELEMENTS (request_fields));
  return finish_builder (builder);
}

static void
add_entry (JsonBuilder *builder, const PtlRouterEntry *entry)
{
  Entry flat = {
    .protocol = (char *) ptl_protocol_to_string (entry->protocol),
    .external_port = entry->external_port,
    .address = entry->address,
    .port = entry->port,
    .description = entry->description,
    .remote = entry->remote,
    .lifetime = entry->lifetime,
    .enabled = entry->enabled,
  };

  json_builder_begin_object (builder);
  add_fields (builder, &flat, entry_fields, G_N_ELEMENTS (entry_fields));
  json_builder_end_object (builder);
}

char *
ptl_igd_answer_to_json (const PtlIgdAnswer *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_fields (builder, self, answer_fields, G_N_ELEMENTS (answer_fields));
  if (self->entries != NULL)
    {
      json_builder_set_member_name (builder, "entries");
      json_builder_begin_array (builder);
      for (guint i = 0; i < self->entries->len; i++)
        add_entry (builder, self->entries->pdata[i]);
      json_builder_end_array (builder);
    }
  return finish_builder (builder);
}

/* --- reading --- */

static gboolean
fail (GError **error, const char *what, const char *name)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: %s", what, name);
  return FALSE;
}

/* One object and nothing else, which json-glib does not insist on. */
static gboolean
check_shape (const char *json, gsize length, GError **error)
{
  gboolean in_text = FALSE;
  gint depth = 0;
  gboolean over = FALSE;

  if (length == 0)
    return fail (error, "nothing", "message");
  if (length > PTL_IGD_MESSAGE_MAX)
    return fail (error, "too long", "message");
  if (!g_utf8_validate_len (json, length, NULL))
    return fail (error, "not UTF-8", "message");
  for (gsize i = 0; i < length; i++)
    {
      if (depth == 0 && !g_ascii_isspace (json[i]) && (over || json[i] != '{'))
        return fail (error, "not one object", "message");
      if (json[i] == '\\' && in_text)
        i++;
      else if (json[i] == '"')
        in_text = !in_text;
      else if (!in_text && (json[i] == '{' || json[i] == '['))
        depth++;
      else if (!in_text && (json[i] == '}' || json[i] == ']'))
        depth--;
      if (depth > DEPTH_MAX)
        return fail (error, "too deep", "message");
      over |= depth == 0 && json[i] == '}';
    }
  return TRUE;
}

static gboolean
read_field (gpointer object, const Field *field, JsonNode *node, GError **error)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (field->type == FIELD_TEXT && type == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);

      if (strlen (text) > PTL_IGD_TEXT_MAX)
        return fail (error, "too long", field->name);
      g_free (MEMBER (char *, object, field));
      MEMBER (char *, object, field) = g_strdup (text);
      return TRUE;
    }
  if (field->type == FIELD_NUMBER && type == G_TYPE_INT64)
    {
      gint64 number = json_node_get_int (node);

      if (number < field->min || number > field->max)
        return fail (error, "out of range", field->name);
      MEMBER (gint64, object, field) = number;
      return TRUE;
    }
  if (field->type == FIELD_FLAG && type == G_TYPE_BOOLEAN)
    {
      MEMBER (gboolean, object, field) = json_node_get_boolean (node);
      return TRUE;
    }
  return fail (error, "wrong type", field->name);
}

static const Field *
find_field (const Field *fields, gsize n, const char *name)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (fields[i].name, name) == 0)
      return &fields[i];
  return NULL;
}

/* @apart: a key that the caller reads itself, or NULL. */
static gboolean
read_fields (gpointer object,
             const Field *fields,
             gsize n,
             JsonObject *json,
             const char *apart,
             GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, json);
  while (json_object_iter_next (&iter, &name, &node))
    {
      const Field *field = find_field (fields, n, name);

      if (apart != NULL && strcmp (name, apart) == 0)
        continue;
      if (field == NULL)
        return fail (error, "unknown key", name);
      if (!read_field (object, field, node, error))
        return FALSE;
    }
  return TRUE;
}

static JsonObject *
parse_object (JsonParser *parser, const char *json, gsize length, GError **error)
{
  JsonNode *root;

  if (!check_shape (json, length, error))
    return NULL;
  if (!json_parser_load_from_data (parser, json, (gssize) length, NULL))
    {
      fail (error, "not JSON", "message");
      return NULL;
    }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      fail (error, "not an object", "message");
      return NULL;
    }
  return json_node_get_object (root);
}

static gboolean
read_op (JsonObject *object, PtlIgdOp *op, GError **error)
{
  JsonNode *node = json_object_get_member (object, "op");
  const char *name = NULL;

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node)
      && json_node_get_value_type (node) == G_TYPE_STRING)
    name = json_node_get_string (node);
  for (guint i = 0; i < PTL_IGD_N_OPS; i++)
    if (g_strcmp0 (name, op_names[i]) == 0)
      {
        *op = i;
        return TRUE;
      }
  return fail (error, "unknown operation", name != NULL ? name : "none");
}

PtlIgdRequest *
ptl_igd_request_from_json (const char *json, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (PtlIgdRequest) self = ptl_igd_request_new (PTL_IGD_OP_STATUS);
  JsonObject *object = parse_object (parser, json, length, error);

  if (object == NULL || !read_op (object, &self->op, error))
    return NULL;
  if (!read_fields (self, request_fields, G_N_ELEMENTS (request_fields), object, "op", error))
    return NULL;
  return g_steal_pointer (&self);
}

static PtlRouterEntry *
entry_from_flat (Entry *flat, GError **error)
{
  PtlRouterEntry *entry;
  PtlProtocol protocol = PTL_PROTOCOL_NONE;

  if (g_strcmp0 (flat->protocol, "tcp") == 0)
    protocol = PTL_PROTOCOL_TCP;
  else if (g_strcmp0 (flat->protocol, "udp") == 0)
    protocol = PTL_PROTOCOL_UDP;
  if (protocol == PTL_PROTOCOL_NONE)
    {
      fail (error, "unknown protocol", "entry");
      return NULL;
    }
  entry = g_new0 (PtlRouterEntry, 1);
  entry->protocol = protocol;
  entry->external_port = (guint16) flat->external_port;
  entry->address = g_strdup (flat->address != NULL ? flat->address : "");
  entry->port = (guint16) flat->port;
  entry->description = g_strdup (flat->description != NULL ? flat->description : "");
  entry->remote = g_strdup (flat->remote != NULL ? flat->remote : "");
  entry->lifetime = flat->lifetime;
  entry->enabled = flat->enabled;
  return entry;
}

static PtlRouterEntry *
read_entry (JsonNode *node, GError **error)
{
  Entry flat = { 0 };
  PtlRouterEntry *entry = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    fail (error, "wrong type", "entry");
  else if (read_fields (&flat, entry_fields, G_N_ELEMENTS (entry_fields),
                        json_node_get_object (node), NULL, error))
    entry = entry_from_flat (&flat, error);
  clear_fields (&flat, entry_fields, G_N_ELEMENTS (entry_fields));
  return entry;
}

static gboolean
read_entries (PtlIgdAnswer *self, JsonObject *object, GError **error)
{
  JsonNode *node = json_object_get_member (object, "entries");
  JsonArray *array;

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, "wrong type", "entries");
  array = json_node_get_array (node);
  if (json_array_get_length (array) > PTL_IGD_ENTRIES_MAX)
    return fail (error, "too many", "entries");
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_router_entry_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      PtlRouterEntry *entry = read_entry (json_array_get_element (array, i), error);

      if (entry == NULL)
        return FALSE;
      g_ptr_array_add (self->entries, entry);
    }
  return TRUE;
}

PtlIgdAnswer *
ptl_igd_answer_from_json (const char *json, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (PtlIgdAnswer) self = ptl_igd_answer_new ();
  JsonObject *object = parse_object (parser, json, length, error);

  if (object == NULL)
    return NULL;
  if (!json_object_has_member (object, "code"))
    {
      fail (error, "missing key", "code");
      return NULL;
    }
  if (!read_fields (self, answer_fields, G_N_ELEMENTS (answer_fields), object, "entries", error))
    return NULL;
  if (!read_entries (self, object, error))
    return NULL;
  return g_steal_pointer (&self);
}
