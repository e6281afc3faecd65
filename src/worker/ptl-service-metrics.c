/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

static void
set_metrics (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  guint32 port;

  g_variant_get (arguments, "(u)", &port);
  if (ptl_changes_may_write (self->parts.changes, &error)
      && ptl_metrics_set_port (self->parts.metrics, port, who, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    ptl_service_fail (invocation, error);
}

const PtlServiceMethod ptl_service_metrics_methods[] = {
  { "handle-set-metrics", set_metrics, TRUE },
  { NULL, NULL, FALSE },
};
