/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-rule.h"
#include "ptl-variant.h"

static void
add_leases (GVariantBuilder *builder, const PtlRule *self)
{
  GVariantBuilder leases;

  g_variant_builder_init (&leases, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->leases->len; i++)
    g_variant_builder_add_value (&leases,
                                 ptl_lease_to_variant (g_ptr_array_index (self->leases, i)));
  g_variant_builder_add (builder, "{sv}", "Leases", g_variant_builder_end (&leases));
}

/* Not kept: it follows from the leases. */
static void
add_pinhole (GVariantBuilder *builder, const PtlRule *self)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (self->leases);

  ptl_variant_add_endpoint (builder, "PublicEndpoint6", endpoint);
}

static void
add_declared (GVariantBuilder *builder, const PtlRule *self)
{
  g_auto (GStrv) audience = ptl_audience_to_strv (self->audience);

  ptl_variant_add_string (builder, "Id", self->id);
  ptl_variant_add_string (builder, "Kind", ptl_kind_to_string (self->kind));
  ptl_variant_add_string (builder, "Name", self->name);
  ptl_variant_add_string (builder, "Protocol",
                          ptl_protocol_to_string (ptl_rule_get_protocol (self)));
  ptl_variant_add_endpoint (builder, "PublicEndpoint", self->public_endpoint);
  add_pinhole (builder, self);
  g_variant_builder_add (builder, "{sv}", "AskedPort", g_variant_new_uint32 (self->asked_port));
  ptl_variant_add_endpoint (builder, "Target", self->target);
  ptl_variant_add_string (builder, "Way", ptl_way_to_string (self->way));
  ptl_variant_add_string (builder, "Family", ptl_family_to_string (self->family));
  ptl_variant_add_string (builder, "Firewall", ptl_firewall_wish_to_string (self->firewall));
  ptl_variant_add_string (builder, "Backend", self->backend);
  ptl_variant_add_string (builder, "Owner", self->owner);
  ptl_variant_add_string (builder, "Purpose", self->purpose);
  ptl_variant_add_string (builder, "Preset", self->preset);
  ptl_variant_add_string (builder, "Override", self->override);
  g_variant_builder_add (builder, "{sv}", "Audience",
                         g_variant_new_strv ((const char *const *) audience, -1));
  g_variant_builder_add (builder, "{sv}", "Options", ptl_options_to_variant (self->options));
}

static void
add_course (GVariantBuilder *builder, const PtlRule *self)
{
  ptl_variant_add_int64 (builder, "Created", self->created);
  ptl_variant_add_int64 (builder, "Expires", self->expires);
  ptl_variant_add_int64 (builder, "Review", self->review);
  ptl_variant_add_int64 (builder, "Closed", self->closed);
  ptl_variant_add_string (builder, "State", ptl_rule_state_to_string (self->state));
  ptl_variant_add_string (builder, "CloseReason", ptl_close_reason_to_string (self->close_reason));
  ptl_variant_add_string (builder, "ErrorCode", self->error_code);
  ptl_variant_add_string (builder, "ErrorMessage", self->error_message);
  ptl_variant_add_string (builder, "ErrorAdvice", self->error_advice);
  ptl_variant_add_string (builder, "Step", self->step);
  ptl_variant_add_string (builder, "PublicName", self->public_name);
  ptl_variant_add_string (builder, "FirewallZone", self->firewall_zone);
  ptl_variant_add_int64 (builder, "FirewallUntil", self->firewall_until);
}

static void
add_traffic (GVariantBuilder *builder, const PtlTraffic *traffic)
{
  ptl_variant_add_uint64 (builder, "BytesIn", traffic->bytes_in);
  ptl_variant_add_uint64 (builder, "BytesOut", traffic->bytes_out);
  ptl_variant_add_uint64 (builder, "ConnectionsNow", traffic->connections_now);
  ptl_variant_add_uint64 (builder, "ConnectionsEver", traffic->connections_ever);
  ptl_variant_add_uint64 (builder, "Refused", traffic->refused);
  ptl_variant_add_int64 (builder, "LastUsed", traffic->last_used);
}

GVariant *
ptl_rule_to_variant (const PtlRule *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_declared (&builder, self);
  add_course (&builder, self);
  add_leases (&builder, self);
  add_traffic (&builder, &self->traffic);
  return g_variant_builder_end (&builder);
}

static gboolean
get_kind_and_way (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autofree char *kind = NULL;
  g_autofree char *way = NULL;

  return ptl_variant_get_string (dict, "Kind", &kind, error)
         && (kind == NULL || ptl_kind_from_string (kind, &self->kind, error))
         && ptl_variant_get_string (dict, "Way", &way, error)
         && (way == NULL || ptl_way_from_string (way, &self->way, error));
}

static gboolean
get_family (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autofree char *family = NULL;

  return ptl_variant_get_string (dict, "Family", &family, error)
         && (family == NULL || ptl_family_from_string (family, &self->family, error));
}

static gboolean
get_firewall (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autofree char *wish = NULL;

  return ptl_variant_get_string (dict, "Firewall", &wish, error)
         && (wish == NULL || ptl_firewall_wish_from_string (wish, &self->firewall, error));
}

