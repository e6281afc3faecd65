/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pcp.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <string.h>

#include "ptl-epoch.h"
#include "ptl-pcp-call.h"
#include "ptl-pcp-codec.h"
#include "ptl-router-cause.h"

struct _PtlPcp
{
  PtlMapper parent;
  PtlEpoch epoch;
};

G_DEFINE_FINAL_TYPE (PtlPcp, ptl_pcp, PTL_TYPE_MAPPER)

/* --- addresses --- */

static gboolean
put_address (const char *text, guint8 *bytes)
{
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
  struct in_addr v4 = { 0 };

  if (text != NULL && inet_pton (AF_INET6, text, bytes) == 1)
    return TRUE;
  if (text != NULL && inet_pton (AF_INET, text, &v4) != 1)
    return FALSE;
  /* NULL = the "any" address of IPv4 */
  memcpy (bytes, mapped, 12);
  memcpy (bytes + 12, &v4, 4);
  return TRUE;
}

/* NULL for the "any" addresses. */
static char *
get_address (const guint8 *bytes)
{
  static const guint8 zero[16] = { 0 };
  char text[INET6_ADDRSTRLEN];

  if (memcmp (bytes, zero, 10) == 0 && bytes[10] == 0xff && bytes[11] == 0xff)
    {
      if (memcmp (bytes + 12, zero, 4) == 0)
        return NULL;
      return g_strdup (inet_ntop (AF_INET, bytes + 12, text, sizeof text));
    }
  if (memcmp (bytes, zero, 16) == 0)
    return NULL;
  return g_strdup (inet_ntop (AF_INET6, bytes, text, sizeof text));
}

static gboolean
put_filter (const char *network, PtlPcpRequest *request)
{
  g_auto (GStrv) parts = g_strsplit (network, "/", 2);
  gboolean is_v6 = strchr (network, ':') != NULL;
  guint64 prefix = is_v6 ? 128 : 32;

  if (parts[0] == NULL || !put_address (parts[0], request->filter))
    return FALSE;
  if (parts[1] != NULL && !g_ascii_string_to_unsigned (parts[1], 10, 0, prefix, &prefix, NULL))
    return FALSE;
  request->has_filter = TRUE;
  request->filter_prefix = (guint8) (is_v6 ? prefix : prefix + 96);
  return TRUE;
}

/* --- one request and its response --- */

#define JUST_STARTED_S 5

typedef struct
{
  PtlPcpRequest request;
  PtlPcpResponse response;
  gboolean natpmp_only;
} Exchange;

static void
hear_epoch (PtlPcp *self, guint32 epoch)
{
  PtlClock *clock = ptl_mapper_get_clock (PTL_MAPPER (self));

  if (!ptl_epoch_hear_pcp (&self->epoch, epoch, ptl_clock_get_boot_us (clock)))
    ptl_mapper_lost_state (PTL_MAPPER (self));
}

static gboolean
accept_response (const guint8 *data, gsize length, gpointer user_data)
{
  Exchange *exchange = user_data;

  if (ptl_pcp_is_natpmp_only (data, length))
    {
      exchange->natpmp_only = TRUE;
      return TRUE;
    }
  return ptl_pcp_decode (data, length, &exchange->response) &&
         ptl_pcp_answers (&exchange->request, &exchange->response);
}

static void
exchange_async (PtlPcp *self,
                const PtlPcpRequest *request,
                guint patience,
                GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  PtlMapper *mapper = PTL_MAPPER (self);
  Exchange *exchange = g_new0 (Exchange, 1);
  guint8 packet[PTL_PCP_MAX_SIZE];
  gsize length;

  exchange->request = *request;
  put_address (ptl_mapper_get_local (mapper), exchange->request.client);
  length = ptl_pcp_encode (&exchange->request, packet, sizeof packet);
  ptl_pcp_call_async (mapper, packet, length, patience, accept_response, exchange, cancellable,
                      callback, user_data);
}

static gboolean
exchange_finish (PtlPcp *self, GAsyncResult *result, PtlPcpResponse *response, GError **error)
{
  const Exchange *exchange = ptl_pcp_call_finish (result, error);

  if (exchange == NULL)
    return FALSE;
  if (exchange->natpmp_only)
    {
      g_propagate_error (error, ptl_router_cause_none (ptl_mapper_get_gateway (PTL_MAPPER (self))));
      return FALSE;
    }
  *response = exchange->response;
  if (response->result != PTL_PCP_UNSUPP_VERSION)
    hear_epoch (self, response->epoch);
  return TRUE;
}

