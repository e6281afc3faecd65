/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-endpoint.h"

G_BEGIN_DECLS

/**
 * PtlLease:
 *
 * What a system granted for a rule: a bound socket, one router mapping, one remote port on a relay.
 * @system: "engine", "pcp", "natpmp", "upnp" or "ssh".
 * @holder: id of the router or relay; "" for the engine.
 * @endpoint: what was granted, as seen from outside (one protocol, one port for a router's lease; a
 *   range with `both` is allowed for the engine's).
 * @inner: where the system leads it: for a router's lease the LAN address and port, for the
 * engine's the target, for ssh the target.
 * @lifetime: seconds granted; 0 = until taken back.
 * @granted, @renew, @read_back: Unix seconds; 0 = none. For showing: renewals are paced on boot
 * time.
 * @key: what taking it back needs besides (PCP nonce in hex); never a secret.
 */
typedef struct
{
  char *system;
  char *holder;
  PtlEndpoint *endpoint;
  PtlEndpoint *inner;
  gint64 lifetime;
  gint64 granted;
  gint64 renew;
  gint64 read_back;
  char *key;
} PtlLease;

#define PTL_TYPE_LEASE (ptl_lease_get_type ())
GType ptl_lease_get_type (void);

PtlLease *ptl_lease_new (const char *system, const char *holder);
PtlLease *ptl_lease_copy (const PtlLease *self);
void ptl_lease_free (PtlLease *self);
gboolean ptl_lease_equal (const PtlLease *a, const PtlLease *b);
/* a{sv}: System s, Holder s, Protocol s, Endpoint s, Inner s, Lifetime x, Granted x, Renew x,
 * ReadBack x, Key s. Floating. */
GVariant *ptl_lease_to_variant (const PtlLease *self);
PtlLease *ptl_lease_from_variant (GVariant *variant, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlLease, ptl_lease_free)

G_END_DECLS
