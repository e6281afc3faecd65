/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend-router-private.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-map.h"

/* ---- Close ---- */

typedef struct
{
  GPtrArray *left; /* of PtlLease */
  GError *error;
} Closed;

static void
closed_free (gpointer data)
{
  Closed *closed = data;

  g_clear_pointer (&closed->left, g_ptr_array_unref);
  g_clear_error (&closed->error);
  g_free (closed);
}

static void
return_closed (GTask *task, GPtrArray *left, GError *error)
{
  Closed *closed = g_new (Closed, 1);

  closed->left = left;
  closed->error = error;
  g_task_return_pointer (task, closed, closed_free);
  g_object_unref (task);
}

GError *
ptl_backend_router_away (void)
{
  return ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL,
                        _("The router is not there: this computer is in another network, or in none."));
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

      for (guint j = 0; j < mappings->len && !g_str_equal (lease->system, "engine"); j++)
        {
          const PtlMapping *mapping = mappings->pdata[j];

          if (lease->endpoint->protocol == mapping->protocol &&
              lease->inner->first == mapping->internal_port)
            g_ptr_array_add (some, ptl_lease_copy (lease));
        }
    }
  return some;
}

static void
on_unmapped (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlHolding *holding = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  return_closed (task, leases_of (holding, left), error);
}

static void
unmap (PtlHolding *holding, gpointer data)
{
  GTask *task = data;
  PtlBackendRouter *self = g_task_get_source_object (task);
  PtlRouter *router = ptl_discovery_get_router (self->discovery, holding->router_id);
  g_autoptr (GPtrArray) mappings = ptl_holding_to_mappings (holding);

  if (router == NULL)
    return_closed (task, leases_of (holding, mappings), ptl_backend_router_away ());
  else
    ptl_unmap_async (router, mappings, on_unmapped, task);
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
  return_closed (task, left, left->len > 0 ? ptl_backend_router_away () : NULL);
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
  g_task_set_task_data (task, ptl_holding_ref (holding), (GDestroyNotify) ptl_holding_unref);
  ptl_backend_router_drop (self, holding);
  /* A renewal that is on its way would put back what is taken: it is waited for. */
  ptl_holding_when_idle (g_task_get_task_data (task), unmap, task);
}

GPtrArray *
ptl_backend_router_close_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  Closed *closed = g_task_propagate_pointer (G_TASK (result), NULL);
  GPtrArray *left = g_steal_pointer (&closed->left);

  if (closed->error != NULL)
    g_propagate_error (error, g_steal_pointer (&closed->error));
  closed_free (closed);
  return left;
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

void
ptl_backend_router_take_back_async (PtlBackend *backend,
                                    const char *rule_id,
                                    const PtlLease *lease,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  PtlBackendRouter *self = PTL_BACKEND_ROUTER (backend);
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  PtlRouter *router = ptl_discovery_get_router (self->discovery, lease->holder);
  const PtlHolding *holding = g_hash_table_lookup (self->holdings, rule_id);
  g_autoptr (PtlMapping) mapping = NULL;

  if (router == NULL)
    {
      g_task_return_error (task, ptl_backend_router_away ());
      return;
    }
  mapping = ptl_lease_to_mapping (lease, rule_id, ptl_router_get_local_address (router));
  /* The rule moved away and came back to the very same: it is held, not owed. */
  if (holding != NULL && g_str_equal (holding->router_id, lease->holder) &&
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