static GError *
result_error (PtlPcp *self, guint8 result)
{
  return ptl_router_cause_to_error (PTL_ROUTER_PROTOCOL_PCP, result,
                                    ptl_mapper_get_gateway (PTL_MAPPER (self)));
}

/* --- probe --- */

static void
on_announced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlPcp *self = PTL_PCP (source);
  PtlPcpResponse response;
  GError *error = NULL;

  if (!exchange_finish (self, result, &response, &error))
    g_task_return_error (task, error);
  else if (response.result == PTL_PCP_UNSUPP_VERSION || response.result == PTL_PCP_NOT_AUTHORIZED ||
           response.result == PTL_PCP_ADDRESS_MISMATCH)
    g_task_return_error (task, result_error (self, response.result));
  else
    /* Any other answer, "I do not know ANNOUNCE" too, comes from a PCP server. */
    g_task_return_boolean (task, TRUE);
}

static void
ptl_pcp_probe (PtlMapper *mapper, GTask *task)
{
  PtlPcpRequest request = { .opcode = PTL_PCP_OPCODE_ANNOUNCE };

  exchange_async (PTL_PCP (mapper), &request, PTL_UDP_CALL_PATIENCE, g_task_get_cancellable (task),
                  on_announced, task);
}

/* --- add --- */

typedef struct
{
  PtlMapping *mapping;
  PtlPcpRequest request;
} Add;

static void
add_free (Add *add)
{
  ptl_mapping_free (add->mapping);
  g_free (add);
}

static void
fill_map (PtlMapper *mapper, const PtlMapping *mapping, PtlPcpRequest *request)
{
  request->opcode = PTL_PCP_OPCODE_MAP;
  memcpy (request->nonce, mapping->nonce, PTL_PCP_NONCE_SIZE);
  request->ip_protocol = mapping->protocol == PTL_PROTOCOL_UDP ? IPPROTO_UDP : IPPROTO_TCP;
  request->internal_port = mapping->internal_port;
  put_address (NULL, request->external);
  if (ptl_mapper_is_for_other (mapper, mapping))
    request->has_third_party = put_address (mapping->internal_address, request->third_party);
}

static gboolean
fill_add (PtlMapper *mapper, const PtlMapping *mapping, PtlPcpRequest *request, GError **error)
{
  fill_map (mapper, mapping, request);
  request->lifetime = mapping->lifetime;
  request->external_port = mapping->external_port;
  if (mapping->granted_port != 0)
    request->external_port = mapping->granted_port;
  if (mapping->granted_address != NULL)
    put_address (mapping->granted_address, request->external);
  request->prefer_failure = mapping->pinned && request->external_port != 0;
  if (mapping->remote != NULL && !put_filter (mapping->remote, request))
    {
      /* Translators: %s is a network like 10.0.0.0/8 */
      ptl_error_set (error, PTL_ERROR_INVALID, _ ("Write it like 203.0.113.0/24."),
                     _ ("\"%s\" is no network."), mapping->remote);
      return FALSE;
    }
  return TRUE;
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlPcpResponse response;

  exchange_finish (PTL_PCP (source), result, &response, NULL);
}

/* Gives back what may have been granted, and waits for nobody. */
static void
forget (PtlPcp *self, const PtlMapping *mapping)
{
  PtlPcpRequest request = { 0 };

  fill_map (PTL_MAPPER (self), mapping, &request);
  exchange_async (self, &request, PTL_PCP_CALL_PATIENCE_FORGET, NULL, on_forgotten, NULL);
}

static PtlMapping *
grant (PtlPcp *self, const PtlMapping *mapping, const PtlPcpResponse *response)
{
  g_autofree char *address = get_address (response->external);

  ptl_mapper_learn_external_address (PTL_MAPPER (self), address);
  return ptl_mapping_dup_granted (mapping, PTL_ROUTER_PROTOCOL_PCP, response->external_port,
                                  response->lifetime, address);
}

static void send_add (PtlPcp *self, GTask *task, Add *add);

