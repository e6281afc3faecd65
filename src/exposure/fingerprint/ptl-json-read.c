/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-json-read.h"

#include "core/ptl-error.h"
#include "core/ptl-exposure-words.h"

static gboolean
refuse (GError **error, const char *name, const char *why)
{
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "“%s” %s.", name, why);
  return FALSE;
}

gboolean
ptl_json_only (JsonObject *object, const char *const *known, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    if (!g_strv_contains (known, name))
      return refuse (error, name, "is not a member that is known here");
  return TRUE;
}

gboolean
ptl_json_text (JsonObject *object, const char *name, char **text, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse (error, name, "is not a text");
  g_free (*text);
  *text = g_strdup (json_node_get_string (node));
  return TRUE;
}

gboolean
ptl_json_flag (JsonObject *object, const char *name, gboolean *flag, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (error, name, "is neither true nor false");
  *flag = json_node_get_boolean (node);
  return TRUE;
}

gboolean
ptl_json_array (JsonObject *object, const char *name, JsonArray **array, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse (error, name, "is not a list");
  *array = json_node_get_array (node);
  return TRUE;
}

gboolean
ptl_json_object (JsonObject *object, const char *name, JsonObject **child, GError **error)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse (error, name, "is not an object");
  *child = json_node_get_object (node);
  return TRUE;
}

JsonObject *
ptl_json_element (JsonArray *array, guint index, GError **error)
{
  JsonNode *node = json_array_get_element (array, index);

  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_node_get_object (node);
  refuse (error, "element", "of a list is not an object");
  return NULL;
}

gboolean
ptl_json_numbers (JsonObject *object,
                  const char *name,
                  gsize size,
                  GArray **numbers,
                  GError **error)
{
  JsonArray *array = NULL;

  if (!ptl_json_array (object, name, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      gint64 value = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                         ? json_node_get_int (node)
                         : -1;
      guint16 small = (guint16) value;
      int wide = (int) value;

      if (value < 0 || value > G_MAXUINT16)
        return refuse (error, name, "holds what is not a number from 0 to 65535");
      if (*numbers == NULL)
        *numbers = g_array_new (FALSE, FALSE, size);
      g_array_append_vals (*numbers, size == sizeof small ? (gconstpointer) &small : &wide, 1);
    }
  return TRUE;
}

gboolean
ptl_json_pattern (JsonObject *object,
                  const char *name,
                  gboolean caseless,
                  PtlPattern **pattern,
                  GError **error)
{
  g_autofree char *text = NULL;

  if (!ptl_json_text (object, name, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  *pattern = ptl_pattern_new (text, caseless, error);
  return *pattern != NULL;
}

gboolean
ptl_json_auth (JsonObject *object, const char *name, int *auth, GError **error)
{
  g_autofree char *word = NULL;
  PtlAuth value;

  if (!ptl_json_text (object, name, &word, error))
    return FALSE;
  if (word == NULL)
    return TRUE;
  if (!ptl_auth_from_string (word, &value))
    return refuse (error, name, "is not one of unknown, open, protected and none");
  *auth = value;
  return TRUE;
}
