/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "tunnel/ptl-relay.h"
#include "worker/ptl-backend.h"

G_BEGIN_DECLS

/**
 * PtlBackendTunnel:
 *
 * Tunnels: an ssh client per rule. Its leases are of system "ssh", the holder is the relay's id.
 * ssh and what it holds end with this process, so there is never a debt.
 *
 * A relay that said no (host key, login, forwarding) is not asked again by a restore (open without
 * prepared leases): the same error is given back, until its key is trusted,
 * ptl_backend_tunnel_try_again() is called, or, but for the host key, an hour is over.
 *
 * A remote tunnel for everyone is tried from here once it is open (ptl-reach.h): one that refuses
 * is `degraded` with RELAY_REFUSED and says what to set on the relay, until it is reached.
 *
 * Signals besides the interface's:
 *  `offered-key (relay_id, key_line, fingerprint)`: a host key that is not known; "ED25519
 * SHA256:..." `relay-state (relay_id, state, GError)`: as in Relay1: "ready" (no error),
 * "key-offered", "key-changed", "refused" or "unreachable"
 */
#define PTL_TYPE_BACKEND_TUNNEL (ptl_backend_tunnel_get_type ())
G_DECLARE_FINAL_TYPE (PtlBackendTunnel, ptl_backend_tunnel, PTL, BACKEND_TUNNEL, GObject)

/* @state_dir: absolute; where the known host keys and the generated ssh settings are, as for
 * ptl_tunnel_trust_key(). */
PtlBackendTunnel *ptl_backend_tunnel_new (PtlClock *clock, const char *state_dir);
/* Adds the relay or replaces the one of its id; open tunnels keep what they were started with. */
void ptl_backend_tunnel_set_relay (PtlBackendTunnel *self, const PtlRelay *relay);
void ptl_backend_tunnel_remove_relay (PtlBackendTunnel *self, const char *relay_id);
/* The person changed something about the relay: tunnels that have stopped start again, and
 * `recovered` tells of it. */
void ptl_backend_tunnel_try_again (PtlBackendTunnel *self, const char *relay_id);

G_END_DECLS
