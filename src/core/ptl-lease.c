/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-lease.h"

#include "ptl-variant.h"

G_DEFINE_BOXED_TYPE (PtlLease, ptl_lease, ptl_lease_copy, ptl_lease_free)

PtlLease *
ptl_lease_new (const char *system, const char *holder)
{
  PtlLease *self = g_new0 (PtlLease, 1);

  self->system = g_strdup (system != NULL ? system : "");
  self->holder = g_strdup (holder != NULL ? holder : "");
  self->key = g_strdup ("");
  return self;
}

PtlLease *
ptl_lease_copy (const PtlLease *self)
{
  PtlLease *copy = g_memdup2 (self, sizeof *self);

  copy->system = g_strdup (self->system);
  copy->holder = g_strdup (self->holder);
  copy->endpoint = ptl_endpoint_copy (self->endpoint);
  copy->inner = ptl_endpoint_copy (self->inner);
  copy->key = g_strdup (self->key);
  return copy;
}

void
ptl_lease_free (PtlLease *self)
{
  if (self == NULL)
    return;
  g_free (self->system);
  g_free (self->holder);
  ptl_endpoint_free (self->endpoint);
  ptl_endpoint_free (self->inner);
  g_free (self->key);
  g_free (self);
}

gboolean
ptl_lease_equal (const PtlLease *a, const PtlLease *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  return g_strcmp0 (a->system, b->system) == 0 && g_strcmp0 (a->holder, b->holder) == 0
         && ptl_endpoint_equal (a->endpoint, b->endpoint) && ptl_endpoint_equal (a->inner, b->inner)
         && a->lifetime == b->lifetime && a->granted == b->granted && a->renew == b->renew
         && a->read_back == b->read_back && g_strcmp0 (a->key, b->key) == 0;
}

static PtlProtocol
get_protocol (const PtlLease *self)
{
  if (self->endpoint != NULL)
    return self->endpoint->protocol;
  return self->inner != NULL ? self->inner->protocol : PTL_PROTOCOL_NONE;
}

GVariant *
ptl_lease_to_variant (const PtlLease *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  ptl_variant_add_string (&builder, "System", self->system);
  ptl_variant_add_string (&builder, "Holder", self->holder);
  ptl_variant_add_string (&builder, "Protocol", ptl_protocol_to_string (get_protocol (self)));
  ptl_variant_add_endpoint (&builder, "Endpoint", self->endpoint);
  ptl_variant_add_endpoint (&builder, "Inner", self->inner);
  ptl_variant_add_int64 (&builder, "Lifetime", self->lifetime);
  ptl_variant_add_int64 (&builder, "Granted", self->granted);
  ptl_variant_add_int64 (&builder, "Renew", self->renew);
  ptl_variant_add_int64 (&builder, "ReadBack", self->read_back);
  ptl_variant_add_string (&builder, "Key", self->key);
  return g_variant_builder_end (&builder);
}

PtlLease *
ptl_lease_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (PtlLease) self = ptl_lease_new ("", "");
  g_autoptr (GVariantDict) dict = NULL;
  PtlProtocol protocol = PTL_PROTOCOL_NONE;

  if (!ptl_variant_is_dict (variant, error))
    return NULL;
  dict = g_variant_dict_new (variant);
  if (!ptl_variant_get_string (dict, "System", &self->system, error)
      || !ptl_variant_get_string (dict, "Holder", &self->holder, error)
      || !ptl_variant_get_protocol (dict, "Protocol", &protocol, error)
      || !ptl_variant_get_endpoint (dict, "Endpoint", protocol, &self->endpoint, error)
      || !ptl_variant_get_endpoint (dict, "Inner", protocol, &self->inner, error)
      || !ptl_variant_get_int64 (dict, "Lifetime", &self->lifetime, error)
      || !ptl_variant_get_int64 (dict, "Granted", &self->granted, error)
      || !ptl_variant_get_int64 (dict, "Renew", &self->renew, error)
      || !ptl_variant_get_int64 (dict, "ReadBack", &self->read_back, error)
      || !ptl_variant_get_string (dict, "Key", &self->key, error))
    return NULL;
  return g_steal_pointer (&self);
}
