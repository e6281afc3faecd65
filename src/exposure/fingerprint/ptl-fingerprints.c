/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-fingerprints.h"

#include "core/ptl-error.h"
#include "ptl-fingerprints-resources.h"
#include "ptl-json-read.h"

#define RESOURCE "/io/github/portolan/Portolan/fingerprints.json"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlApplication, ptl_application_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlTalk, ptl_talk_free)

static void
ptl_service_entry_free (PtlService *self)
{
  g_free (self->id);
  g_free (self->product);
  ptl_weight_clear (&self->weight);
  g_free (self);
}

PtlFingerprints *
ptl_fingerprints_ref (PtlFingerprints *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_fingerprints_unref (PtlFingerprints *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->services, g_hash_table_unref);
  g_clear_pointer (&self->talks, g_ptr_array_unref);
  g_clear_pointer (&self->applications, g_ptr_array_unref);
  g_clear_pointer (&self->tls_ports, g_hash_table_unref);
  g_free (self);
}

static PtlFingerprints *
ptl_fingerprints_new (void)
{
  PtlFingerprints *self = g_new0 (PtlFingerprints, 1);

  g_atomic_ref_count_init (&self->refs);
  self->services = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                          (GDestroyNotify) ptl_service_entry_free);
  self->talks = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_talk_free);
  self->applications = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_application_free);
  self->tls_ports = g_hash_table_new (NULL, NULL);
  return self;
}

static gboolean
load_services (PtlFingerprints *self, JsonObject *root, GError **error)
{
  static const char *const known[] = { "product", "control", "severity", "advice", NULL };
  JsonObject *services = NULL;
  JsonObjectIter iter;
  const char *id;
  JsonNode *node;

  if (!ptl_json_object (root, "services", &services, error))
    return FALSE;
  if (services == NULL)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, "There are no “services”.");
      return FALSE;
    }
  json_object_iter_init (&iter, services);
  while (json_object_iter_next (&iter, &id, &node))
    {
      PtlService *service = g_new0 (PtlService, 1);
      JsonObject *object = NULL;

      service->id = g_strdup (id);
      service->product = g_strdup ("");
      g_hash_table_insert (self->services, service->id, service);
      if (!ptl_json_object (services, id, &object, error) || !ptl_json_only (object, known, error)
          || !ptl_json_text (object, "product", &service->product, error)
          || !ptl_weight_load (&service->weight, object, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_service (PtlFingerprints *self, const char *id, GError **error)
{
  if (id == NULL || g_hash_table_contains (self->services, id))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, "The service “%s” is not in “services”.", id);
  return FALSE;
}

static gboolean
check_talk (PtlFingerprints *self, const PtlTalk *talk, GError **error)
{
  for (guint i = 0; i < talk->steps->len; i++)
    {
      const PtlStep *step = g_ptr_array_index (talk->steps, i);

      for (guint j = 0; j < step->answers->len; j++)
        if (!check_service (self, ((PtlAnswer *) g_ptr_array_index (step->answers, j))->service,
                            error))
          return FALSE;
    }
  return check_service (self, talk->service, error);
}

static gboolean
load_talks (PtlFingerprints *self, JsonObject *root, GError **error)
{
  JsonArray *array = NULL;

  if (!ptl_json_array (root, "talks", &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *element = ptl_json_element (array, i, error);
      g_autoptr (PtlTalk) talk = element == NULL ? NULL : ptl_talk_load (element, error);

      if (talk == NULL || !check_talk (self, talk, error))
        {
          g_prefix_error (error, "talk %u: ", i);
          return FALSE;
        }
      g_ptr_array_add (self->talks, g_steal_pointer (&talk));
    }
  return TRUE;
}

static gboolean
load_applications (PtlFingerprints *self, JsonObject *root, GError **error)
{
  JsonArray *array = NULL;

  if (!ptl_json_array (root, "applications", &array, error))
    return FALSE;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *element = ptl_json_element (array, i, error);
      g_autoptr (PtlApplication) application
          = element == NULL ? NULL : ptl_application_load (element, error);

      if (application == NULL || !check_service (self, application->service, error))
        {
          g_prefix_error (error, "application %u: ", i);
          return FALSE;
        }
      g_ptr_array_add (self->applications, g_steal_pointer (&application));
    }
  return TRUE;
}

static gboolean
load_tls_ports (PtlFingerprints *self, JsonObject *root, GError **error)
{
  g_autoptr (GArray) ports = NULL;

  if (!ptl_json_numbers (root, "tls_ports", sizeof (guint16), &ports, error))
    return FALSE;
  for (guint i = 0; ports != NULL && i < ports->len; i++)
    g_hash_table_add (self->tls_ports, GUINT_TO_POINTER (g_array_index (ports, guint16, i)));
  return TRUE;
}

PtlFingerprints *
ptl_fingerprints_load (GBytes *json, GError **error)
{
  static const char *const known[]
      = { "version", "tls_ports", "services", "talks", "applications", NULL };
  g_autoptr (PtlFingerprints) self = ptl_fingerprints_new ();
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  gsize length;
  const char *text = g_bytes_get_data (json, &length);
  JsonNode *root;

  if (!json_parser_load_from_data (parser, length > 0 ? text : "", length, error))
    return NULL;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, "The fingerprints are not an object.");
      return NULL;
    }
  if (!ptl_json_only (json_node_get_object (root), known, error)
      || !load_services (self, json_node_get_object (root), error)
      || !load_tls_ports (self, json_node_get_object (root), error)
      || !load_talks (self, json_node_get_object (root), error)
      || !load_applications (self, json_node_get_object (root), error))
    return NULL;
  return g_steal_pointer (&self);
}

static PtlFingerprints *
load_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) json
      = g_resource_lookup_data (ptl_fingerprints_get_resource (), RESOURCE, 0, &error);
  PtlFingerprints *self = json == NULL ? NULL : ptl_fingerprints_load (json, &error);

  if (self == NULL)
    g_error ("The built-in fingerprints: %s", error->message);
  return self;
}

static GMutex default_lock; /* over the two below; held while it is read: others wait for it */
static PtlFingerprints *default_set;
static int has_default; /* atomic: who only asks does not wait */

PtlFingerprints *
ptl_fingerprints_dup_default (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&default_lock);

  if (default_set == NULL)
    default_set = load_default ();
  g_atomic_int_set (&has_default, TRUE);
  return ptl_fingerprints_ref (default_set);
}

gboolean
ptl_fingerprints_have_default (void)
{
  return g_atomic_int_get (&has_default);
}

void
ptl_fingerprints_forget_default (void)
{
  /* Somebody reads it at this moment: it is wanted. */
  if (!g_mutex_trylock (&default_lock))
    return;
  g_clear_pointer (&default_set, ptl_fingerprints_unref);
  g_atomic_int_set (&has_default, FALSE);
  g_mutex_unlock (&default_lock);
}

const PtlService *
ptl_fingerprints_find_service (PtlFingerprints *self, const char *id)
{
  return g_hash_table_lookup (self->services, id);
}

gboolean
ptl_ports_have (GArray *ports, guint16 port)
{
  for (guint i = 0; ports != NULL && i < ports->len; i++)
    if (g_array_index (ports, guint16, i) == port)
      return TRUE;
  return FALSE;
}
