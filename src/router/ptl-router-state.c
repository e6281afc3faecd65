/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-address-class.h"
#include "ptl-router-cause.h"
#include "ptl-router-private.h"

/* What a router is, by what its mappers tell. */

gboolean
ptl_mapper_works (PtlMapper *mapper)
{
  return ptl_mapper_get_settled_state (mapper) == PTL_MAPPER_WORKS;
}

gboolean
ptl_router_works (PtlRouter *self)
{
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if (ptl_mapper_works (ptl_router_get_mapper (self, i)))
      return TRUE;
  return FALSE;
}

static guint
count_settled (PtlRouter *self, PtlMapperState state)
{
  guint n = 0;

  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    n += ptl_mapper_get_settled_state (ptl_router_get_mapper (self, i)) == state;
  return n;
}

const char *
ptl_router_find_external_address (PtlRouter *self)
{
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    {
      PtlMapper *mapper = ptl_router_get_mapper (self, i);
      const char *address = ptl_mapper_get_external_address (mapper);

      if (ptl_mapper_works (mapper) && *address != '\0')
        return address;
    }
  return "";
}

gboolean
ptl_router_is_connected (PtlRouter *self)
{
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    {
      PtlMapper *mapper = ptl_router_get_mapper (self, i);

      if (ptl_mapper_works (mapper) && !ptl_mapper_get_is_connected (mapper))
        return FALSE;
    }
  return TRUE;
}

static gboolean
tells_why_not (PtlMapper *mapper)
{
  PtlMapperState state = ptl_mapper_get_settled_state (mapper);

  return ptl_mapper_get_error (mapper) != NULL
         && (state == PTL_MAPPER_REFUSES
             || (state == PTL_MAPPER_SILENT && ptl_mapper_get_is_present (mapper)));
}

GError *
ptl_router_dup_failure (PtlRouter *self)
{
  for (guint i = 0; i < PTL_ROUTER_N_MAPPERS; i++)
    if (tells_why_not (ptl_router_get_mapper (self, i)))
      return g_error_copy (ptl_mapper_get_error (ptl_router_get_mapper (self, i)));
  if (count_settled (self, PTL_MAPPER_SILENT) > 0 && count_settled (self, PTL_MAPPER_ABSENT) == 0)
    return ptl_router_cause_silent (ptl_router_get_address (self));
  return ptl_router_cause_none (ptl_router_get_address (self));
}

static PtlRouterState
compute_working_state (PtlRouter *self, GError **error)
{
  const char *external = ptl_router_find_external_address (self);
  PtlAddressClass kind = ptl_address_class_of (external);

  /* PCP alone does not tell the address before the first mapping. */
  if (kind == PTL_ADDRESS_NONE && ptl_router_is_connected (self))
    return PTL_ROUTER_STATE_READY;
  *error = ptl_address_class_to_error (kind, ptl_router_get_address (self), external);
  /* Some say so though it works: it is told, and nothing is refused for it. */
  if (*error == NULL && !ptl_router_is_connected (self))
    *error = ptl_address_class_to_error (PTL_ADDRESS_NONE, ptl_router_get_address (self), "");
  return kind == PTL_ADDRESS_NONE ? PTL_ROUTER_STATE_OFFLINE : PTL_ROUTER_STATE_READY;
}

PtlRouterState
ptl_router_compute_state (PtlRouter *self, GError **error)
{
  if (ptl_router_works (self))
    return compute_working_state (self, error);
  if (count_settled (self, PTL_MAPPER_UNKNOWN) > 0)
    return PTL_ROUTER_STATE_SEARCHING;
  *error = ptl_router_dup_failure (self);
  return ptl_error_code_of (*error) == PTL_ERROR_ROUTER_SILENT ? PTL_ROUTER_STATE_SILENT
                                                               : PTL_ROUTER_STATE_NONE;
}
