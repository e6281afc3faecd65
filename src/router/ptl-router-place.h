/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PTL_ROUTER_PLACES_MAX 16

/**
 * PtlRouterPlace:
 *
 * Where a router is that the person named, because discovery misses it, or finds it by another
 * interface than they want.
 */
typedef struct
{
  char *address;   /* IPv4 */
  char *interface; /* "" = whichever is in its network */
  char *url;       /* of its UPnP description, "" = to be searched for */
} PtlRouterPlace;

/* PTL_ERROR_INVALID: no address of a router; no name of an interface; a URL that does not lead to
 * that address. */
PtlRouterPlace *
ptl_router_place_new (const char *address, const char *interface, const char *url, GError **error);
PtlRouterPlace *ptl_router_place_copy (const PtlRouterPlace *self);
void ptl_router_place_free (PtlRouterPlace *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRouterPlace, ptl_router_place_free)

/* Lists (element-type PtlRouterPlace). */
GPtrArray *ptl_router_places_new (void);
GPtrArray *ptl_router_places_copy (GPtrArray *places);
/* (transfer none) (nullable) */
PtlRouterPlace *ptl_router_places_find (GPtrArray *places, const char *address);
/* As one text and back. What cannot be read, or is no place, is left out. */
char *ptl_router_places_to_text (GPtrArray *places);
GPtrArray *ptl_router_places_from_text (const char *text);

G_END_DECLS
