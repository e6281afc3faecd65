/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-pinholes-private.h"

#include <glib/gi18n-lib.h>

#include "worker/ptl-map.h"

/* ---- Whether and where ---- */

static gboolean
admits_ipv6 (const PtlAudience *audience)
{
  if (ptl_audience_is_anyone (audience))
    return TRUE;
  for (guint i = 0; i < ptl_audience_get_n_networks (audience); i++)
    if (ptl_audience_get_network (audience, i)->family == 6)
      return TRUE;
  return ptl_audience_get_n_networks (audience) == 0;
}

gboolean
ptl_pinholes_are_wanted (const PtlRule *rule)
{
  return rule->family == PTL_FAMILY_BOTH ||
         (rule->family == PTL_FAMILY_AUTO && admits_ipv6 (rule->audience));
}

/* One box is known by its hardware address on both sides, or by the interface that leads to it. */
PtlRouter *
ptl_pinholes_find_router (PtlPinholes *self, const char *backend)
{
  PtlRouter *router = *backend != '\0' ? ptl_discovery_get_router (self->discovery, backend)
                                       : ptl_discovery_get_default (self->discovery);
  PtlRouter *other = *backend != '\0' ? ptl_discovery_get_router (self->ipv4, backend) : NULL;
  GListModel *model = G_LIST_MODEL (self->discovery);

  for (guint i = 0; router == NULL && other != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRouter) each = g_list_model_get_item (model, i);

      if (g_strcmp0 (ptl_router_get_interface (each), ptl_router_get_interface (other)) == 0)
        router = each; /* the list keeps it */
    }
  return router;
}

GError *
ptl_pinholes_no_router (PtlPinholes *self)
{
  GError *problem = ptl_discovery_dup_problem (self->discovery);

  if (problem == NULL)
    problem = ptl_error_new (PTL_ERROR_ROUTER_NONE, NULL, _("This router is not there by IPv6."));
  return problem;
}

static gboolean
leads_here (PtlPinholes *self, const char *host)
{
  PtlRouter *router = ptl_discovery_get_default (self->ipv4);

  return router != NULL && g_strcmp0 (host, ptl_router_get_local_address (router)) == 0;
}

gboolean
ptl_pinholes_aim (PtlPinholes *self, PtlHolding *holding, GError **error)
{
  const char *host = holding->rule->target->host;

  if (holding->rule->way != PTL_WAY_DIRECT || strchr (host, ':') != NULL)
    return TRUE;
  holding->inner_host = leads_here (self, host) ? g_strdup (holding->local_address)
                                                : ptl_discovery_dup_ipv6_of (self->discovery, host);
  if (holding->inner_host != NULL)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_TARGET,
                 _("Give the device's IPv6 address in a rule of its own, or make the mapping guarded."),
                 /* Translators: %s is an IPv4 address */
                 _("The IPv6 address of %s is not known here, so the router cannot be told to let anyone in to it."),
                 host);
  return FALSE;
}

/* ---- Opening ---- */

static guint16
port_of_old (const PtlHolding *beside)
{
  for (guint i = 0; i < beside->rule->leases->len; i++)
    {
      const PtlLease *lease = beside->rule->leases->pdata[i];

      if (lease->inner != NULL)
        return lease->inner->first;
    }
  return 0;
}

/* The port outside is the port inside; so it is the one that the IPv4 mapping has, where it is free here. One
 * that the target itself has at this address would lead in a circle. */
static guint16
choose_port (const PtlHolding *main, const PtlHolding *beside)
{
  const PtlHold *first = main->holds->len > 0 ? main->holds->pdata[0] : NULL;
  guint16 port = port_of_old (beside);

  if (port == 0 && first != NULL)
    port = first->mapping->granted_port;
  if (g_strcmp0 (main->rule->target->host, beside->local_address) == 0 && port == main->rule->target->first)
    return 0;
  return port;
}

static void
take_former (PtlHolding *beside, const PtlHolding *main)
{
  g_ptr_array_set_size (beside->rule->leases, 0);
  for (guint i = 0; main->former != NULL && i < main->former->len; i++)
    g_ptr_array_add (beside->rule->leases, ptl_lease_copy (main->former->pdata[i]));
}

static PtlHolding *
make_beside (PtlPinholes *self, PtlHolding *main, GError **error)
{
  PtlRouter *router = ptl_pinholes_find_router (self, main->rule->backend);
  g_autoptr (PtlHolding) beside = NULL;

  if (router == NULL)
    {
      g_propagate_error (error, ptl_pinholes_no_router (self));
      return NULL;
    }
  beside = ptl_holding_new (main->rule, router);
  beside->joined = main->guard != NULL;
  take_former (beside, main);
  if (!ptl_pinholes_aim (self, beside, error) ||
      !ptl_keeper_open_guard (self->engine, beside, choose_port (main, beside), error))
    return NULL;
  ptl_holding_ask (beside, self->clock);
  g_ptr_array_set_size (beside->rule->leases, 0);
  return g_steal_pointer (&beside);
}

static void
emit_left (PtlPinholes *self, PtlHolding *beside, GPtrArray *mappings, const GError *error)
{
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; i < mappings->len; i++)
    {
      PtlLease *lease = ptl_lease_from_mapping (mappings->pdata[i], beside->router_id, beside->local_address);

      lease->granted = ptl_clock_get_wall (self->clock);
      g_ptr_array_add (leases, lease);
    }
  if (leases->len > 0)
    g_signal_emit_by_name (self->backend, "left-behind", beside->rule_id, leases, error);
}

static void
on_given_back (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlHolding *beside = g_object_get_data (G_OBJECT (task), "beside");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_unmap_finish (result, &error);

  emit_left (g_task_get_source_object (task), beside, left, error);
  g_task_return_error (task, ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The rule was closed meanwhile.")));
}

static void
on_mapped (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PtlPinholes *self = g_task_get_source_object (task);
  PtlHolding *main = g_task_get_task_data (task);
  PtlHolding *beside = g_object_get_data (G_OBJECT (task), "beside");
  g_autoptr (GPtrArray) left = NULL;
  GError *error = NULL;
  g_autoptr (GPtrArray) granted = ptl_map_finish (result, &left, &error);

  if (left != NULL)
    emit_left (self, beside, left, error);
  if (granted == NULL)
    {
      if (!main->gone)
        ptl_engine_leave (self->engine, main->rule_id);
      g_task_return_error (task, error);
      return;
    }
  if (main->gone)
    {
      ptl_unmap_async (PTL_ROUTER (source), granted, on_given_back, g_steal_pointer (&task));
      return;
    }
  ptl_holding_grant (beside, granted, self->clock);
  main->beside = ptl_holding_ref (beside);
  ptl_keeper_add (self->keeper, beside);
  g_task_return_boolean (task, TRUE);
}

void
ptl_pinholes_open_async (PtlPinholes *self,
                         PtlHolding *main,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) mappings = NULL;
  GError *error = NULL;
  PtlHolding *beside = make_beside (self, main, &error);

  g_task_set_check_cancellable (task, FALSE);
  if (beside == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_task_set_task_data (task, ptl_holding_ref (main), (GDestroyNotify) ptl_holding_unref);
  g_object_set_data_full (G_OBJECT (task), "beside", beside, (GDestroyNotify) ptl_holding_unref);
  mappings = ptl_holding_to_mappings (beside);
  ptl_map_async (ptl_discovery_get_router (self->discovery, beside->router_id), mappings, cancellable, on_mapped,
                 task);
}

gboolean
ptl_pinholes_open_finish (PtlPinholes *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