static gboolean
get_state (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autofree char *state = NULL;
  g_autofree char *reason = NULL;

  return ptl_variant_get_string (dict, "State", &state, error)
         && (state == NULL || ptl_rule_state_from_string (state, &self->state, error))
         && ptl_variant_get_string (dict, "CloseReason", &reason, error)
         && (reason == NULL || ptl_close_reason_from_string (reason, &self->close_reason, error));
}

static gboolean
get_endpoints (PtlRule *self, GVariantDict *dict, GError **error)
{
  PtlProtocol protocol = PTL_PROTOCOL_TCP;

  if (!ptl_variant_get_protocol (dict, "Protocol", &protocol, error)
      || !ptl_variant_get_endpoint (dict, "PublicEndpoint", protocol, &self->public_endpoint, error)
      || !ptl_variant_get_endpoint (dict, "Target", protocol, &self->target, error)
      || !ptl_variant_get_port (dict, "AskedPort", &self->asked_port, error))
    return FALSE;
  if (self->public_endpoint == NULL)
    self->public_endpoint = ptl_endpoint_new (protocol, NULL, 0, 0);
  self->public_endpoint->protocol = protocol;
  return TRUE;
}

static gboolean
get_audience (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) value = ptl_variant_get_value (dict, "Audience", "as", &problem);
  g_autofree const char **networks = NULL;
  PtlAudience *audience = NULL;

  if (value == NULL && problem == NULL)
    return TRUE;
  if (value != NULL)
    {
      networks = g_variant_get_strv (value, NULL);
      audience = ptl_audience_new (networks, &problem);
    }
  if (audience == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  ptl_audience_unref (self->audience);
  self->audience = audience;
  return TRUE;
}

static gboolean
get_options (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) value = ptl_variant_get_value (dict, "Options", "a{sv}", &problem);

  if (value != NULL)
    ptl_options_apply (self->options, value, ptl_rule_get_protocol (self), &problem);
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
get_leases (PtlRule *self, GVariantDict *dict, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GVariant) value = ptl_variant_get_value (dict, "Leases", "aa{sv}", &problem);

  for (gsize i = 0; value != NULL && i < g_variant_n_children (value) && problem == NULL; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      PtlLease *lease = ptl_lease_from_variant (child, &problem);

      if (lease != NULL)
        g_ptr_array_add (self->leases, lease);
    }
  if (problem == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
get_texts (PtlRule *self, GVariantDict *dict, GError **error)
{
  return ptl_variant_get_string (dict, "Id", &self->id, error)
         && ptl_variant_get_string (dict, "Name", &self->name, error)
         && ptl_variant_get_string (dict, "Backend", &self->backend, error)
         && ptl_variant_get_string (dict, "Owner", &self->owner, error)
         && ptl_variant_get_string (dict, "Purpose", &self->purpose, error)
         && ptl_variant_get_string (dict, "Preset", &self->preset, error)
         && ptl_variant_get_string (dict, "Override", &self->override, error)
         && ptl_variant_get_string (dict, "ErrorCode", &self->error_code, error)
         && ptl_variant_get_string (dict, "ErrorMessage", &self->error_message, error)
         && ptl_variant_get_string (dict, "ErrorAdvice", &self->error_advice, error)
         && ptl_variant_get_string (dict, "Step", &self->step, error)
         && ptl_variant_get_string (dict, "PublicName", &self->public_name, error)
         && ptl_variant_get_string (dict, "FirewallZone", &self->firewall_zone, error);
}

static gboolean
get_numbers (PtlRule *self, GVariantDict *dict, GError **error)
{
  PtlTraffic *traffic = &self->traffic;

  return ptl_variant_get_int64 (dict, "Created", &self->created, error)
         && ptl_variant_get_int64 (dict, "Expires", &self->expires, error)
         && ptl_variant_get_int64 (dict, "Review", &self->review, error)
         && ptl_variant_get_int64 (dict, "Closed", &self->closed, error)
         && ptl_variant_get_int64 (dict, "FirewallUntil", &self->firewall_until, error)
         && ptl_variant_get_uint64 (dict, "BytesIn", &traffic->bytes_in, error)
         && ptl_variant_get_uint64 (dict, "BytesOut", &traffic->bytes_out, error)
         && ptl_variant_get_uint64 (dict, "ConnectionsNow", &traffic->connections_now, error)
         && ptl_variant_get_uint64 (dict, "ConnectionsEver", &traffic->connections_ever, error)
         && ptl_variant_get_uint64 (dict, "Refused", &traffic->refused, error)
         && ptl_variant_get_int64 (dict, "LastUsed", &traffic->last_used, error);
}

PtlRule *
ptl_rule_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (PtlRule) self = ptl_rule_new (PTL_KIND_FORWARD);
  g_autoptr (GVariantDict) dict = NULL;

  if (!ptl_variant_is_dict (variant, error))
    return NULL;
  dict = g_variant_dict_new (variant);
  if (!get_kind_and_way (self, dict, error) || !get_family (self, dict, error)
      || !get_firewall (self, dict, error) || !get_endpoints (self, dict, error)
      || !get_texts (self, dict, error) || !get_audience (self, dict, error)
      || !get_options (self, dict, error) || !get_state (self, dict, error) || !get_numbers (self, dict, error)
      || !get_leases (self, dict, error))
    return NULL;
  return g_steal_pointer (&self);
}
