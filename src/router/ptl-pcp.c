/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-pcp.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <string.h>

#include "ptl-epoch.h"
#include "ptl-pcp-call.h"
#include "ptl-pcp-codec.h"
#include "ptl-pcp-rests.h"
#include "ptl-router-cause.h"

struct _PtlPcp
{
  PtlMapper parent;
  PtlEpoch epoch;
  PtlPcpRests *rests;
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

/* IPv6 is not translated: what is granted is our own address, not the router's. */
static gboolean
is_by_ipv6 (PtlMapper *mapper)
{
  return strchr (ptl_mapper_get_local (mapper), ':') != NULL;
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

static gint64
now_us (PtlPcp *self)
{
  return ptl_clock_get_boot_us (ptl_mapper_get_clock (PTL_MAPPER (self)));
}

static void
lost_state (PtlPcp *self)
{
  ptl_pcp_rests_clear (self->rests);
  ptl_mapper_lost_state (PTL_MAPPER (self));
}

static void
hear_epoch (PtlPcp *self, guint32 epoch)
{
  if (!ptl_epoch_hear_pcp (&self->epoch, epoch, now_us (self)))
    lost_state (self);
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
  gboolean cleared; /* what the router remembers of it was taken away */
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
  if (!is_by_ipv6 (mapper))
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

  if (!is_by_ipv6 (PTL_MAPPER (self)))
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
on_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PtlPcpResponse response;

  exchange_finish (PTL_PCP (source), result, &response, NULL);
  send_add (PTL_PCP (source), task, g_object_get_data (G_OBJECT (task), "add"));
}

/* A router may remember a pinhole that its firewall has lost, and then cannot renew it (miniupnpd 2.3.1): it is taken
 * away and asked for anew. */
static gboolean
is_stale (PtlPcp *self, const Add *add, guint8 result)
{
  return result == PTL_PCP_NO_RESOURCES && is_by_ipv6 (PTL_MAPPER (self)) && !add->cleared
         && add->mapping->system == PTL_ROUTER_PROTOCOL_PCP;
}

/* Takes over @task. */
static void
clear_stale (PtlPcp *self, GTask *task, Add *add)
{
  PtlPcpRequest request = { 0 };

  add->cleared = TRUE;
  fill_map (PTL_MAPPER (self), add->mapping, &request);
  exchange_async (self, &request, PTL_UDP_CALL_PATIENCE, g_task_get_cancellable (task), on_cleared, task);
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
  if (is_stale (self, add, response.result))
    {
      clear_stale (self, g_steal_pointer (&task), add);
      return;
    }
  ptl_pcp_rests_note (self->rests, &add->request, &response, now_us (self));
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
  guint8 refused;

  add->mapping = ptl_mapping_copy (mapping);
  g_object_set_data_full (G_OBJECT (task), "add", add, (GDestroyNotify) add_free);
  if (!fill_add (mapper, mapping, &add->request, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  refused = ptl_pcp_rests_get (PTL_PCP (mapper)->rests, &add->request, now_us (PTL_PCP (mapper)));
  if (refused != PTL_PCP_SUCCESS)
    {
      g_task_return_error (task, refusal (PTL_PCP (mapper), mapping, refused));
      g_object_unref (task);
      return;
    }
  send_add (PTL_PCP (mapper), task, add);
}

/* --- remove --- */

/* Shorter than a server grants, which then gives its shortest. */
#define SHORTEST_LIFETIME 1

static void
on_shortened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PtlPcp *self = PTL_PCP (source);
  PtlPcpResponse response;
  guint minutes;

  if (!exchange_finish (self, result, &response, NULL) || response.result != PTL_PCP_SUCCESS)
    {
      g_task_return_error (task, result_error (self, PTL_PCP_NOT_AUTHORIZED));
      return;
    }
  minutes = response.lifetime / 60 + 1;
  g_task_return_error (task, ptl_error_new (PTL_ERROR_ROUTER_REFUSED, NULL,
                                            /* Translators: the router's address, a number of minutes */
                                            _ ("The router %s does not close its IPv6 firewall when it is asked to; "
                                               "it will by itself within %u minutes."),
                                            ptl_mapper_get_gateway (PTL_MAPPER (self)), minutes));
}

/* A router may know a pinhole that was renewed no more by its nonce (miniupnpd 2.3.1): then it is given the shortest
 * life there is. Takes over @task. */
static void
shorten (PtlPcp *self, GTask *task)
{
  PtlPcpRequest *request = g_object_get_data (G_OBJECT (task), "request");

  request->lifetime = SHORTEST_LIFETIME;
  request->external_port = request->internal_port;
  exchange_async (self, request, PTL_UDP_CALL_PATIENCE, g_task_get_cancellable (task), on_shortened, task);
}

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
  else if (response.result == PTL_PCP_NOT_AUTHORIZED && is_by_ipv6 (PTL_MAPPER (self)))
    shorten (self, g_steal_pointer (&task));
  else
    g_task_return_error (task, result_error (self, response.result));
}

static void
ptl_pcp_remove (PtlMapper *mapper, GTask *task, const PtlMapping *mapping)
{
  PtlPcpRequest *request = g_new0 (PtlPcpRequest, 1);

  fill_map (mapper, mapping, request);
  g_object_set_data_full (G_OBJECT (task), "request", request, g_free);
  exchange_async (PTL_PCP (mapper), request, PTL_UDP_CALL_PATIENCE, g_task_get_cancellable (task),
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
    lost_state (self);
}

static void
ptl_pcp_finalize (GObject *object)
{
  ptl_pcp_rests_free (PTL_PCP (object)->rests);
  G_OBJECT_CLASS (ptl_pcp_parent_class)->finalize (object);
}

static void
ptl_pcp_class_init (PtlPcpClass *klass)
{
  PtlMapperClass *mapper_class = PTL_MAPPER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_pcp_finalize;
  mapper_class->protocol = PTL_ROUTER_PROTOCOL_PCP;
  mapper_class->parallel = 16;
  mapper_class->probe = ptl_pcp_probe;
  mapper_class->add = ptl_pcp_add;
  mapper_class->remove = ptl_pcp_remove;
}

static void
ptl_pcp_init (PtlPcp *self)
{
  self->rests = ptl_pcp_rests_new ();
}

PtlMapper *
ptl_pcp_new (PtlClock *clock, const char *gateway, const char *local, const char *interface)
{
  return g_object_new (PTL_TYPE_PCP, "clock", clock, "gateway", gateway, "local", local,
                       "interface", interface, NULL);
}
