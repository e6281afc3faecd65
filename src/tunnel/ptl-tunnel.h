/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-clock.h"
#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"
#include "ptl-relay.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_TUNNEL_STATE_CLOSED,
  PTL_TUNNEL_STATE_CONNECTING,
  PTL_TUNNEL_STATE_OPEN,
  PTL_TUNNEL_STATE_WAITING, /* backing off before the next try; error says why */
  PTL_TUNNEL_STATE_STOPPED, /* does not try again by itself: key changed, key new, login or
                               forwarding refused */
} PtlTunnelState;

/**
 * PtlTunnel:
 *
 * One supervised ssh client with one forwarding (-R or -L), in a process group of its own. It is
 * open when ssh has said that the forwarding stands, never before.
 *
 * Properties (notify): state (PtlTunnelState as int), error (GError boxed).
 * Signal `offered-key (tunnel, key_line, fingerprint)`: the relay showed a host key that is not
 * known; @fingerprint is "ED25519 SHA256:...". It comes before the tunnel stops with
 * HOST_KEY_UNKNOWN.
 *
 * To be used in the main thread.
 */
#define PTL_TYPE_TUNNEL (ptl_tunnel_get_type ())
G_DECLARE_FINAL_TYPE (PtlTunnel, ptl_tunnel, PTL, TUNNEL, GObject)

/* @listen: where connections are accepted: on the relay (@remote) or here. Port 0 on the relay =
 * any.
 * @target: as seen from the other end of @listen.
 * @state_dir: where the generated ssh config and known_hosts live (0700). */
PtlTunnel *ptl_tunnel_new (PtlClock *clock,
                           const PtlRelay *relay,
                           gboolean remote,
                           const PtlEndpoint *listen,
                           const PtlEndpoint *target,
                           const char *state_dir);
/* Whether ssh could be told to do that; INVALID. */
gboolean ptl_tunnel_check (const PtlRelay *relay,
                           gboolean remote,
                           const PtlEndpoint *listen,
                           const PtlEndpoint *target,
                           GError **error);
/* Starts, and is done when it is open or has stopped; one that waits to try again goes on in the
 * background after the first failure has been returned, unless ptl_tunnel_stop() is called. */
void ptl_tunnel_start_async (PtlTunnel *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ptl_tunnel_start_finish (PtlTunnel *self, GAsyncResult *result, GError **error);
/* Ends ssh and its group (TERM, then KILL after 2 s), for good. Done when the group is gone; never
 * fails. */
void ptl_tunnel_stop_async (PtlTunnel *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_tunnel_stop_finish (PtlTunnel *self, GAsyncResult *result, GError **error);
PtlTunnelState ptl_tunnel_get_state (PtlTunnel *self);
const GError *ptl_tunnel_get_error (PtlTunnel *self);
guint16 ptl_tunnel_get_port (PtlTunnel *self); /* the first port that was granted, 0 = not open */
/* As ssh tells: connections through it now, ever, and those that did not reach the target. It
 * counts no bytes. */
void ptl_tunnel_get_connections (PtlTunnel *self, guint64 *now, guint64 *ever, guint64 *refused);
gint64 ptl_tunnel_get_last_used_us (
    PtlTunnel *self); /* boot time of the last connection's begin or end, 0 = never */
GPid ptl_tunnel_get_pid (PtlTunnel *self); /* of ssh, which leads its group; 0 = does not run */
char *ptl_tunnel_dup_config_path (const char *state_dir, const char *relay_id);
/* The person's known keys, one file of the worker's own. */
gboolean ptl_tunnel_trust_key (const char *state_dir,
                               const PtlRelay *relay,
                               const char *key_line,
                               GError **error);
gboolean ptl_tunnel_forget_key (const char *state_dir, const PtlRelay *relay, GError **error);

G_END_DECLS
