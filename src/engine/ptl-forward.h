/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-audience.h"
#include "core/ptl-endpoint.h"

G_BEGIN_DECLS

#define PTL_FORWARD_CONNECT_TIMEOUT_MS 10000u
#define PTL_FORWARD_TCP_IDLE_TIMEOUT_MS (2u * 3600u * 1000u)
#define PTL_FORWARD_UDP_IDLE_TIMEOUT_MS (2u * 60u * 1000u)
#define PTL_FORWARD_UDP_MAX_SESSIONS 1024u

/**
 * PtlForward:
 *
 * Immutable description of one forward. The engine keeps a copy; an edit hands it a new one.
 * @listen: protocol, literal address, port range (first == 0: any free port, then one port only).
 *   "::" listens on IPv4 too; no host is "0.0.0.0".
 * @target: literal address, host name (resolved off the main loop) or unix socket.
 * Time-outs in milliseconds; 0 = the default given.
 */
typedef struct
{
  PtlEndpoint *listen;
  PtlEndpoint *target;
  PtlAudience *audience;
  guint connect_timeout_ms;  /* default 10 s */
  guint tcp_idle_timeout_ms; /* default 2 h */
  guint udp_idle_timeout_ms; /* default 2 min */
  guint udp_max_sessions;    /* default 1024; the oldest is dropped */
} PtlForward;

/* @audience: %NULL = anyone. */
PtlForward *
ptl_forward_new (const PtlEndpoint *listen, const PtlEndpoint *target, PtlAudience *audience);
PtlForward *ptl_forward_copy (const PtlForward *self);
void ptl_forward_free (PtlForward *self);
/* Whether the engine can carry it: protocol, ranges of equal length, socket path. INVALID or
 * TARGET. */
gboolean ptl_forward_check (const PtlForward *self, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlForward, ptl_forward_free)

G_END_DECLS
