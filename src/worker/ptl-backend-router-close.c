/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-router-private.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-left.h"
#include "worker/ptl-map.h"

/* ---- Close ---- */

GError *
ptl_backend_router_away (void)
{
  return ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL,
                        _("The router is not there: this computer is in another network, or in none."));
}

static gboolean
is_of (const PtlLease *lease, const PtlHolding *holding)
{
  return !g_str_equal (lease->system, "engine") && ptl_lease_is_pinhole (lease) == holding->ipv6;
}

/* The leases of @holding that lead to one of @mappings. */
static GPtrArray *
leases_of (PtlHolding *holding, GPtrArray *mappings)
{
  g_autoptr (GPtrArray) all = ptl_holding_to_leases (holding);
  GPtrArray *some = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < all->len; i++)
    {
      const PtlLease *lease = all->pdata[i];

      for (guint j = 0; j < mappings->len && is_of (lease, holding); j++)
        {
          const PtlMapping *mapping = mappings->pdata[j];

          if (lease->endpoint->protocol == mapping->protocol &&
              lease->inner->first == mapping->internal_port)
            g_ptr_array_add (some, ptl_lease_copy (lease));
        }
    }
  return some;
}

/* Of a holding and what is beside it: the one that comes last answers for both. */
typedef struct
{
  PtlHolding *holding;
  GPtrArray *left; /* of PtlLease */
  GError *error;   /* the first */
  guint n_pending;
} Closing;

static void
closing_free (gpointer data)
{
  Closing *closing = data;

  ptl_holding_unref (closing->holding);
  g_clear_pointer (&closing->left, g_ptr_array_unref);
  g_clear_error (&closing->error);
  g_free (closing);
}

/* Takes over @left and @error. */
static void
part_closed (GTask *task, GPtrArray *left, GError *error)
{
  Closing *closing = g_task_get_task_data (task);

  g_ptr_array_extend_and_steal (closing->left, left);
  if (closing->error == NULL)
    closing->error = g_steal_pointer (&error);
  g_clear_error (&error);
  if (--closing->n_pending == 0)
    ptl_left_return (task, g_steal_pointer (&closing->left), g_steal_pointer (&closing->error));
}

static void
on_unmapped (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  const Closing *closing = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  part_closed (task, leases_of (closing->holding, left), error);
}

static void
on_pinholes_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  GPtrArray *left = ptl_pinholes_close_finish (PTL_PINHOLES (source), result, &error);

  part_closed (data, left, error);
}

static void
unmap (PtlHolding *holding, gpointer data)
{
  GTask *task = data;
  PtlRouter *router = ptl_backend_router_get_router (g_task_get_source_object (task), holding);
  g_autoptr (GPtrArray) mappings = ptl_holding_to_mappings (holding);

  if (router == NULL)
    part_closed (task, leases_of (holding, mappings), ptl_backend_router_away ());
  else
    ptl_unmap_async (router, mappings, on_unmapped, task);
}

/* Takes over @task. */
static void
close_held (PtlBackendRouter *self, GTask *task, PtlHolding *holding)
{
  Closing *closing = g_new0 (Closing, 1);

  closing->holding = ptl_holding_ref (holding);
  closing->left = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  closing->n_pending = 2;
  g_task_set_task_data (task, closing, closing_free);
  ptl_backend_router_drop (self, holding);
  ptl_pinholes_close_async (self->pinholes, holding, on_pinholes_closed, task);
  /* A renewal that is on its way would put back what is taken: it is waited for. */
  ptl_holding_when_idle (closing->holding, unmap, task);
}

/* A rule that was never restored holds nothing here; what its leases name in a router is taken back as a debt. */
static void
close_unheld (GTask *task, const PtlRule *rule)
{
  GPtrArray *left = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (!g_str_equal (lease->system, "engine"))
        g_ptr_array_add (left, ptl_lease_copy (lease));
    }
  ptl_left_return (task, left, left->len > 0 ? ptl_backend_router_away () : NULL);
}

void
ptl_backend_router_close_async (PtlBackend *backend,
                                const PtlRule *rule,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule->id);

  if (holding == NULL)
    {
      ptl_engine_close (self->engine, rule->id, FALSE, NULL);
      close_unheld (task, rule);
      return;
    }
  close_held (self, task, holding);
}

GPtrArray *
ptl_backend_router_close_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return ptl_left_finish (result, error);
}

/* ---- Take back ---- */

static void
on_deleted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ptl_router_delete_finish (PTL_ROUTER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
is_same_mapping (const PtlHolding *holding, const PtlMapping *mapping)
{
  for (guint i = 0; i < holding->holds->len; i++)
    {
      const PtlMapping *held = ((const PtlHold *) holding->holds->pdata[i])->mapping;

      if (held->protocol == mapping->protocol && held->granted_port == mapping->granted_port &&
          held->internal_port == mapping->internal_port)
        return TRUE;
    }
  return FALSE;
}

static PtlRouter *
router_of (PtlBackendRouter *self, const PtlLease *lease)
{
  return ptl_lease_is_pinhole (lease)
             ? ptl_discovery_get_router (ptl_pinholes_get_discovery (self->pinholes), lease->holder)
             : ptl_discovery_get_router (self->discovery, lease->holder);
}

void
ptl_backend_router_take_back_async (PtlBackend *backend,
                                    const char *rule_id,
                                    const PtlLease *lease,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  PtlRouter *router = router_of (self, lease);
  PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);
  g_autoptr (PtlMapping) mapping = NULL;

  if (router == NULL)
    {
      g_task_return_error (task, ptl_backend_router_away ());
      return;
    }
  mapping = ptl_lease_to_mapping (lease, rule_id, ptl_router_get_local_address (router));
  /* The rule moved away and came back to the very same: it is held, not owed. */
  if (holding != NULL && ptl_lease_is_pinhole (lease) && !holding->ipv6)
    holding = holding->beside;
  if (holding != NULL && ptl_backend_router_get_router (self, holding) == router &&
      mapping->internal_address == NULL && is_same_mapping (holding, mapping))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  ptl_router_delete_async (router, mapping, NULL, on_deleted, g_steal_pointer (&task));
}

gboolean
ptl_backend_router_take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
