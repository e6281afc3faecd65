/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-error.h"
#include "ptl-options.h"
#include "ptl-text.h"

#define SHOWN_CHARS 40

static GVariant *
targets_to_variant (const GPtrArray *targets)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < targets->len; i++)
    {
      const PtlTarget *target = g_ptr_array_index (targets, i);
      g_autofree char *endpoint = ptl_endpoint_to_string (target->endpoint);
      g_autofree char *text = g_strconcat (target->backup ? "!" : "", endpoint, NULL);

      g_variant_builder_add (&builder, "s", text);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
value_to_variant (const PtlOptions *self, PtlOption option)
{
  const PtlOptionSpec *spec = ptl_option_get_spec (option);

  return spec->words != NULL ? g_variant_new_string (spec->words[self->values[option]])
                             : g_variant_new_uint64 (self->values[option]);
}

static GVariant *
networks_to_variant (const PtlAudience *networks)
{
  g_auto (GStrv) texts = networks != NULL ? ptl_audience_to_strv (networks) : g_new0 (char *, 1);

  return g_variant_new_strv ((const char *const *) texts, -1);
}

GVariant *
ptl_options_to_variant_since (const PtlOptions *self, const PtlOptions *before)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < PTL_N_OPTIONS; i++)
    if (self->values[i] != before->values[i])
      g_variant_builder_add (&builder, "{sv}", ptl_option_get_spec (i)->key,
                             value_to_variant (self, i));
  if (!ptl_targets_equal (self->targets, before->targets))
    g_variant_builder_add (&builder, "{sv}", "Targets", targets_to_variant (self->targets));
  if (!ptl_audience_equal (self->proxy_from, before->proxy_from))
    g_variant_builder_add (&builder, "{sv}", "ProxyFrom", networks_to_variant (self->proxy_from));
  return g_variant_builder_end (&builder);
}

GVariant *
ptl_options_to_variant (const PtlOptions *self)
{
  g_autoptr (PtlOptions) usual = ptl_options_new ();

  return ptl_options_to_variant_since (self, usual);
}

static gboolean
wrong_type (const char *key, const char *wanted, GVariant *value, GError **error)
{
  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 /* Translators: the first %s is a name like MaxConnections, the others are D-Bus
                    types */
                 _ ("“%s” has the wrong type: it must be “%s”, not “%s”."), key, wanted,
                 g_variant_get_type_string (value));
  return FALSE;
}

static gboolean
apply_value (PtlOptions *self, PtlOption option, GVariant *value, GError **error)
{
  const PtlOptionSpec *spec = ptl_option_get_spec (option);
  g_autofree char *text = NULL;

  if (!g_variant_is_of_type (value, spec->words != NULL ? G_VARIANT_TYPE_STRING
                                                        : G_VARIANT_TYPE_UINT64))
    return wrong_type (spec->key, spec->words != NULL ? "s" : "t", value, error);
  if (spec->words != NULL)
    text = g_variant_dup_string (value, NULL);
  else
    text = g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
  return ptl_option_parse (option, text, &self->values[option], error);
}

static gboolean
apply_targets (PtlOptions *self, const char *const *texts, PtlProtocol protocol, GError **error)
{
  g_ptr_array_set_size (self->targets, 0);
  for (; *texts != NULL; texts++)
    {
      gboolean backup = **texts == '!';
      g_autoptr (PtlEndpoint) endpoint
          = ptl_endpoint_parse (*texts + backup, protocol, error);

      if (endpoint == NULL)
        return FALSE;
      g_ptr_array_add (self->targets, ptl_target_new (endpoint, backup));
    }
  return TRUE;
}

static gboolean
apply_proxy_from (PtlOptions *self, const char *const *networks, GError **error)
{
  PtlAudience *audience = NULL;

  if (*networks != NULL)
    {
      audience = ptl_audience_new (networks, error);
      if (audience == NULL)
        return FALSE;
    }
  g_clear_pointer (&self->proxy_from, ptl_audience_unref);
  self->proxy_from = audience;
  return TRUE;
}

static gboolean
apply_list (
    PtlOptions *self, const char *key, GVariant *value, PtlProtocol protocol, GError **error)
{
  g_autofree const char **texts = NULL;

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return wrong_type (key, "as", value, error);
  texts = g_variant_get_strv (value, NULL);
  return strcmp (key, "Targets") == 0 ? apply_targets (self, texts, protocol, error)
                                      : apply_proxy_from (self, texts, error);
}

static gboolean
apply_one (
    PtlOptions *self, const char *key, GVariant *value, PtlProtocol protocol, GError **error)
{
  g_autofree char *shown = NULL;
  PtlOption option;

  if (strcmp (key, "Targets") == 0 || strcmp (key, "ProxyFrom") == 0)
    return apply_list (self, key, value, protocol, error);
  if (ptl_option_find (key, &option) && strcmp (ptl_option_get_spec (option)->key, key) == 0)
    return apply_value (self, option, value, error);
  shown = ptl_text_make_safe (key, -1, SHOWN_CHARS);
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("“%s” is not known here."), shown);
  return FALSE;
}

static void
swap (PtlOptions *a, PtlOptions *b)
{
  PtlOptions middle = *a;

  *a = *b;
  *b = middle;
}

gboolean
ptl_options_apply (PtlOptions *self, GVariant *variant, PtlProtocol protocol, GError **error)
{
  g_autoptr (PtlOptions) after = ptl_options_copy (self);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT))
    return wrong_type ("Options", "a{sv}", variant, error);
  g_variant_iter_init (&iter, variant);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) held = value;

      if (!apply_one (after, key, held, protocol, error))
        return FALSE;
    }
  swap (self, after);
  return TRUE;
}
