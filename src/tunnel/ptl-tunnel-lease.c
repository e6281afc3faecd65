/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-tunnel-lease.h"

#include <string.h>

gboolean
ptl_tunnel_lease_is_any (const char *bind)
{
  return bind == NULL || strcmp (bind, "") == 0 || strcmp (bind, "*") == 0
         || strcmp (bind, "0.0.0.0") == 0 || strcmp (bind, "::") == 0;
}

static const PtlLease *
find_lease (GPtrArray *leases)
{
  for (guint i = 0; leases != NULL && i < leases->len; i++)
    if (strcmp (((PtlLease *)leases->pdata[i])->system, "ssh") == 0)
      return leases->pdata[i];
  return NULL;
}

/* Once it was open a rule shows the relay's own name as its public address: asked for again, that
 * means every address of the relay, as before. */
char *
ptl_tunnel_lease_dup_bind (const PtlRule *rule, const PtlRelay *relay)
{
  const PtlLease *held = find_lease (rule->leases);
  const char *host = rule->public_endpoint->host;

  if (held != NULL && held->key != NULL && *held->key != '\0')
    return g_strdup (held->key);
  if (rule->way == PTL_WAY_LOCAL)
    return g_strdup (host != NULL ? host : "127.0.0.1");
  if (host == NULL || *host == '\0'
      || (strcmp (host, relay->host) == 0 && !ptl_host_is_loopback (host)))
    return g_strdup ("*");
  return g_strdup (host);
}

guint16
ptl_tunnel_lease_get_port (const PtlRule *rule)
{
  const PtlLease *held = find_lease (rule->leases);

  return held != NULL && held->endpoint != NULL ? held->endpoint->first
                                                : rule->public_endpoint->first;
}

PtlEndpoint *
ptl_tunnel_lease_make_listen (const char *bind, guint16 port)
{
  return ptl_endpoint_new (PTL_PROTOCOL_TCP, strcmp (bind, "*") == 0 ? NULL : bind, port, port);
}

GPtrArray *
ptl_tunnel_lease_list (const PtlRule *rule, const PtlRelay *relay, const char *bind, guint16 port)
{
  GPtrArray *leases = g_ptr_array_new_with_free_func ((GDestroyNotify)ptl_lease_free);
  PtlLease *lease = ptl_lease_new ("ssh", relay->id);
  const char *host
      = rule->way != PTL_WAY_LOCAL && ptl_tunnel_lease_is_any (bind) ? relay->host : bind;

  lease->endpoint = ptl_endpoint_new (PTL_PROTOCOL_TCP, host, port, port);
  lease->inner = ptl_endpoint_copy (rule->target);
  g_free (lease->key);
  lease->key = g_strdup (bind);
  g_ptr_array_add (leases, lease);
  return leases;
}
