/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-audience.h"
#include "core/ptl-endpoint.h"
#include "core/ptl-options.h"

G_BEGIN_DECLS

/**
 * PtlForward:
 *
 * Immutable description of one forward. The engine keeps a copy; an edit hands it a new one.
 * @listen: protocol, literal address, port range (first == 0: any free port, then one port only).
 *   "::" listens on IPv4 too; no host is "0.0.0.0".
 * @target: literal address, host name (resolved off the main loop) or unix socket.
 * @options: limits, time-outs, further targets, PROXY protocol; never NULL.
 * @vanish_timeout_ms: after which a peer that does not even acknowledge counts as gone; 0 = two
 * minutes. The rest are finer time-outs in milliseconds, and a cap; 0 = as @options says.
 */
typedef struct
{
  PtlEndpoint *listen;
  PtlEndpoint *target;
  PtlAudience *audience;
  PtlOptions *options;
  guint vanish_timeout_ms;
  guint connect_timeout_ms;
  guint tcp_idle_timeout_ms;
  guint total_timeout_ms;
  guint udp_idle_timeout_ms;
  guint udp_max_sessions; /* the oldest is dropped */
} PtlForward;

/* @audience: %NULL = anyone. The options are at their fallbacks. */
PtlForward *
ptl_forward_new (const PtlEndpoint *listen, const PtlEndpoint *target, PtlAudience *audience);
/* Copies @options. */
void ptl_forward_set_options (PtlForward *self, const PtlOptions *options);
PtlForward *ptl_forward_copy (const PtlForward *self);
void ptl_forward_free (PtlForward *self);
/* Whether the engine can carry it: protocol, ranges of equal length, socket path. INVALID or
 * TARGET. */
gboolean ptl_forward_check (const PtlForward *self, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlForward, ptl_forward_free)

G_END_DECLS
