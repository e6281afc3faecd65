/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

static void
on_searched (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  if (ptl_discovery_search_finish (PTL_DISCOVERY (source), result, &error))
    g_dbus_method_invocation_return_value (data, NULL);
  else
    ptl_service_fail (data, error);
}

static void
search_routers (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  ptl_discovery_search_async (self->parts.discovery, NULL, on_searched, invocation);
}

const PtlServiceMethod ptl_service_network_methods[] = {
  { "handle-search-routers", search_routers, FALSE },
  { NULL, NULL, FALSE },
};
