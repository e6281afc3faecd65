/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-page.h"

#include <string.h>

/* Keeps what the pattern's first group took, unless something was kept before. */
static gboolean
match_bytes (const PtlPattern *pattern, const void *data, gsize length, char **found)
{
  g_autofree char *group = ptl_pattern_extract (pattern, data, length);

  if (group == NULL)
    return FALSE;
  if (found != NULL && *found == NULL && *group != '\0')
    *found = g_steal_pointer (&group);
  return TRUE;
}

static gboolean
match_text (const PtlPattern *pattern, const char *text, char **found)
{
  return text != NULL && match_bytes (pattern, text, strlen (text), found);
}

static gboolean
has_status (const PtlPlace *place, int status)
{
  for (guint i = 0; i < place->status->len; i++)
    if (g_array_index (place->status, int, i) == status)
      return TRUE;
  return FALSE;
}

/* Any header of that name, for cookies come in many. */
static gboolean
match_header (const PtlPage *page, const char *name, const PtlPattern *pattern, char **found)
{
  for (guint i = 0; i < page->headers->len; i++)
    {
      const PtlHeader *header = g_ptr_array_index (page->headers, i);

      if (g_ascii_strcasecmp (header->name, name) == 0
          && match_text (pattern, header->value, found))
        return TRUE;
    }
  return FALSE;
}

/* One step into @node: a member, or an element by its number. */
static JsonNode *
step_into (JsonNode *node, const char *name)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), name);
  if (JSON_NODE_HOLDS_ARRAY (node) && g_ascii_isdigit (name[0]))
    {
      JsonArray *array = json_node_get_array (node);
      guint64 index = g_ascii_strtoull (name, NULL, 10);

      return index < json_array_get_length (array) ? json_array_get_element (array, index) : NULL;
    }
  return NULL;
}

static JsonNode *
find_json (JsonNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, ".", 8);

  for (char **name = names; node != NULL && *name != NULL; name++)
    node = step_into (node, *name);
  return node;
}

/* A value as text; "object", "array" and "null" for what has none. */
static char *
json_to_text (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return g_strdup ("object");
  if (JSON_NODE_HOLDS_ARRAY (node))
    return g_strdup ("array");
  if (JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("null");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  if (json_node_get_value_type (node) == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  return g_strdup_printf ("%g", json_node_get_double (node));
}

static gboolean
match_json (const PtlPage *page, const PtlNamed *named, char **found)
{
  JsonNode *node = page->json == NULL ? NULL : find_json (page->json, named->name);
  g_autofree char *text = node == NULL ? NULL : json_to_text (node);

  return match_text (named->match, text, found);
}

static gboolean
match_certificate (const PtlPattern *pattern, const PtlTlsFacts *tls, char **found)
{
  return tls != NULL
         && (match_text (pattern, tls->subject, found) || match_text (pattern, tls->issuer, found));
}

static gboolean
match_lists (const PtlPlace *place, const PtlPage *page, char **found)
{
  for (guint i = 0; place->headers != NULL && i < place->headers->len; i++)
    {
      const PtlNamed *named = g_ptr_array_index (place->headers, i);

      if (!match_header (page, named->name, named->match, found))
        return FALSE;
    }
  for (guint i = 0; place->json != NULL && i < place->json->len; i++)
    if (!match_json (page, g_ptr_array_index (place->json, i), found))
      return FALSE;
  return TRUE;
}

gboolean
ptl_place_match (const PtlPlace *place, const PtlPage *page, const PtlTlsFacts *tls, char **found)
{
  gsize length;
  const char *body = g_bytes_get_data (page->body, &length);
  g_autofree char *kept = NULL;

  if ((place->status != NULL && !has_status (place, page->status))
      || (place->title != NULL && !match_text (place->title, page->title, &kept))
      || (place->cookie != NULL && !match_header (page, "Set-Cookie", place->cookie, &kept))
      || (place->certificate != NULL && !match_certificate (place->certificate, tls, &kept))
      || !match_lists (place, page, &kept)
      || (place->body != NULL && !match_bytes (place->body, body, length, &kept)))
    return FALSE;
  if (found != NULL)
    *found = g_steal_pointer (&kept);
  return TRUE;
}

static gboolean
is_certificate_alone (const PtlPlace *place)
{
  return place->certificate != NULL && place->status == NULL && place->title == NULL
         && place->body == NULL && place->cookie == NULL
         && (place->headers == NULL || place->headers->len == 0)
         && (place->json == NULL || place->json->len == 0);
}

const PtlApplication *
ptl_place_find_by_certificate (PtlFingerprints *set, const PtlTlsFacts *tls)
{
  for (guint i = 0; i < set->applications->len; i++)
    {
      const PtlApplication *application = g_ptr_array_index (set->applications, i);

      for (guint j = 0; j < application->match->len; j++)
        {
          const PtlPlace *place = g_ptr_array_index (application->match, j);

          if (is_certificate_alone (place) && match_certificate (place->certificate, tls, NULL))
            return application;
        }
    }
  return NULL;
}
