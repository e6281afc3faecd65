/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * PtlRouterItem:
 *
 * Router1 of the bus contract as properties (notify): id, name, address, interface, local-address,
 * external-address, state, message, advice, description-url (strings), named (boolean), protocols (GStrv). Signal `changed`.
 */
#define PTL_TYPE_ROUTER_ITEM (ptl_router_item_get_type ())
G_DECLARE_FINAL_TYPE (PtlRouterItem, ptl_router_item, PTL, ROUTER_ITEM, GObject)

PtlRouterItem *ptl_router_item_new (GVariant *properties); /* a{sv} */
void ptl_router_item_apply (PtlRouterItem *self, GVariant *changed);
const char *ptl_router_item_get (PtlRouterItem *self, const char *key); /* "ExternalAddress"; "" where there is none */
const char *const *ptl_router_item_get_protocols (PtlRouterItem *self);

G_END_DECLS
