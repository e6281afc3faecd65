/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-event.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-error.h"

G_DEFINE_BOXED_TYPE (PtlEvent, ptl_event, ptl_event_copy, ptl_event_free)

PtlEvent *
ptl_event_new (void)
{
  PtlEvent *self = g_new0 (PtlEvent, 1);

  self->who = g_strdup ("");
  self->what = g_strdup ("");
  self->rule_id = g_strdup ("");
  self->result = g_strdup ("");
  self->detail = g_strdup ("");
  self->hash = g_strdup ("");
  return self;
}

PtlEvent *
ptl_event_copy (const PtlEvent *self)
{
  PtlEvent *copy = g_new0 (PtlEvent, 1);

  copy->seq = self->seq;
  copy->at = self->at;
  copy->who = g_strdup (self->who);
  copy->what = g_strdup (self->what);
  copy->rule_id = g_strdup (self->rule_id);
  copy->result = g_strdup (self->result);
  copy->detail = g_strdup (self->detail);
  copy->hash = g_strdup (self->hash);
  return copy;
}

void
ptl_event_free (PtlEvent *self)
{
  if (self == NULL)
    return;
  g_free (self->who);
  g_free (self->what);
  g_free (self->rule_id);
  g_free (self->result);
  g_free (self->detail);
  g_free (self->hash);
  g_free (self);
}

/* Each field with its length before it, so that no two events give the same bytes. */
static void
add_field (GChecksum *sum, const char *text)
{
  gsize length = strlen (text);
  g_autofree char *head = g_strdup_printf ("%" G_GSIZE_FORMAT ":", length);

  g_checksum_update (sum, (const guchar *) head, -1);
  g_checksum_update (sum, (const guchar *) text, (gssize) length);
}

char *
ptl_event_compute_hash (const PtlEvent *self, const char *previous)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *numbers
      = g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, self->seq, self->at);

  add_field (sum, previous != NULL ? previous : "");
  add_field (sum, numbers);
  add_field (sum, self->who);
  add_field (sum, self->what);
  add_field (sum, self->rule_id);
  add_field (sum, self->result);
  add_field (sum, self->detail);
  return g_strdup (g_checksum_get_string (sum));
}

GVariant *
ptl_event_to_variant (const PtlEvent *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&builder, "{sv}", "Seq", g_variant_new_int64 (self->seq));
  g_variant_builder_add (&builder, "{sv}", "At", g_variant_new_int64 (self->at));
  g_variant_builder_add (&builder, "{sv}", "Who", g_variant_new_string (self->who));
  g_variant_builder_add (&builder, "{sv}", "What", g_variant_new_string (self->what));
  g_variant_builder_add (&builder, "{sv}", "RuleId", g_variant_new_string (self->rule_id));
  g_variant_builder_add (&builder, "{sv}", "Result", g_variant_new_string (self->result));
  g_variant_builder_add (&builder, "{sv}", "Detail", g_variant_new_string (self->detail));
  g_variant_builder_add (&builder, "{sv}", "Hash", g_variant_new_string (self->hash));
  return g_variant_builder_end (&builder);
}

PtlEvent *
ptl_event_from_variant (GVariant *variant, GError **error)
{
  g_autoptr (PtlEvent) self = g_new0 (PtlEvent, 1);

  if (!g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT)
      || !g_variant_lookup (variant, "Seq", "x", &self->seq)
      || !g_variant_lookup (variant, "At", "x", &self->at)
      || !g_variant_lookup (variant, "Who", "s", &self->who)
      || !g_variant_lookup (variant, "What", "s", &self->what)
      || !g_variant_lookup (variant, "RuleId", "s", &self->rule_id)
      || !g_variant_lookup (variant, "Result", "s", &self->result)
      || !g_variant_lookup (variant, "Detail", "s", &self->detail)
      || !g_variant_lookup (variant, "Hash", "s", &self->hash))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("This is not an event of the log."));
      return NULL;
    }
  return g_steal_pointer (&self);
}
