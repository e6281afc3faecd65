/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-engine-config.h"

#define VANISH_TIMEOUT_MS (2 * 60 * 1000)

static gint64
timeout_us (const PtlForward *forward, guint ms, PtlOption option)
{
  return ms ? (gint64) ms * 1000 : (gint64) forward->options->values[option] * G_USEC_PER_SEC;
}

static void
set_limits (PtlEngineConfig *self, const PtlForward *forward)
{
  self->vanish_timeout_us
      = (forward->vanish_timeout_ms ? forward->vanish_timeout_ms : VANISH_TIMEOUT_MS)
        * G_GINT64_CONSTANT (1000);
  self->connect_timeout_us
      = timeout_us (forward, forward->connect_timeout_ms, PTL_OPTION_CONNECT_TIMEOUT);
  self->tcp_idle_timeout_us
      = timeout_us (forward, forward->tcp_idle_timeout_ms, PTL_OPTION_IDLE_TIMEOUT);
  self->total_timeout_us
      = timeout_us (forward, forward->total_timeout_ms, PTL_OPTION_TOTAL_TIMEOUT);
  self->udp_idle_timeout_us
      = timeout_us (forward, forward->udp_idle_timeout_ms, PTL_OPTION_UDP_IDLE_TIMEOUT);
  self->udp_max_sessions = forward->udp_max_sessions
                               ? forward->udp_max_sessions
                               : (guint) forward->options->values[PTL_OPTION_UDP_SESSIONS];
  self->rate = forward->options->values[PTL_OPTION_RATE];
  self->connection_rate = forward->options->values[PTL_OPTION_RATE_PER_CONNECTION];
}

PtlEngineConfig *
ptl_engine_config_new (const PtlForward *forward, PtlTargets *targets)
{
  PtlEngineConfig *self = g_new0 (PtlEngineConfig, 1);

  g_atomic_ref_count_init (&self->refs);
  self->audience = ptl_audience_ref (forward->audience);
  self->anyone = ptl_audience_is_anyone (forward->audience);
  self->has_tcp = (forward->listen->protocol & PTL_PROTOCOL_TCP) != 0;
  self->targets = targets ? ptl_targets_ref (targets) : NULL;
  self->options = ptl_options_copy (forward->options);
  set_limits (self, forward);
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
  ptl_options_free (self->options);
  ptl_targets_unref (self->targets);
  g_free (self);
}

gboolean
ptl_engine_config_allows (const PtlEngineConfig *self, const PtlAddress *source)
{
  return self->anyone || ptl_audience_contains (self->audience, source->family, source->bytes);
}
