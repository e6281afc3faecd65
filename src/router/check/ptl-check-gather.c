/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-gather.h"

#include "core/ptl-text.h"
#include "ptl-way-out.h"
#include "router/ptl-address-class.h"
#include "router/ptl-router-private.h"

#define SHOWN_CHARS 80

static const char *
version_of (PtlMapper *mapper)
{
  switch (ptl_mapper_get_protocol (mapper))
    {
    case PTL_ROUTER_PROTOCOL_PCP:
      return "2"; /* RFC 6887: the one version that this program speaks */
    case PTL_ROUTER_PROTOCOL_NATPMP:
      return "0"; /* RFC 6886 */
    default:
      return ptl_mapper_get_version (mapper);
    }
}

/* It speaks the protocol, and refuses because it has no internet. */
static gboolean
is_offline (PtlMapper *mapper)
{
  return ptl_mapper_get_settled_state (mapper) == PTL_MAPPER_REFUSES
         && g_error_matches (ptl_mapper_get_error (mapper), PTL_ERROR, PTL_ERROR_ROUTER_OFFLINE);
}

static void
take_mapper (PtlCheckFacts *facts, PtlMapper *mapper)
{
  const char *name = ptl_router_protocol_to_string (ptl_mapper_get_protocol (mapper));
  g_autofree char *model = ptl_text_make_safe (ptl_mapper_get_model (mapper), -1, SHOWN_CHARS);

  if (ptl_mapper_get_settled_state (mapper) == PTL_MAPPER_UNKNOWN)
    facts->searching = TRUE;
  if (is_offline (mapper))
    facts->wan_state = PTL_WAN_DISCONNECTED;
  if (!ptl_mapper_works (mapper) && !is_offline (mapper))
    return;
  g_ptr_array_add (facts->spoken, ptl_spoken_new (name, version_of (mapper)));
  if (*model != '\0')
    ptl_check_facts_set (&facts->router_model, model);
  if (ptl_mapper_get_uptime (mapper) >= 0)
    facts->uptime = ptl_mapper_get_uptime (mapper);
}

/* "0.0.0.0" is how many of them say that they have none. */
static PtlWanState
wan_state_of (PtlRouter *router, gboolean works)
{
  if (!works)
    return PTL_WAN_UNKNOWN;
  if (ptl_router_get_state (router) == PTL_ROUTER_STATE_OFFLINE || !ptl_router_is_connected (router))
    return PTL_WAN_DISCONNECTED;
  return ptl_address_class_of (ptl_router_find_external_address (router)) != PTL_ADDRESS_NONE ? PTL_WAN_CONNECTED
                                                                                             : PTL_WAN_UNKNOWN;
}

static void
take_router (PtlCheckFacts *facts, PtlRouter *router)
{
  const char *wan = ptl_router_find_external_address (router);

  ptl_check_facts_set (&facts->router_id, ptl_router_get_id (router));
  ptl_check_facts_set (&facts->router_address, ptl_router_get_address (router));
  ptl_check_facts_set (&facts->router_interface, ptl_router_get_interface (router));
  ptl_check_facts_set (&facts->router_local, ptl_router_get_local_address (router));
  ptl_check_facts_set (&facts->router_name, ptl_router_get_name (router));
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    take_mapper (facts, ptl_router_get_mapper (router, i));
  if (ptl_address_class_of (wan) != PTL_ADDRESS_NONE)
    ptl_check_facts_set (&facts->wan_address, wan);
  if (facts->wan_state == PTL_WAN_UNKNOWN)
    facts->wan_state = wan_state_of (router, facts->spoken->len > 0);
}

PtlCheckFacts *
ptl_check_gather (PtlDiscovery *discovery, PtlNetlink *netlink)
{
  PtlCheckFacts *facts = ptl_check_facts_new ();
  PtlRouter *router = ptl_discovery_get_default (discovery);
  g_autoptr (PtlNetTables) tables = ptl_netlink_read (netlink, NULL);

  if (tables != NULL)
    ptl_way_out_find (tables, facts);
  if (router != NULL)
    take_router (facts, router);
  /* Known protocols are enough: one of the three may never answer. */
  if (facts->spoken->len > 0)
    facts->searching = FALSE;
  return facts;
}
