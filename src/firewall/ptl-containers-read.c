/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <json-glib/json-glib.h>
#include <string.h>

#include "core/ptl-text.h"
#include "ptl-containers.h"

#define NAME_MAX_CHARS 60
#define ID_MAX_CHARS 64
#define IP_MAX_CHARS 45
#define CONTAINERS_MOST 1000
#define PORTS_MOST 4096

void
ptl_container_free (PtlContainer *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->name);
  g_array_unref (self->ports);
  g_free (self);
}

static void
clear_port (gpointer data)
{
  g_free (((PtlPublishedPort *) data)->ip);
}

static gint64
get_int (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
             ? json_node_get_int (node)
             : 0;
}

static const char *
get_text (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

static JsonArray *
get_array (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/* {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}; one without a PublicPort is not published. */
static void
read_port (JsonObject *object, GArray *ports)
{
  gint64 public = get_int (object, "PublicPort");
  const char *type = get_text (json_object_get_member (object, "Type"));
  PtlPublishedPort port;

  if (public < 1 || public > G_MAXUINT16 || ports->len >= PORTS_MOST)
    return;
  port.ip = ptl_text_make_safe (get_text (json_object_get_member (object, "IP")), -1, IP_MAX_CHARS);
  port.port = (guint16) public;
  port.protocol = strcmp (type, "udp") == 0 ? PTL_PROTOCOL_UDP : PTL_PROTOCOL_TCP;
  g_array_append_val (ports, port);
}

static char *
dup_name (JsonObject *object)
{
  JsonArray *names = get_array (object, "Names");
  const char *name = names != NULL && json_array_get_length (names) > 0 ? get_text (json_array_get_element (names, 0)) : "";

  if (*name == '/')
    name++;
  return ptl_text_make_safe (*name != '\0' ? name : "?", -1, NAME_MAX_CHARS);
}

static PtlContainer *
read_container (JsonObject *object)
{
  PtlContainer *self = g_new0 (PtlContainer, 1);
  JsonArray *ports = get_array (object, "Ports");

  self->engine = "";
  self->id = ptl_text_make_safe (get_text (json_object_get_member (object, "Id")), -1, ID_MAX_CHARS);
  self->name = dup_name (object);
  self->ports = g_array_new (FALSE, FALSE, sizeof (PtlPublishedPort));
  g_array_set_clear_func (self->ports, clear_port);
  for (guint i = 0; ports != NULL && i < json_array_get_length (ports); i++)
    {
      JsonNode *node = json_array_get_element (ports, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        read_port (json_node_get_object (node), self->ports);
    }
  return self;
}

GPtrArray *
ptl_containers_read (const char *body, gsize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  GPtrArray *containers;
  JsonArray *array;
  JsonNode *root;

  if (!json_parser_load_from_data (parser, body, (gssize) length, error))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_ARRAY (root))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no list of containers");
      return NULL;
    }
  array = json_node_get_array (root);
  containers = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_container_free);
  for (guint i = 0; i < json_array_get_length (array) && i < CONTAINERS_MOST; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        g_ptr_array_add (containers, read_container (json_node_get_object (node)));
    }
  return containers;
}

/* On loopback it is no business of a firewall. */
static gboolean
lets_in (const PtlContainer *container, PtlProtocol protocol, guint16 first, guint16 last)
{
  for (guint i = 0; i < container->ports->len; i++)
    {
      const PtlPublishedPort *port = &g_array_index (container->ports, PtlPublishedPort, i);

      if (port->port >= first && port->port <= last && (port->protocol & protocol) != 0 &&
          !g_str_has_prefix (port->ip, "127.") && strcmp (port->ip, "::1") != 0)
        return TRUE;
    }
  return FALSE;
}

const PtlContainer *
ptl_containers_find (GPtrArray *containers, PtlProtocol protocol, guint16 first, guint16 last)
{
  for (guint i = 0; i < containers->len; i++)
    if (lets_in (containers->pdata[i], protocol, first, last))
      return containers->pdata[i];
  return NULL;
}
