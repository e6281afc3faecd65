/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-identifier.h"

/* All of a rule. */

/* Of a target with many ports, those that are looked at, and of the whole rule. */
#define PORTS_MAX 8
#define ALL_MAX 24

typedef struct
{
  GPtrArray *identified;
  guint n_left;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_ptr_array_unref (asking->identified);
  g_free (asking);
}

static void
end_one (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  if (--asking->n_left > 0)
    return;
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, g_ptr_array_ref (asking->identified),
                           (GDestroyNotify) g_ptr_array_unref);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Asking *asking = g_task_get_task_data (task);
  PtlIdentified *one = ptl_identifier_ask_finish (PTL_IDENTIFIER (source), result, NULL);

  if (one != NULL)
    g_ptr_array_add (asking->identified, one);
  end_one (task);
}

static void
add_ports (GPtrArray *endpoints, const PtlEndpoint *target, PtlProtocol protocol)
{
  if (target->path != NULL || target->first == 0)
    return;
  for (guint port = target->first;
       port <= target->last && port - target->first < PORTS_MAX && endpoints->len < ALL_MAX; port++)
    g_ptr_array_add (endpoints,
                     ptl_endpoint_new (protocol, target->host, (guint16) port, (guint16) port));
}

/* One that goes by both is looked at by both. */
static GPtrArray *
collect_endpoints (const PtlRule *rule)
{
  GPtrArray *endpoints = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_endpoint_free);
  PtlProtocol protocol = ptl_rule_get_protocol (rule);

  if (rule->target == NULL || (rule->kind == PTL_KIND_TUNNEL && rule->way == PTL_WAY_LOCAL))
    return endpoints;
  for (PtlProtocol one = PTL_PROTOCOL_TCP; one <= PTL_PROTOCOL_UDP; one++)
    if (protocol & one)
      {
        add_ports (endpoints, rule->target, one);
        for (guint i = 0; i < rule->options->targets->len; i++)
          add_ports (endpoints, ((const PtlTarget *) rule->options->targets->pdata[i])->endpoint,
                     one);
      }
  return endpoints;
}

void
ptl_identifier_ask_rule_async (PtlIdentifier *self,
                               const PtlRule *rule,
                               PtlIdentifierHaste haste,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) endpoints = collect_endpoints (rule);
  Asking *asking = g_new0 (Asking, 1);

  g_task_set_source_tag (task, ptl_identifier_ask_rule_async);
  asking->identified = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_identified_free);
  asking->n_left = endpoints->len + 1;
  g_task_set_task_data (task, asking, asking_free);
  for (guint i = 0; i < endpoints->len; i++)
    ptl_identifier_ask_async (self, endpoints->pdata[i], haste, cancellable, on_asked,
                              g_object_ref (task));
  end_one (task);
}

GPtrArray *
ptl_identifier_ask_rule_finish (PtlIdentifier *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
