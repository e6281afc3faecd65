/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-variant.h"

#include <glib/gi18n-lib.h>

#include "ptl-error.h"

gboolean
ptl_variant_is_dict (GVariant *dict, GError **error)
{
  if (g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("A dictionary was expected (a{sv})."));
  return FALSE;
}

GVariant *
ptl_variant_get_value (GVariantDict *dict, const char *key, const char *type, GError **error)
{
  g_autoptr (GVariant) value = g_variant_dict_lookup_value (dict, key, NULL);

  if (value == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE (type)))
    return g_steal_pointer (&value);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 /* Translators: the first %s is a name like PublicEndpoint, the others are D-Bus
                    types */
                 _ ("“%s” has the wrong type: it must be “%s”, not “%s”."), key, type,
                 g_variant_get_type_string (value));
  return NULL;
}

/* FALSE where it has another type; @found is %NULL where it is not there. */
static gboolean
look_up (GVariantDict *dict, const char *key, const char *type, GVariant **found, GError **error)
{
  g_autoptr (GError) problem = NULL;

  *found = ptl_variant_get_value (dict, key, type, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

gboolean
ptl_variant_get_string (GVariantDict *dict, const char *key, char **value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!look_up (dict, key, "s", &found, error))
    return FALSE;
  if (found != NULL)
    {
      g_free (*value);
      *value = g_variant_dup_string (found, NULL);
    }
  return TRUE;
}

gboolean
ptl_variant_get_int64 (GVariantDict *dict, const char *key, gint64 *value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!look_up (dict, key, "x", &found, error))
    return FALSE;
  if (found != NULL)
    *value = g_variant_get_int64 (found);
  return TRUE;
}

gboolean
ptl_variant_get_uint64 (GVariantDict *dict, const char *key, guint64 *value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!look_up (dict, key, "t", &found, error))
    return FALSE;
  if (found != NULL)
    *value = g_variant_get_uint64 (found);
  return TRUE;
}

gboolean
ptl_variant_get_boolean (GVariantDict *dict, const char *key, gboolean *value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!look_up (dict, key, "b", &found, error))
    return FALSE;
  if (found != NULL)
    *value = g_variant_get_boolean (found);
  return TRUE;
}

gboolean
ptl_variant_get_strv (GVariantDict *dict, const char *key, char ***value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!look_up (dict, key, "as", &found, error))
    return FALSE;
  if (found != NULL)
    {
      g_strfreev (*value);
      *value = g_variant_dup_strv (found, NULL);
    }
  return TRUE;
}

gboolean
ptl_variant_get_port (GVariantDict *dict, const char *key, guint16 *value, GError **error)
{
  g_autoptr (GVariant) found = NULL;

  if (!look_up (dict, key, "u", &found, error))
    return FALSE;
  if (found != NULL && g_variant_get_uint32 (found) > G_MAXUINT16)
    {
      /* Translators: %s is a name like AskedPort */
      ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                     _ ("“%s” is not a port: the highest is 65535."), key);
      return FALSE;
    }
  if (found != NULL)
    *value = (guint16) g_variant_get_uint32 (found);
  return TRUE;
}

gboolean
ptl_variant_get_protocol (GVariantDict *dict, const char *key, PtlProtocol *value, GError **error)
{
  g_autofree char *text = NULL;

  if (!ptl_variant_get_string (dict, key, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (*text != '\0')
    return ptl_protocol_from_string (text, value, error);
  *value = PTL_PROTOCOL_NONE;
  return TRUE;
}

gboolean
ptl_variant_get_endpoint (GVariantDict *dict,
                          const char *key,
                          PtlProtocol protocol,
                          PtlEndpoint **value,
                          GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlEndpoint) endpoint = NULL;

  if (!ptl_variant_get_string (dict, key, &text, error))
    return FALSE;
  if (text == NULL)
    return TRUE;
  if (*text != '\0' && (endpoint = ptl_endpoint_parse (text, protocol, error)) == NULL)
    return FALSE;
  ptl_endpoint_free (*value);
  *value = g_steal_pointer (&endpoint);
  return TRUE;
}

void
ptl_variant_add_string (GVariantBuilder *builder, const char *key, const char *value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value != NULL ? value : ""));
}

void
ptl_variant_add_int64 (GVariantBuilder *builder, const char *key, gint64 value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_int64 (value));
}

void
ptl_variant_add_uint64 (GVariantBuilder *builder, const char *key, guint64 value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_uint64 (value));
}

void
ptl_variant_add_endpoint (GVariantBuilder *builder, const char *key, const PtlEndpoint *value)
{
  g_autofree char *text = value != NULL ? ptl_endpoint_to_string (value) : g_strdup ("");

  ptl_variant_add_string (builder, key, text);
}
