/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-routers.h"

#include <glib/gi18n-lib.h>

const char *
ptl_routers_get_network_state (PtlDiscovery *discovery)
{
  PtlRouter *router = ptl_discovery_get_default (discovery);

  if (router == NULL)
    return "no-gateway";
  switch (ptl_router_get_state (router))
    {
    case PTL_ROUTER_STATE_SEARCHING:
      return "searching";
    case PTL_ROUTER_STATE_READY:
    case PTL_ROUTER_STATE_OFFLINE:
      return "ok";
    case PTL_ROUTER_STATE_SILENT:
    case PTL_ROUTER_STATE_NONE:
    default:
      return "no-router";
    }
}

static GError *
no_router (PtlDiscovery *discovery)
{
  GError *problem = ptl_discovery_dup_problem (discovery);

  if (problem == NULL)
    problem = ptl_error_new (PTL_ERROR_ROUTER_NONE, _("Connect to your home network and try again."),
                             _("This computer has no router: it is not connected to a network."));
  return problem;
}

char *
ptl_routers_dup_network_message (PtlDiscovery *discovery)
{
  PtlRouter *router = ptl_discovery_get_default (discovery);
  g_autoptr (GError) problem = NULL;
  const GError *error;

  if (router == NULL)
    {
      problem = no_router (discovery);
      return g_strdup (problem->message);
    }
  error = ptl_router_get_error (router);
  if (error != NULL)
    return g_strdup (error->message);
  if (ptl_router_get_state (router) == PTL_ROUTER_STATE_NONE)
    return g_strdup (_("The router takes no mappings from this computer.\n"
                       "Switch on UPnP, NAT-PMP or PCP in the router's settings."));
  return g_strdup ("");
}

char **
ptl_routers_dup_addresses (PtlDiscovery *discovery)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (discovery));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (G_LIST_MODEL (discovery), i);
      const char *external = ptl_router_get_external_address (router);

      g_strv_builder_add (builder, ptl_router_get_address (router));
      if (external != NULL && *external != '\0')
        g_strv_builder_add (builder, external);
    }
  return g_strv_builder_end (builder);
}

PtlRouter *
ptl_routers_find (PtlDiscovery *discovery, const char *id, GError **error)
{
  PtlRouter *router;

  if (id != NULL && *id != '\0')
    {
      router = ptl_discovery_get_router (discovery, id);
      if (router == NULL)
        ptl_error_set (error, PTL_ERROR_NOT_FOUND,
                       _("Look at the list of routers, or leave it out for the one in use."),
                       _("There is no router of this id in this network."));
      return router;
    }
  router = ptl_discovery_get_default (discovery);
  if (router == NULL)
    g_propagate_error (error, no_router (discovery));
  return router;
}
