/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-error.h"
#include "worker/ptl-host-firewall-private.h"

/* What firewalld refused to close is tried again. */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (ptl_firewalld_change_finish (PTL_FIREWALLD (source), result, &error) || ptl_error_code_of (error) == PTL_ERROR_NOT_FOUND)
    {
      g_clear_error (&error);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
on_allowed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;

  if (ptl_firewalld_change_finish (PTL_FIREWALLD (source), result, &error))
    ptl_firewalld_close_async (PTL_FIREWALLD (source), g_task_get_task_data (task), on_closed, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

/* What a firewalld held that is another now is gone; what another rule has open by now is that rule's. */
static void
take_back_async (PtlBackend *backend,
                 const char *rule_id,
                 const PtlLease *lease,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  PtlHostFirewall *self = PTL_HOST_FIREWALL (backend);
  GTask *task = g_task_new (self, NULL, callback, user_data);
  const PtlEndpoint *endpoint = lease->endpoint;
  PtlFirewallOpening *opening = ptl_firewall_opening_new (lease->holder, endpoint->protocol, endpoint->first, endpoint->last,
                                                          endpoint->host != NULL ? endpoint->host : "");
  g_autoptr (PtlOpeningRecord) record = ptl_opening_record_new ("", opening, 0, "");

  g_task_set_task_data (task, opening, (GDestroyNotify) ptl_firewall_opening_free);
  if (!g_str_equal (lease->key, ptl_firewalld_get_instance (self->firewalld)) ||
      ptl_host_firewall_find_other (self, record) != NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  ptl_firewalld_may_change_async (self->firewalld, FALSE, on_allowed, task);
}

static gboolean
take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ptl_host_firewall_iface_init (PtlBackendInterface *iface)
{
  iface->take_back_async = take_back_async;
  iface->take_back_finish = take_back_finish;
}
