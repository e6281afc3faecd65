/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

static gboolean
check_range (gint64 from, gint64 until, guint step, GError **error)
{
  if (step != PTL_SAMPLE_MINUTE && step != PTL_SAMPLE_HOUR)
    ptl_error_set (error, PTL_ERROR_INVALID, _("Say 60 or 3600."),
                   _("The history is kept by the minute and by the hour."));
  else if (from < 0 || until <= from)
    ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("The end of the history asked for is not after its beginning."));
  else
    return TRUE;
  return FALSE;
}

static GVariant *
samples_to_variant (const GArray *samples)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xttttt)"));
  for (guint i = 0; i < samples->len; i++)
    {
      const PtlSample *sample = &g_array_index (samples, PtlSample, i);

      g_variant_builder_add (&builder, "(xttttt)", sample->at, sample->bytes_in, sample->bytes_out, sample->peak,
                             sample->begun, sample->refused);
    }
  return g_variant_builder_end (&builder);
}

static void
get_history (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GArray) samples = NULL;
  g_autofree char *id = NULL;
  const char *prefix;
  gint64 from, until;
  guint step;

  g_variant_get (arguments, "(&sxxu)", &prefix, &from, &until, &step);
  if (until == 0)
    until = ptl_clock_get_wall (self->parts.clock) + 1;
  if (check_range (from, until, step, &error))
    id = ptl_service_resolve (self, prefix, &error);
  if (id != NULL)
    samples = ptl_sampler_list (self->parts.sampler, id, from, until, step, &error);
  if (samples == NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new ("(@a(xttttt))", samples_to_variant (samples)));
}

const PtlServiceMethod ptl_service_history_methods[] = {
  { "handle-get-history", get_history, FALSE },
  { NULL, NULL, FALSE },
};
