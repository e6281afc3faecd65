/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-identity.h"

#include <glib/gi18n-lib.h>

#include "ptl-error.h"
#include "ptl-variant.h"

static char **
no_strings (void)
{
  return g_new0 (char *, 1);
}

PtlTlsFacts *
ptl_tls_facts_new (void)
{
  PtlTlsFacts *self = g_new0 (PtlTlsFacts, 1);

  self->version = g_strdup ("");
  self->subject = g_strdup ("");
  self->issuer = g_strdup ("");
  self->names = no_strings ();
  self->old_versions = no_strings ();
  return self;
}

PtlTlsFacts *
ptl_tls_facts_copy (const PtlTlsFacts *self)
{
  PtlTlsFacts *copy = g_memdup2 (self, sizeof *self);

  copy->version = g_strdup (self->version);
  copy->subject = g_strdup (self->subject);
  copy->issuer = g_strdup (self->issuer);
  copy->names = g_strdupv (self->names);
  copy->old_versions = g_strdupv (self->old_versions);
  return copy;
}

void
ptl_tls_facts_free (PtlTlsFacts *self)
{
  if (self == NULL)
    return;
  g_free (self->version);
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_strfreev (self->old_versions);
  g_free (self);
}

PtlIdentity *
ptl_identity_new (void)
{
  PtlIdentity *self = g_new0 (PtlIdentity, 1);

  self->service = g_strdup ("");
  self->product = g_strdup ("");
  self->version = g_strdup ("");
  self->evidence = g_strdup ("");
  self->advice = g_strdup ("");
  self->banner = g_strdup ("");
  return self;
}

PtlIdentity *
ptl_identity_copy (const PtlIdentity *self)
{
  PtlIdentity *copy = g_memdup2 (self, sizeof *self);

  copy->service = g_strdup (self->service);
  copy->product = g_strdup (self->product);
  copy->version = g_strdup (self->version);
  copy->evidence = g_strdup (self->evidence);
  copy->advice = g_strdup (self->advice);
  copy->banner = g_strdup (self->banner);
  copy->tls = self->tls != NULL ? ptl_tls_facts_copy (self->tls) : NULL;
  return copy;
}

void
ptl_identity_free (PtlIdentity *self)
{
  if (self == NULL)
    return;
  g_free (self->service);
  g_free (self->product);
  g_free (self->version);
  g_free (self->evidence);
  g_free (self->advice);
  g_free (self->banner);
  ptl_tls_facts_free (self->tls);
  g_free (self);
}

char *
ptl_identity_to_name (const PtlIdentity *self)
{
  if (*self->product == '\0')
    return g_strdup (self->service);
  if (*self->version == '\0')
    return g_strdup (self->product);
  return g_strdup_printf ("%s %s", self->product, self->version);
}

static GVariant *
tls_to_variant (const PtlTlsFacts *tls)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "Version", tls->version);
  ptl_variant_add_string (&builder, "Subject", tls->subject);
  ptl_variant_add_string (&builder, "Issuer", tls->issuer);
  g_variant_builder_add (&builder, "{sv}", "Names",
                         g_variant_new_strv ((const char *const *) tls->names, -1));
  ptl_variant_add_int64 (&builder, "NotBefore", tls->not_before);
  ptl_variant_add_int64 (&builder, "NotAfter", tls->not_after);
  g_variant_builder_add (&builder, "{sv}", "SelfSigned", g_variant_new_boolean (tls->self_signed));
  g_variant_builder_add (&builder, "{sv}", "OldVersions",
                         g_variant_new_strv ((const char *const *) tls->old_versions, -1));
  return g_variant_builder_end (&builder);
}

GVariant *
ptl_identity_to_variant (const PtlIdentity *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "Service", self->service);
  ptl_variant_add_string (&builder, "Product", self->product);
  ptl_variant_add_string (&builder, "Version", self->version);
  ptl_variant_add_string (&builder, "Auth", ptl_auth_to_string (self->auth));
  ptl_variant_add_string (&builder, "Severity", ptl_severity_to_string (self->severity));
  ptl_variant_add_string (&builder, "Evidence", self->evidence);
  ptl_variant_add_string (&builder, "Advice", self->advice);
  ptl_variant_add_string (&builder, "Banner", self->banner);
  if (self->tls != NULL)
    g_variant_builder_add (&builder, "{sv}", "Tls", tls_to_variant (self->tls));
  return g_variant_builder_end (&builder);
}

static PtlTlsFacts *
tls_from_variant (GVariant *value, GError **error)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);
  g_autoptr (PtlTlsFacts) self = ptl_tls_facts_new ();

  if (!ptl_variant_get_string (&dict, "Version", &self->version, error)
      || !ptl_variant_get_string (&dict, "Subject", &self->subject, error)
      || !ptl_variant_get_string (&dict, "Issuer", &self->issuer, error)
      || !ptl_variant_get_strv (&dict, "Names", &self->names, error)
      || !ptl_variant_get_int64 (&dict, "NotBefore", &self->not_before, error)
      || !ptl_variant_get_int64 (&dict, "NotAfter", &self->not_after, error)
      || !ptl_variant_get_boolean (&dict, "SelfSigned", &self->self_signed, error)
      || !ptl_variant_get_strv (&dict, "OldVersions", &self->old_versions, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
get_words (GVariantDict *dict, PtlIdentity *self, GError **error)
{
  g_autofree char *auth = NULL;
  g_autofree char *severity = NULL;

  if (!ptl_variant_get_string (dict, "Auth", &auth, error)
      || !ptl_variant_get_string (dict, "Severity", &severity, error))
    return FALSE;
  if ((auth == NULL || ptl_auth_from_string (auth, &self->auth))
      && (severity == NULL || ptl_severity_from_string (severity, &self->severity)))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("A finding holds a word that is not known."));
  return FALSE;
}

static gboolean
get_tls (GVariantDict *dict, PtlIdentity *self, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) tls = ptl_variant_get_value (dict, "Tls", "a{sv}", &problem);

  if (problem == NULL && tls != NULL)
    self->tls = tls_from_variant (tls, &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

PtlIdentity *
ptl_identity_from_variant (GVariant *value, GError **error)
{
  g_autoptr (PtlIdentity) self = ptl_identity_new ();

  if (!ptl_variant_is_dict (value, error))
    return NULL;

  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (value);

  if (!ptl_variant_get_string (&dict, "Service", &self->service, error)
      || !ptl_variant_get_string (&dict, "Product", &self->product, error)
      || !ptl_variant_get_string (&dict, "Version", &self->version, error)
      || !ptl_variant_get_string (&dict, "Evidence", &self->evidence, error)
      || !ptl_variant_get_string (&dict, "Advice", &self->advice, error)
      || !ptl_variant_get_string (&dict, "Banner", &self->banner, error)
      || !get_words (&dict, self, error) || !get_tls (&dict, self, error))
    return NULL;
  return g_steal_pointer (&self);
}
