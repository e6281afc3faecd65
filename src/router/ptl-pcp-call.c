/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pcp-call.h"

#include <glib/gi18n-lib.h>

#include "ptl-pcp-codec.h"
#include "ptl-router-cause.h"

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlMapper *mapper = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) data = ptl_udp_call_finish (result, &error);

  if (data == NULL)
    g_task_return_error (task, ptl_mapper_translate_error (mapper, error));
  else
    g_task_return_boolean (task, TRUE);
}

void
ptl_pcp_call_async (PtlMapper *mapper,
                    const guint8 *request,
                    gsize length,
                    guint patience,
                    PtlUdpAcceptFunc accept,
                    gpointer exchange,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (mapper, cancellable, callback, user_data);

  g_task_set_source_tag (task, ptl_pcp_call_async);
  g_task_set_task_data (task, exchange, g_free);
  ptl_udp_call_async (ptl_mapper_get_local (mapper), ptl_mapper_get_gateway (mapper), PTL_PCP_PORT,
                      request, length, patience, accept, exchange, NULL, cancellable, on_answer,
                      task);
}

gpointer
ptl_pcp_call_finish (GAsyncResult *result, GError **error)
{
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_task_get_task_data (G_TASK (result));
}

GError *
ptl_pcp_call_check_grant (PtlMapper *mapper, const PtlMapping *asked, guint16 port, guint32 lifetime)
{
  const char *gateway = ptl_mapper_get_gateway (mapper);

  if (port == 0 || lifetime == 0)
    /* Translators: %s is the router's address */
    return ptl_error_new (PTL_ERROR_ROUTER_LIED,
                          _ ("Look for new firmware for the router, or switch UPnP on in its "
                             "settings."),
                          _ ("The router %s says that it opened the port, and grants nothing."),
                          gateway);
  if (asked->pinned && asked->external_port != 0 && port != asked->external_port)
    return ptl_router_cause_conflict (gateway, asked->external_port, NULL, port);
  return NULL;
}
