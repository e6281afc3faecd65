/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-inventory.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* A relay and what is known of it now, as Relay1 shows it. */
typedef struct
{
  PtlRelay *relay;
  char *state;       /* "unknown", "ready", "key-offered", "key-changed", "refused", "unreachable" */
  char *offered_key; /* the fingerprint of a key that waits for the person, or "" */
  char *key_line;    /* that key, for known_hosts */
  char *message;
  char *advice;
} PtlRelayView;

/**
 * PtlRelays:
 *
 * The relays that the person named.
 *
 * Signals, each with the id: `added`, `changed`, `removed`, `key-trusted`.
 */
#define PTL_TYPE_RELAYS (ptl_relays_get_type ())
G_DECLARE_FINAL_TYPE (PtlRelays, ptl_relays, PTL, RELAYS, GObject)

/* @state_dir: where the known host keys are kept. */
PtlRelays *ptl_relays_new (PtlStore *store, PtlInventory *inventory, const char *state_dir);
/* Reads the store. */
void ptl_relays_load (PtlRelays *self);
/* (transfer container): of PtlRelayView, by name. */
GPtrArray *ptl_relays_list (PtlRelays *self);
/* (transfer none) (nullable): by id or name. NOT_FOUND. */
const PtlRelayView *ptl_relays_find (PtlRelays *self, const char *id_or_name, GError **error);
/* @relay: (transfer full), without an id. Returns the id. Errors: INVALID (the name exists), STORE_*. */
char *ptl_relays_add (PtlRelays *self, PtlRelay *relay, const char *who, GError **error);
/* Errors: NOT_FOUND, STATE (a living rule uses it), STORE_*. */
gboolean ptl_relays_remove (PtlRelays *self, const char *id_or_name, const char *who, GError **error);
/* Errors: NOT_FOUND, STATE (no key waits), INVALID (another fingerprint), STORE_*. */
gboolean ptl_relays_trust (PtlRelays *self, const char *id_or_name, const char *fingerprint, const char *who, GError **error);

/* What the tunnels tell of a relay. @state: as in Relay1; @error: why, or NULL. */
void ptl_relays_set_state (PtlRelays *self, const char *id, const char *state, const GError *error);
void ptl_relays_offer_key (PtlRelays *self, const char *id, const char *key_line, const char *fingerprint);

G_END_DECLS
