/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-draft.h"

PtlDraft *
ptl_draft_new (PtlKind kind)
{
  PtlDraft *self = g_new0 (PtlDraft, 1);

  self->kind = kind;
  self->way = PTL_WAY_AUTO;
  self->protocol = PTL_PROTOCOL_TCP;
  return self;
}

PtlDraft *
ptl_draft_copy (const PtlDraft *self)
{
  PtlDraft *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->public_endpoint = g_strdup (self->public_endpoint);
  copy->target = g_strdup (self->target);
  copy->backend = g_strdup (self->backend);
  copy->owner = g_strdup (self->owner);
  copy->purpose = g_strdup (self->purpose);
  copy->preset = g_strdup (self->preset);
  copy->override = g_strdup (self->override);
  copy->audience = g_strdupv (self->audience);
  copy->options = self->options != NULL ? ptl_options_copy (self->options) : NULL;
  return copy;
}

void
ptl_draft_free (PtlDraft *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->public_endpoint);
  g_free (self->target);
  g_free (self->backend);
  g_free (self->owner);
  g_free (self->purpose);
  g_free (self->preset);
  g_free (self->override);
  g_strfreev (self->audience);
  ptl_options_free (self->options);
  g_free (self);
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (text));
}

static void
add_term (GVariantBuilder *builder, const PtlTerm *term)
{
  static const char *const keys[] = {
    [PTL_TERM_DURATION] = "Duration",
    [PTL_TERM_UNTIL] = "Expires",
    [PTL_TERM_REVIEW] = "Review",
  };

  g_variant_builder_add (builder, "{sv}", keys[term->kind], g_variant_new_int64 (term->value));
}

GVariant *
ptl_draft_to_request (const PtlDraft *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  add_text (&builder, "Kind", ptl_kind_to_string (self->kind));
  add_text (&builder, "Protocol", ptl_protocol_to_string (self->protocol));
  add_text (&builder, "Way", ptl_way_to_string (self->way));
  add_text (&builder, "Name", self->name);
  add_text (&builder, "PublicEndpoint", self->public_endpoint);
  add_text (&builder, "Target", self->target);
  add_text (&builder, "Backend", self->backend);
  add_text (&builder, "Owner", self->owner);
  add_text (&builder, "Purpose", self->purpose);
  add_text (&builder, "Preset", self->preset);
  add_text (&builder, "Override", self->override);
  if (self->audience != NULL && self->audience[0] != NULL)
    g_variant_builder_add (&builder, "{sv}", "Audience",
                           g_variant_new_strv ((const char *const *) self->audience, -1));
  if (self->options != NULL && !ptl_options_is_plain (self->options))
    g_variant_builder_add (&builder, "{sv}", "Options", ptl_options_to_variant (self->options));
  if (self->firewall != PTL_FIREWALL_WISH_AUTO)
    add_text (&builder, "Firewall", ptl_firewall_wish_to_string (self->firewall));
  add_term (&builder, &self->term);
  return g_variant_builder_end (&builder);
}
