/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-backend.h"

#include <glib/gi18n-lib.h>

G_DEFINE_INTERFACE (PtlBackend, ptl_backend, G_TYPE_OBJECT)

static void
ptl_backend_default_init (PtlBackendInterface *iface)
{
  g_signal_new ("leases-changed", PTL_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_PTR_ARRAY);
  g_signal_new ("degraded", PTL_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                2, G_TYPE_STRING, G_TYPE_ERROR);
  g_signal_new ("recovered", PTL_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                2, G_TYPE_STRING, G_TYPE_PTR_ARRAY);
  g_signal_new ("left-behind", PTL_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_PTR_ARRAY, G_TYPE_ERROR);
  g_signal_new ("caveat-changed", PTL_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("noticed", PTL_TYPE_BACKEND, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}

GPtrArray *
ptl_backend_prepare (PtlBackend *self, const PtlRule *rule, GError **error)
{
  return PTL_BACKEND_GET_IFACE (self)->prepare (self, rule, error);
}

void
ptl_backend_abandon (PtlBackend *self, const char *rule_id)
{
  PtlBackendInterface *iface = PTL_BACKEND_GET_IFACE (self);

  if (iface->abandon != NULL)
    iface->abandon (self, rule_id);
}

void
ptl_backend_open_async (PtlBackend *self,
                        const PtlRule *rule,
                        GPtrArray *prepared,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  PTL_BACKEND_GET_IFACE (self)->open_async (self, rule, prepared, cancellable, callback, user_data);
}

GPtrArray *
ptl_backend_open_finish (PtlBackend *self, GAsyncResult *result, GError **error)
{
  return PTL_BACKEND_GET_IFACE (self)->open_finish (self, result, error);
}

void
ptl_backend_close_async (PtlBackend *self,
                         const PtlRule *rule,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  PTL_BACKEND_GET_IFACE (self)->close_async (self, rule, callback, user_data);
}

GPtrArray *
ptl_backend_close_finish (PtlBackend *self, GAsyncResult *result, GError **error)
{
  return PTL_BACKEND_GET_IFACE (self)->close_finish (self, result, error);
}

void
ptl_backend_take_back_async (PtlBackend *self,
                             const char *rule_id,
                             const PtlLease *lease,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  PTL_BACKEND_GET_IFACE (self)->take_back_async (self, rule_id, lease, callback, user_data);
}

gboolean
ptl_backend_take_back_finish (PtlBackend *self, GAsyncResult *result, GError **error)
{
  return PTL_BACKEND_GET_IFACE (self)->take_back_finish (self, result, error);
}

gboolean
ptl_backend_edit (PtlBackend *self, const PtlRule *before, const PtlRule *after, GError **error)
{
  PtlBackendInterface *iface = PTL_BACKEND_GET_IFACE (self);

  if (iface->edit != NULL)
    return iface->edit (self, before, after, error);
  ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED, NULL, _("This cannot be changed while it is open."));
  return FALSE;
}

gboolean
ptl_backend_can_move (PtlBackend *self, const PtlRule *before, const PtlRule *after)
{
  PtlBackendInterface *iface = PTL_BACKEND_GET_IFACE (self);

  return iface->can_move != NULL && iface->can_move (self, before, after);
}

gboolean
ptl_backend_get_traffic (PtlBackend *self, const char *rule_id, PtlTraffic *traffic)
{
  PtlBackendInterface *iface = PTL_BACKEND_GET_IFACE (self);

  return iface->get_traffic != NULL && iface->get_traffic (self, rule_id, traffic);
}

GError *
ptl_backend_dup_trouble (PtlBackend *self, const PtlRule *rule)
{
  PtlBackendInterface *iface = PTL_BACKEND_GET_IFACE (self);

  return iface->dup_trouble != NULL ? iface->dup_trouble (self, rule) : NULL;
}

GError *
ptl_backend_dup_caveat (PtlBackend *self, const PtlRule *rule)
{
  PtlBackendInterface *iface = PTL_BACKEND_GET_IFACE (self);

  return iface->dup_caveat != NULL ? iface->dup_caveat (self, rule) : NULL;
}
