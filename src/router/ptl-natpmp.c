/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-natpmp.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "ptl-epoch.h"
#include "ptl-natpmp-codec.h"
#include "ptl-pcp-call.h"
#include "ptl-pcp-codec.h"
#include "ptl-router-cause.h"

struct _PtlNatpmp
{
  PtlMapper parent;
  PtlEpoch epoch;
};

G_DEFINE_FINAL_TYPE (PtlNatpmp, ptl_natpmp, PTL_TYPE_MAPPER)

/* --- one request and its response --- */

typedef struct
{
  PtlNatpmpRequest request;
  PtlNatpmpResponse response;
  gboolean speaks_pcp;
} Exchange;

static void
learn (PtlNatpmp *self, const PtlNatpmpResponse *response)
{
  PtlMapper *mapper = PTL_MAPPER (self);
  gint64 now = ptl_clock_get_boot_us (ptl_mapper_get_clock (mapper));
  static const guint8 zero[4] = { 0 };
  char text[INET_ADDRSTRLEN];

  if (response->opcode == PTL_NATPMP_OPCODE_ADDRESS && response->result == PTL_NATPMP_SUCCESS)
    {
      gboolean told = memcmp (response->external, zero, 4) != 0;

      inet_ntop (AF_INET, response->external, text, sizeof text);
      ptl_mapper_learn_external_address (mapper, told ? text : "");
      ptl_mapper_learn_connected (mapper, told);
    }
  if (response->result == PTL_NATPMP_NETWORK_FAILURE)
    ptl_mapper_learn_connected (mapper, FALSE);
  if (response->has_epoch && response->result != PTL_NATPMP_UNSUPP_VERSION &&
      !ptl_epoch_hear_natpmp (&self->epoch, response->epoch, now))
    ptl_mapper_lost_state (mapper);
}

static gboolean
accept_response (const guint8 *data, gsize length, gpointer user_data)
{
  Exchange *exchange = user_data;
  PtlPcpResponse pcp;

  /* A server of PCP alone says in its own words that it does not know ours (RFC 6887, section 9).
   */
  exchange->speaks_pcp
      = ptl_pcp_decode (data, length, &pcp) && pcp.result == PTL_PCP_UNSUPP_VERSION;
  if (exchange->speaks_pcp)
    return TRUE;
  return ptl_natpmp_decode (data, length, &exchange->response) &&
         ptl_natpmp_answers (&exchange->request, &exchange->response);
}

static void
exchange_async (PtlNatpmp *self,
                const PtlNatpmpRequest *request,
                guint patience,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  PtlMapper *mapper = PTL_MAPPER (self);
  Exchange *exchange = g_new0 (Exchange, 1);
  guint8 packet[PTL_NATPMP_MAX_SIZE];
  gsize length;

  exchange->request = *request;
  length = ptl_natpmp_encode (request, packet, sizeof packet);
  ptl_pcp_call_async (mapper, packet, length, patience, accept_response, exchange, cancellable,
                      callback, user_data);
}

static gboolean
exchange_finish (PtlNatpmp *self, GAsyncResult *result, PtlNatpmpResponse *response, GError **error)
{
  const Exchange *exchange = ptl_pcp_call_finish (result, error);

  if (exchange == NULL)
    return FALSE;
  if (exchange->speaks_pcp)
    {
      g_propagate_error (error, ptl_router_cause_none (ptl_mapper_get_gateway (PTL_MAPPER (self))));
      return FALSE;
    }
  *response = exchange->response;
  learn (self, response);
  return TRUE;
}

static GError *
result_error (PtlNatpmp *self, guint16 result)
{
  return ptl_router_cause_to_error (PTL_ROUTER_PROTOCOL_NATPMP, result,
                                    ptl_mapper_get_gateway (PTL_MAPPER (self)));
}

/* --- probe --- */

static void
on_address (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlNatpmp *self = PTL_NATPMP (source);
  PtlNatpmpResponse response;
  GError *error = NULL;

  if (!exchange_finish (self, result, &response, &error))
    g_task_return_error (task, error);
  /* Without internet it takes mappings all the same. */
  else if (response.result == PTL_NATPMP_SUCCESS || response.result == PTL_NATPMP_NETWORK_FAILURE)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, result_error (self, response.result));
}

static void
ptl_natpmp_probe (PtlMapper *mapper, GTask *task)
{
  PtlNatpmpRequest request = { .opcode = PTL_NATPMP_OPCODE_ADDRESS };

  exchange_async (PTL_NATPMP (mapper), &request, PTL_UDP_CALL_PATIENCE,
                  g_task_get_cancellable (task), on_address, task);
}

/* --- add --- */

static PtlNatpmpRequest
map_request (const PtlMapping *mapping)
{
  PtlNatpmpRequest request = { 0 };

  request.opcode =
    mapping->protocol == PTL_PROTOCOL_UDP ? PTL_NATPMP_OPCODE_MAP_UDP : PTL_NATPMP_OPCODE_MAP_TCP;
  request.internal_port = mapping->internal_port;
  return request;
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlNatpmpResponse response;

  exchange_finish (PTL_NATPMP (source), result, &response, NULL);
}

