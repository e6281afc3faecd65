/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-config.h"

static gint64
timeout_us (guint ms, guint default_ms)
{
  return (gint64)(ms ? ms : default_ms) * 1000;
}

static void
set_target (PtlEngineConfig *self, const PtlEndpoint *target)
{
  PtlSockaddr address;

  self->port = target->first;
  if (target->path)
    ptl_sockaddr_set_path (&address, target->path);
  else if (!ptl_sockaddr_parse (&address, target->host, target->first))
    {
      self->host = g_strdup (target->host);
      return;
    }
  self->addresses = ptl_addresses_new (&address, 1);
}

PtlEngineConfig *
ptl_engine_config_new (const PtlForward *forward)
{
  PtlEngineConfig *self = g_new0 (PtlEngineConfig, 1);

  g_atomic_ref_count_init (&self->refs);
  self->audience = ptl_audience_ref (forward->audience);
  self->anyone = ptl_audience_is_anyone (forward->audience);
  set_target (self, forward->target);
  self->connect_timeout_us
      = timeout_us (forward->connect_timeout_ms, PTL_FORWARD_CONNECT_TIMEOUT_MS);
  self->tcp_idle_timeout_us
      = timeout_us (forward->tcp_idle_timeout_ms, PTL_FORWARD_TCP_IDLE_TIMEOUT_MS);
  self->udp_idle_timeout_us
      = timeout_us (forward->udp_idle_timeout_ms, PTL_FORWARD_UDP_IDLE_TIMEOUT_MS);
  self->udp_max_sessions
      = forward->udp_max_sessions ? forward->udp_max_sessions : PTL_FORWARD_UDP_MAX_SESSIONS;
  return self;
}

PtlEngineConfig *
ptl_engine_config_ref (PtlEngineConfig *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ptl_engine_config_unref (PtlEngineConfig *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->refs))
    return;
  ptl_audience_unref (self->audience);
  ptl_addresses_unref (self->addresses);
  g_free (self->host);
  g_free (self);
}

gboolean
ptl_engine_config_allows (const PtlEngineConfig *self, const PtlAddress *source)
{
  return self->anyone || ptl_audience_contains (self->audience, source->family, source->bytes);
}
