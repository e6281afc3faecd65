/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-defaults.h"

#include <gio/gio.h>

#include "core/ptl-validate.h"

#define SCHEMA "io.github.portolan.Portolan"
#define SECONDS (3 * 3600)

/* The settings if they hold @key of @type; a schema that is not installed would end the program. */
static GSettings *
open_settings (const char *key, const GVariantType *type)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) schema_key = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SCHEMA, TRUE);
  if (schema == NULL || !g_settings_schema_has_key (schema, key))
    return NULL;
  schema_key = g_settings_schema_get_key (schema, key);
  if (!g_variant_type_equal (g_settings_schema_key_get_value_type (schema_key), type))
    return NULL;
  return g_settings_new_full (schema, NULL, NULL);
}

char *
ptl_defaults_dup_owner (void)
{
  g_autoptr (GSettings) settings = open_settings ("default-owner", G_VARIANT_TYPE_STRING);
  g_autofree char *owner
      = settings != NULL ? g_settings_get_string (settings, "default-owner") : NULL;
  const char *real_name = g_get_real_name ();

  if (owner != NULL && ptl_validate_text ("owner", owner, PTL_OWNER_MAX_CHARS, TRUE, NULL))
    return g_steal_pointer (&owner);
  if (real_name != NULL && g_strcmp0 (real_name, "Unknown") != 0
      && ptl_validate_text ("owner", real_name, PTL_OWNER_MAX_CHARS, TRUE, NULL))
    return g_strdup (real_name);
  return g_strdup (g_get_user_name ());
}

gint64
ptl_defaults_get_seconds (void)
{
  g_autoptr (GSettings) settings = open_settings ("default-duration", G_VARIANT_TYPE_UINT32);

  return settings != NULL ? g_settings_get_uint (settings, "default-duration") : SECONDS;
}
