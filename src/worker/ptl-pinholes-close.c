/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-pinholes-private.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-left.h"
#include "worker/ptl-map.h"

static GPtrArray *
leases_of (const PtlHolding *beside, GPtrArray *mappings)
{
  GPtrArray *leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < mappings->len; i++)
    {
      PtlLease *lease = ptl_lease_from_mapping (mappings->pdata[i], beside->router_id, beside->local_address);

      lease->granted = ((const PtlHold *) beside->holds->pdata[0])->granted;
      g_ptr_array_add (leases, lease);
    }
  return leases;
}

static void
on_unmapped (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  ptl_left_return (task, leases_of (g_task_get_task_data (task), left), error);
}

static void
unmap (PtlHolding *beside, gpointer data)
{
  GTask *task = data;
  PtlPinholes *self = g_task_get_source_object (task);
  PtlRouter *router = ptl_discovery_get_router (self->discovery, beside->router_id);
  g_autoptr (GPtrArray) mappings = ptl_holding_to_mappings (beside);

  if (router != NULL)
    ptl_unmap_async (router, mappings, on_unmapped, task);
  else
    ptl_left_return (task, leases_of (beside, mappings), ptl_pinholes_no_router (self));
}

/* What a restart has not come to yet is taken back as a debt. */
static void
return_former (GTask *task, const PtlHolding *main)
{
  GPtrArray *left = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  GError *error = NULL;

  for (guint i = 0; main->former != NULL && i < main->former->len; i++)
    g_ptr_array_add (left, ptl_lease_copy (main->former->pdata[i]));
  if (left->len > 0)
    error = ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL, _("It was not restored yet."));
  ptl_left_return (task, left, error);
}

void
ptl_pinholes_close_async (PtlPinholes *self,
                          PtlHolding *main,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  if (main->beside == NULL)
    {
      return_former (task, main);
      return;
    }
  g_task_set_task_data (task, ptl_holding_ref (main->beside), (GDestroyNotify) ptl_holding_unref);
  /* A renewal that is on its way would put back what is taken: it is waited for. */
  ptl_holding_when_idle (main->beside, unmap, task);
}

GPtrArray *
ptl_pinholes_close_finish (PtlPinholes *self, GAsyncResult *result, GError **error)
{
  return ptl_left_finish (result, error);
}
