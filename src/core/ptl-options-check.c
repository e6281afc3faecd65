/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "ptl-error.h"
#include "ptl-options.h"

static gboolean
fail (GError **error, const char *advice, const char *what)
{
  ptl_error_set (error, PTL_ERROR_INVALID, advice, "%s", what);
  return FALSE;
}

static guint64
get (const PtlOptions *self, PtlOption option)
{
  return self->values[option];
}

static gboolean
exceeds (const PtlOptions *self, PtlOption part, PtlOption whole)
{
  return get (self, whole) != 0 && get (self, part) > get (self, whole);
}

static gboolean
check_limits (const PtlOptions *self, GError **error)
{
  if (exceeds (self, PTL_OPTION_MAX_PER_SOURCE, PTL_OPTION_MAX_CONNECTIONS))
    return fail (error, _ ("Give one source fewer, or all together more."),
                 _ ("One source may have more connections than all sources together."));
  if (exceeds (self, PTL_OPTION_NEW_PER_SOURCE, PTL_OPTION_NEW_PER_SECOND))
    return fail (error, _ ("Give one source fewer, or all together more."),
                 _ ("One source may make more new connections per second than all together."));
  if (exceeds (self, PTL_OPTION_RATE_PER_CONNECTION, PTL_OPTION_RATE))
    return fail (error, _ ("Give one connection less, or all together more."),
                 _ ("One connection may carry more bytes per second than all together."));
  return TRUE;
}

static gboolean
check_target (const PtlEndpoint *endpoint,
              PtlProtocol protocol,
              const PtlEndpoint *first,
              GError **error)
{
  if (endpoint->path != NULL)
    return (protocol & PTL_PROTOCOL_UDP) == 0
           || fail (error, _ ("Forward TCP only, or choose a host and port as the target."),
                    _ ("UDP cannot be forwarded to a unix socket."));
  /* Its port may be that of the first, which is not known everywhere. */
  if (endpoint->host == NULL || (endpoint->first == 0 && first != NULL))
    return fail (error, _ ("Write it like 192.168.1.6:25565."),
                 _ ("A further target has no host or no port."));
  if (first != NULL && first->path == NULL
      && ptl_endpoint_n_ports (endpoint) != ptl_endpoint_n_ports (first))
    return fail (error, _ ("Give every target the same number of ports."),
                 _ ("The targets do not have equally many ports."));
  return TRUE;
}

static gboolean
check_targets (const PtlOptions *self,
               PtlProtocol protocol,
               const PtlEndpoint *first,
               GError **error)
{
  if (self->targets->len > PTL_TARGETS_MAX)
    return fail (error, _ ("Put a load balancer behind it, or open several rules."),
                 _ ("A rule can have at most 16 targets."));
  for (guint i = 0; i < self->targets->len; i++)
    {
      const PtlEndpoint *endpoint = ((PtlTarget *) g_ptr_array_index (self->targets, i))->endpoint;

      if (!check_target (endpoint, protocol, first, error))
        return FALSE;
      if (first != NULL && ptl_endpoint_equal (endpoint, first))
        return fail (error, _ ("Leave it out."), _ ("One target is given twice."));
      for (guint j = 0; j < i; j++)
        if (ptl_endpoint_equal (endpoint, ((PtlTarget *) g_ptr_array_index (self->targets, j))->endpoint))
          return fail (error, _ ("Leave it out."), _ ("One target is given twice."));
    }
  return TRUE;
}

static gboolean
check_tcp_only (const PtlOptions *self, PtlProtocol protocol, GError **error)
{
  if ((protocol & PTL_PROTOCOL_TCP) != 0)
    return TRUE;
  if (get (self, PTL_OPTION_PROXY) != PTL_PROXY_NONE || self->proxy_from != NULL)
    return fail (error, _ ("Leave it out, or forward TCP."),
                 _ ("The PROXY protocol is for TCP connections."));
  if (get (self, PTL_OPTION_HEALTH_INTERVAL) != 0)
    return fail (error, _ ("Leave it out, or forward TCP."),
                 _ ("Whether a target is well can be found out over TCP only."));
  return TRUE;
}

gboolean
ptl_options_check (const PtlOptions *self,
                   PtlProtocol protocol,
                   const PtlEndpoint *target,
                   GError **error)
{
  if (self->proxy_from != NULL && ptl_audience_get_n_networks (self->proxy_from) == 0)
    return fail (error, _ ("Name the networks of the proxies."),
                 _ ("A PROXY header can be believed from named networks only."));
  return check_limits (self, error) && check_targets (self, protocol, target, error)
         && check_tcp_only (self, protocol, error);
}