/* Gives back what may have been granted, and waits for nobody. */
static void
forget (PtlNatpmp *self, const PtlMapping *mapping)
{
  PtlNatpmpRequest request = map_request (mapping);

  exchange_async (self, &request, PTL_PCP_CALL_PATIENCE_FORGET, NULL, on_forgotten, NULL);
}

static PtlMapping *
grant (PtlNatpmp *self, const PtlMapping *mapping, const PtlNatpmpResponse *response)
{
  return ptl_mapping_dup_granted (mapping, PTL_ROUTER_PROTOCOL_NATPMP, response->external_port,
                                  response->lifetime,
                                  ptl_mapper_get_external_address (PTL_MAPPER (self)));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlNatpmp *self = PTL_NATPMP (source);
  const PtlMapping *mapping = g_object_get_data (G_OBJECT (task), "mapping");
  PtlNatpmpResponse response;
  GError *error = NULL;

  if (!exchange_finish (self, result, &response, &error))
    {
      /* It may have been granted, and the answer lost. */
      if (mapping->system == PTL_ROUTER_PROTOCOL_NONE)
        forget (self, mapping);
    }
  else if (response.result != PTL_NATPMP_SUCCESS)
    error = result_error (self, response.result);
  else if ((error = ptl_pcp_call_check_grant (PTL_MAPPER (self), mapping,
                                      response.external_port, response.lifetime)) != NULL)
    forget (self, mapping);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, grant (self, mapping, &response),
                           (GDestroyNotify) ptl_mapping_free);
}

static GError *
what_it_cannot (PtlMapper *mapper, const PtlMapping *mapping)
{
  const char *gateway = ptl_mapper_get_gateway (mapper);

  if (ptl_mapper_is_for_other (mapper, mapping))
    /* Translators: %s is the router's address */
    return ptl_error_new (PTL_ERROR_NOT_SUPPORTED,
                          _ ("Open the mapping guarded, or switch on UPnP in the router's "
                             "settings."),
                          _ ("The router %s maps ports to this computer only."), gateway);
  if (mapping->remote != NULL)
    /* Translators: %s is the router's address */
    return ptl_error_new (PTL_ERROR_NOT_SUPPORTED,
                          _ ("Open the mapping guarded: then this computer checks who connects."),
                          _ ("The router %s cannot limit who may connect."), gateway);
  return NULL;
}

static void
ptl_natpmp_add (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlNatpmpRequest request = map_request (mapping);
  GError *error = what_it_cannot (mapper, mapping);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  request.external_port
      = mapping->granted_port != 0 ? mapping->granted_port : mapping->external_port;
  /* Some routers refuse port 0, so the same port is asked for; they give another where it is taken.
   */
  if (request.external_port == 0)
    request.external_port = mapping->internal_port;
  request.lifetime = mapping->lifetime;
  g_object_set_data_full (G_OBJECT (task), "mapping", ptl_mapping_copy (mapping),
                          (GDestroyNotify) ptl_mapping_free);
  exchange_async (PTL_NATPMP (mapper), &request, PTL_UDP_CALL_PATIENCE,
                  g_task_get_cancellable (task), on_added, task);
}

/* --- remove --- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlNatpmp *self = PTL_NATPMP (source);
  PtlNatpmpResponse response;
  GError *error = NULL;

  if (!exchange_finish (self, result, &response, &error))
    g_task_return_error (task, error);
  else if (response.result != PTL_NATPMP_SUCCESS)
    g_task_return_error (task, result_error (self, response.result));
  else
    g_task_return_boolean (task, TRUE);
}

static void
ptl_natpmp_remove (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlNatpmpRequest request = map_request (mapping);

  if (ptl_mapper_is_for_other (mapper, mapping))
    {
      /* It cannot have been granted by this protocol. */
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  exchange_async (PTL_NATPMP (mapper), &request, PTL_UDP_CALL_PATIENCE,
                  g_task_get_cancellable (task), on_removed, task);
}

void
ptl_natpmp_hear (PtlNatpmp *self, const guint8 *data, gsize length)
{
  PtlNatpmpResponse response;

  if (ptl_natpmp_decode (data, length, &response) && response.opcode == PTL_NATPMP_OPCODE_ADDRESS &&
      response.result == PTL_NATPMP_SUCCESS)
    learn (self, &response);
}

static void
ptl_natpmp_class_init (PtlNatpmpClass *klass)
{
  PtlMapperClass *mapper_class = PTL_MAPPER_CLASS (klass);

  mapper_class->protocol = PTL_ROUTER_PROTOCOL_NATPMP;
  mapper_class->parallel = 16;
  mapper_class->probe = ptl_natpmp_probe;
  mapper_class->add = ptl_natpmp_add;
  mapper_class->remove = ptl_natpmp_remove;
}

static void
ptl_natpmp_init (PtlNatpmp *self)
{
}

PtlMapper *
ptl_natpmp_new (PtlClock *clock, const char *gateway, const char *local, const char *interface)
{
  return g_object_new (PTL_TYPE_NATPMP, "clock", clock, "gateway", gateway, "local", local,
                       "interface", interface, NULL);
}
