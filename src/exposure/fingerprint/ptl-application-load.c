/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-fingerprints.h"
#include "ptl-json-read.h"

#include "core/ptl-error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlPlace, ptl_place_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlApplication, ptl_application_free)

static void
ptl_named_free (PtlNamed *self)
{
  g_free (self->name);
  g_clear_pointer (&self->match, ptl_pattern_free);
  g_free (self);
}

void
ptl_place_free (PtlPlace *self)
{
  g_free (self->path);
  g_clear_pointer (&self->status, g_array_unref);
  g_clear_pointer (&self->title, ptl_pattern_free);
  g_clear_pointer (&self->body, ptl_pattern_free);
  g_clear_pointer (&self->cookie, ptl_pattern_free);
  g_clear_pointer (&self->certificate, ptl_pattern_free);
  g_clear_pointer (&self->headers, g_ptr_array_unref);
  g_clear_pointer (&self->json, g_ptr_array_unref);
  g_free (self);
}

/* {"Server": "^nginx", ...} */
static gboolean
load_named (JsonObject *object,
            const char *name,
            gboolean caseless,
            GPtrArray **list,
            GError **error)
{
  JsonObject *members = NULL;
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;

  if (!ptl_json_object (object, name, &members, error))
    return FALSE;
  if (members == NULL)
    return TRUE;
  *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_named_free);
  json_object_iter_init (&iter, members);
  while (json_object_iter_next (&iter, &member, &node))
    {
      PtlNamed *named = g_new0 (PtlNamed, 1);

      named->name = g_strdup (member);
      g_ptr_array_add (*list, named);
      if (!ptl_json_pattern (members, member, caseless, &named->match, error))
        return FALSE;
    }
  return TRUE;
}

PtlPlace *
ptl_place_load (JsonObject *object, const char *path, GError **error)
{
  static const char *const known[]
      = { "path", "status", "title", "body", "cookie", "certificate", "header", "json", NULL };
  g_autoptr (PtlPlace) self = g_new0 (PtlPlace, 1);

  self->path = g_strdup (path);
  if (!ptl_json_only (object, known, error) || !ptl_json_text (object, "path", &self->path, error)
      || !ptl_json_numbers (object, "status", sizeof (int), &self->status, error)
      || !ptl_json_pattern (object, "title", TRUE, &self->title, error)
      || !ptl_json_pattern (object, "body", TRUE, &self->body, error)
      || !ptl_json_pattern (object, "cookie", TRUE, &self->cookie, error)
      || !ptl_json_pattern (object, "certificate", TRUE, &self->certificate, error)
      || !load_named (object, "header", TRUE, &self->headers, error)
      || !load_named (object, "json", TRUE, &self->json, error))
    return NULL;
  if (self->path[0] == '/' || g_str_has_prefix (self->path, "PROPFIND /")
      || g_str_has_prefix (self->path, "OPTIONS /") || g_str_has_prefix (self->path, "POST /"))
    return g_steal_pointer (&self);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 "“%s” is neither a path nor PROPFIND, OPTIONS or POST and a path.", self->path);
  return NULL;
}

/* One place, or a list of them. */
static gboolean
load_places (JsonObject *object,
             const char *name,
             const char *path,
             GPtrArray **list,
             GError **error)
{
  JsonArray *array = NULL;

  *list = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_place_free);
  if (!ptl_json_array (object, name, &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *element = ptl_json_element (array, i, error);
      PtlPlace *place = element == NULL ? NULL : ptl_place_load (element, path, error);

      if (place == NULL)
        return FALSE;
      g_ptr_array_add (*list, place);
    }
  return TRUE;
}

static void
ptl_login_free (PtlLogin *self)
{
  g_clear_pointer (&self->open, g_ptr_array_unref);
  g_clear_pointer (&self->protected_, g_ptr_array_unref);
  g_free (self);
}

static gboolean
load_logins (PtlApplication *self, JsonObject *object, GError **error)
{
  static const char *const known[] = { "path", "open", "protected", NULL };
  JsonArray *array = NULL;

  self->logins = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_login_free);
  if (!ptl_json_array (object, "login", &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *element = ptl_json_element (array, i, error);
      g_autofree char *path = g_strdup ("/");
      PtlLogin *login;

      if (element == NULL || !ptl_json_only (element, known, error)
          || !ptl_json_text (element, "path", &path, error))
        return FALSE;
      login = g_new0 (PtlLogin, 1);
      g_ptr_array_add (self->logins, login);
      if (!load_places (element, "open", path, &login->open, error)
          || !load_places (element, "protected", path, &login->protected_, error))
        return FALSE;
    }
  return TRUE;
}

void
ptl_application_free (PtlApplication *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->service);
  g_clear_pointer (&self->ports, g_array_unref);
  g_clear_pointer (&self->match, g_ptr_array_unref);
  g_clear_pointer (&self->versions, g_ptr_array_unref);
  g_clear_pointer (&self->logins, g_ptr_array_unref);
  ptl_weight_clear (&self->weight);
  g_free (self);
}

PtlApplication *
ptl_application_load (JsonObject *object, GError **error)
{
  static const char *const known[]
      = { "id",   "name",    "service", "ports",    "match",  "version", "login",
          "auth", "generic", "control", "severity", "advice", NULL };
  g_autoptr (PtlApplication) self = g_new0 (PtlApplication, 1);

  self->auth = PTL_AUTH_UNTOLD;
  self->service = g_strdup ("http");
  if (!ptl_json_only (object, known, error) || !ptl_json_text (object, "id", &self->id, error)
      || !ptl_json_text (object, "name", &self->name, error)
      || !ptl_json_text (object, "service", &self->service, error)
      || !ptl_json_numbers (object, "ports", sizeof (guint16), &self->ports, error)
      || !load_places (object, "match", "/", &self->match, error)
      || !load_places (object, "version", "/", &self->versions, error)
      || !load_logins (self, object, error) || !ptl_json_auth (object, "auth", &self->auth, error)
      || !ptl_json_flag (object, "generic", &self->generic, error)
      || !ptl_weight_load (&self->weight, object, error))
    return NULL;
  if (self->id != NULL && self->name != NULL && self->match->len > 0)
    return g_steal_pointer (&self);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 "An application has no “id”, no “name” or no “match”.");
  return NULL;
}
