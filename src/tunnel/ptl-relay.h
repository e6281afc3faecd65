/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PtlRelay:
 *
 * A public server that the person names. Plain data; no secret in it: a key file is named, never
 * read.
 */
typedef struct
{
  char *id;   /* UUID */
  char *name; /* what the person calls it; unique */
  char *host;
  guint16 port;
  char *user;
  char *key_file; /* "" = the agent and ssh's default keys */
} PtlRelay;

#define PTL_TYPE_RELAY (ptl_relay_get_type ())
GType ptl_relay_get_type (void);
PtlRelay *ptl_relay_new (void);
PtlRelay *ptl_relay_copy (const PtlRelay *self);
void ptl_relay_free (PtlRelay *self);
gboolean ptl_relay_validate (const PtlRelay *self, GError **error);
/* What a tunnel's end says of its relay, in the words of Relay1's State: "ready" without an error,
 * %NULL where the error is not about the relay. */
const char *ptl_relay_state_for (const GError *error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRelay, ptl_relay_free)

G_END_DECLS