static GError *
refusal (PtlPcp *self, const PtlMapping *mapping, guint8 result)
{
  if (result == PTL_PCP_CANNOT_PROVIDE_EXTERNAL)
    return ptl_router_cause_conflict (ptl_mapper_get_gateway (PTL_MAPPER (self)),
                                      mapping->external_port, NULL, 0);
  return result_error (self, result);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlPcp *self = PTL_PCP (source);
  Add *add = g_object_get_data (G_OBJECT (task), "add");
  PtlPcpResponse response;
  GError *error = NULL;

  if (!exchange_finish (self, result, &response, &error))
    {
      /* It may have been granted, and the answer lost. */
      if (add->mapping->system == PTL_ROUTER_PROTOCOL_NONE)
        forget (self, add->mapping);
      g_task_return_error (task, error);
      return;
    }
  if (response.result == PTL_PCP_UNSUPP_OPTION && add->request.prefer_failure)
    {
      add->request.prefer_failure = FALSE;
      send_add (self, g_steal_pointer (&task), add);
      return;
    }
  if (response.result != PTL_PCP_SUCCESS)
    {
      g_task_return_error (task, refusal (self, add->mapping, response.result));
      return;
    }
  error = ptl_pcp_call_check_grant (PTL_MAPPER (self), add->mapping,
                                      response.external_port, response.lifetime);
  if (error != NULL)
    {
      forget (self, add->mapping);
      g_task_return_error (task, error);
      return;
    }
  g_task_return_pointer (task, grant (self, add->mapping, &response),
                         (GDestroyNotify) ptl_mapping_free);
}

static void
send_add (PtlPcp *self, GTask *task, Add *add)
{
  exchange_async (self, &add->request, PTL_UDP_CALL_PATIENCE, g_task_get_cancellable (task),
                  on_added, task);
}

static void
ptl_pcp_add (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  Add *add = g_new0 (Add, 1);
  GError *error = NULL;

  add->mapping = ptl_mapping_copy (mapping);
  g_object_set_data_full (G_OBJECT (task), "add", add, (GDestroyNotify) add_free);
  if (!fill_add (mapper, mapping, &add->request, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  send_add (PTL_PCP (mapper), task, add);
}

/* --- remove --- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlPcp *self = PTL_PCP (source);
  PtlPcpResponse response;
  GError *error = NULL;

  if (!exchange_finish (self, result, &response, &error))
    g_task_return_error (task, error);
  /* miniupnpd answers NO_RESOURCES where there is no such mapping. */
  else if (response.result == PTL_PCP_SUCCESS || response.result == PTL_PCP_NO_RESOURCES)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, result_error (self, response.result));
}

static void
ptl_pcp_remove (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlPcpRequest request = { 0 };

  fill_map (mapper, mapping, &request);
  exchange_async (PTL_PCP (mapper), &request, PTL_UDP_CALL_PATIENCE, g_task_get_cancellable (task),
                  on_removed, task);
}

void
ptl_pcp_hear (PtlPcp *self, const guint8 *data, gsize length)
{
  PtlPcpResponse response;

  if (!ptl_pcp_decode (data, length, &response) || response.opcode != PTL_PCP_OPCODE_ANNOUNCE ||
      response.result != PTL_PCP_SUCCESS)
    return;
  hear_epoch (self, response.epoch);
  /* A router that was up for seconds only when it restarted shows nothing by its epoch; but what it announces so soon
   * after its start is that start (RFC 6887, section 14.1.1). */
  if (response.epoch < JUST_STARTED_S)
    ptl_mapper_lost_state (PTL_MAPPER (self));
}

static void
ptl_pcp_class_init (PtlPcpClass *klass)
{
  PtlMapperClass *mapper_class = PTL_MAPPER_CLASS (klass);

  mapper_class->protocol = PTL_ROUTER_PROTOCOL_PCP;
  mapper_class->parallel = 16;
  mapper_class->probe = ptl_pcp_probe;
  mapper_class->add = ptl_pcp_add;
  mapper_class->remove = ptl_pcp_remove;
}

static void
ptl_pcp_init (PtlPcp *self)
{
}

PtlMapper *
ptl_pcp_new (PtlClock *clock, const char *gateway, const char *local, const char *interface)
{
  return g_object_new (PTL_TYPE_PCP, "clock", clock, "gateway", gateway, "local", local,
                       "interface", interface, NULL);
}
