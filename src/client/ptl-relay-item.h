/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PtlRelayItem:
 *
 * Relay1 of the bus contract as properties (notify): id, name, host, user, key-file, state, offered-key,
 * message, advice (strings), port (uint). Signal `changed`.
 */
#define PTL_TYPE_RELAY_ITEM (ptl_relay_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlRelayItem, ptl_relay_item, PTL, RELAY_ITEM, GObject)

PtlRelayItem *ptl_relay_item_new (GVariant *properties); /* a{sv} */
void ptl_relay_item_apply (PtlRelayItem *self, GVariant *changed);
const char *ptl_relay_item_get (PtlRelayItem *self, const char *key); /* "OfferedKey"; "" where there is none */
guint ptl_relay_item_get_port (PtlRelayItem *self);

G_END_DECLS
