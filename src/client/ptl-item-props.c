/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-item-props.h"

#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static GParamSpec *
make_spec (const PtlItemProp *prop)
{
  if (g_str_equal (prop->type, "as"))
    return g_param_spec_boxed (prop->name, NULL, NULL, G_TYPE_STRV, READABLE);
  if (g_str_equal (prop->type, "u"))
    return g_param_spec_uint (prop->name, NULL, NULL, 0, G_MAXUINT, 0, READABLE);
  if (g_str_equal (prop->type, "b"))
    return g_param_spec_boolean (prop->name, NULL, NULL, FALSE, READABLE);
  return g_param_spec_string (prop->name, NULL, NULL, "", READABLE);
}

void
ptl_item_props_install (GObjectClass *klass, const PtlItemProp *props, guint n, GParamSpec **specs)
{
  for (guint i = 0; i < n; i++)
    specs[i + 1] = make_spec (&props[i]);
  g_object_class_install_properties (klass, n + 1, specs);
}

static int
find (const PtlItemProp *props, guint n, const char *key)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (props[i].key, key))
      return (int) i;
  return -1;
}

gboolean
ptl_item_props_apply (GObject *object,
                      const PtlItemProp *props,
                      guint n,
                      GParamSpec **specs,
                      GVariant **values,
                      GVariant *changed)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;
  gboolean any = FALSE;

  g_object_freeze_notify (object);
  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      int i = find (props, n, key);

      if (i < 0 || !g_variant_is_of_type (value, G_VARIANT_TYPE (props[i].type)))
        continue;
      if (values[i] != NULL && g_variant_equal (values[i], value))
        continue;
      g_clear_pointer (&values[i], g_variant_unref);
      values[i] = g_variant_ref (value);
      g_object_notify_by_pspec (object, specs[i + 1]);
      any = TRUE;
    }
  g_object_thaw_notify (object);
  return any;
}

void
ptl_item_props_get (const PtlItemProp *prop, GVariant *value, GValue *out)
{
  if (g_str_equal (prop->type, "as"))
    g_value_take_boxed (out, value != NULL ? g_variant_dup_strv (value, NULL) : g_new0 (char *, 1));
  else if (g_str_equal (prop->type, "u"))
    g_value_set_uint (out, value != NULL ? g_variant_get_uint32 (value) : 0);
  else if (g_str_equal (prop->type, "b"))
    g_value_set_boolean (out, value != NULL && g_variant_get_boolean (value));
  else
    g_value_set_string (out, value != NULL ? g_variant_get_string (value, NULL) : "");
}

const char *
ptl_item_props_get_text (const PtlItemProp *props, guint n, GVariant **values, const char *key)
{
  int i = find (props, n, key);

  if (i < 0 || values[i] == NULL || !g_variant_is_of_type (values[i], G_VARIANT_TYPE_STRING))
    return "";
  return g_variant_get_string (values[i], NULL);
}
