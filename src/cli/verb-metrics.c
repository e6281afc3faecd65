/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"

static const PtlCtlOption options[] = {
  { "port", PTL_CTL_VALUE, "PORT", N_("Let programs of this computer read them there") },
  { "off", PTL_CTL_FLAG, NULL, N_("Let nobody read them any more") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check (PtlCtl *self, GError **error)
{
  guint port;

  if (!ptl_ctl_has (self, "port") || !ptl_ctl_has (self, "off"))
    return ptl_ctl_get_number (self, "port", 1, G_MAXUINT16, &port, error);
  ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                 _("--port and --off exclude each other."));
  return FALSE;
}

static gboolean
set (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  guint port = 0;

  if (!ptl_ctl_has (self, "port") && !ptl_ctl_has (self, "off"))
    return TRUE;
  ptl_ctl_get_number (self, "port", 1, G_MAXUINT16, &port, NULL);
  answer = ptl_ctl_call (self, "SetMetrics", g_variant_new ("(u)", port), error);
  return answer != NULL;
}

static void
print_json (PtlCtl *self, guint port, const char *address)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  ptl_json_add_bool (builder, "on", port != 0);
  ptl_json_add_int (builder, "port", port);
  ptl_json_add_text_or_null (builder, "address", address);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autofree char *address = NULL;
  guint32 port = 0;

  if (!set (self, error))
    return FALSE;
  answer = ptl_ctl_call (self, "GetStatus", NULL, error);
  if (answer == NULL)
    return FALSE;
  status = g_variant_get_child_value (answer, 0);
  g_variant_lookup (status, "MetricsPort", "u", &port);
  address = port != 0 ? g_strdup_printf ("http://127.0.0.1:%u/metrics", port) : NULL;
  if (self->json)
    print_json (self, port, address);
  else
    ptl_ctl_print (self, "%s\n", address != NULL ? address : _("The metrics are off."));
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_metrics = {
  .name = "metrics",
  .summary = N_("Show whether the metrics can be read, or say where"),
  .details = N_("In the text format of Prometheus, by programs of this computer alone. Every user of it can\n"
                "read them, with the names of the rules."),
  .options = options,
  .check = check,
  .run = run,
};
