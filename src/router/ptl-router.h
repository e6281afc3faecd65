/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-clock.h"
#include "core/ptl-endpoint.h"
#include "core/ptl-error.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_ROUTER_STATE_SEARCHING,
  PTL_ROUTER_STATE_READY,
  PTL_ROUTER_STATE_OFFLINE, /* takes mappings, has no internet */
  PTL_ROUTER_STATE_SILENT,  /* does not answer (any more) */
  PTL_ROUTER_STATE_NONE,    /* a gateway that takes no mappings, or refuses to */
} PtlRouterState;
const char *ptl_router_state_to_string (PtlRouterState state);

typedef enum
{
  PTL_ROUTER_PROTOCOL_NONE = 0,
  PTL_ROUTER_PROTOCOL_PCP,
  PTL_ROUTER_PROTOCOL_NATPMP,
  PTL_ROUTER_PROTOCOL_UPNP,
} PtlRouterProtocol;
/* "pcp", "natpmp", "upnp" */
const char *ptl_router_protocol_to_string (PtlRouterProtocol protocol);
gboolean ptl_router_protocol_from_string (const char *text, PtlRouterProtocol *protocol);

/**
 * PtlMapping:
 *
 * One mapping of one port: what is asked, and what was granted. Both in one struct, because
 * renewing and deleting need both, also after a restart (the worker keeps it as a lease).
 */
typedef struct
{
  PtlProtocol protocol;       /* TCP or UDP, never BOTH */
  char *internal_address;     /* NULL = this computer's address towards the router */
  guint16 internal_port;
  guint16 external_port;      /* asked for; 0 = any free */
  gboolean pinned;            /* another port than the one asked for is given back, and an error */
  guint32 lifetime;           /* seconds asked for */
  char *description;          /* ASCII, shown in the router's own table */
  char *remote;               /* NULL, or one network that may connect: PCP FILTER, RemoteHost */
  gboolean as_found;          /* another's entry is put back: by UPnP alone, which showed it; @lifetime 0 = without an end */
  guint8 nonce[12];           /* PCP; filled by ptl_mapping_new(), to be kept with the lease */
  /* granted: */
  PtlRouterProtocol system;   /* NONE until granted */
  char *granted_address;      /* the router's public address, NULL = not told */
  guint16 granted_port;
  gint32 pinhole;             /* of a pinhole by UPnP: its number; -1 = none */
  guint32 granted_lifetime;   /* 0 = permanent: the router took no lease; deletion is ours to do */
  gboolean read_back;         /* it was read back from the router and agrees field by field */
} PtlMapping;

PtlMapping *ptl_mapping_new (PtlProtocol protocol,
                             guint16 internal_port,
                             guint16 external_port,
                             guint32 lifetime);
PtlMapping *ptl_mapping_copy (const PtlMapping *self);
void ptl_mapping_free (PtlMapping *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlMapping, ptl_mapping_free)

/* One line of the router's own table, from whomever. Texts are as the router gave them, not yet
 * safe. */
typedef struct
{
  PtlProtocol protocol;
  guint16 external_port;
  char *address;
  guint16 port;
  char *description;
  char *remote;
  gint64 lifetime; /* seconds left, 0 = permanent */
  gboolean enabled;
} PtlRouterEntry;
void ptl_router_entry_free (PtlRouterEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRouterEntry, ptl_router_entry_free)

/**
 * PtlRouter:
 *
 * One gateway and how to talk to it. PCP, NAT-PMP and UPnP are asked at once; the first that works
 * in that order is used, and remembered for the next time.
 *
 * Properties (notify): id, name, address, interface, local-address, external-address, protocols
 * (GStrv), state (PtlRouterState as int), error (GError boxed: message and advice for the state; a
 * router that is READY has one where its public address shows that nobody can connect in),
 * remembered-protocol (text, writable: what worked here before; then that one is asked first, the
 * others where it fails), named (the person named it).
 * Signal `lost-state (router)`: the router lost its mappings (epoch went back, ANNOUNCE, entry
 * gone): everything still due is to be mapped again, after a random 0 to 5 s.
 */
#define PTL_TYPE_ROUTER (ptl_router_get_type ())
G_DECLARE_FINAL_TYPE (PtlRouter, ptl_router, PTL, ROUTER, GObject)

const char *ptl_router_get_id (PtlRouter *self);
/* Whether it is reached by IPv6: then what it grants are pinholes in its firewall, to addresses that are not
 * translated. */
gboolean ptl_router_is_ipv6 (PtlRouter *self);
/* The one by its hardware address as soon as that is known: what is kept for later goes by this. */
const char *ptl_router_get_lasting_id (PtlRouter *self);
const char *ptl_router_get_name (PtlRouter *self);
const char *ptl_router_get_address (PtlRouter *self);
const char *ptl_router_get_interface (PtlRouter *self);
const char *ptl_router_get_local_address (PtlRouter *self);
const char *ptl_router_get_external_address (PtlRouter *self); /* "" = not told */
const char *const *ptl_router_get_protocols (PtlRouter *self); /* best first */
PtlRouterState ptl_router_get_state (PtlRouter *self);
const GError *ptl_router_get_error (PtlRouter *self);
/* Whether the person named it, and where they said that its UPnP description is ("" = not). */
gboolean ptl_router_get_is_named (PtlRouter *self);
const char *ptl_router_get_description_url (PtlRouter *self);
/* "pcp", "natpmp", "upnp" or "" */
const char *ptl_router_get_remembered_protocol (PtlRouter *self);
void ptl_router_set_remembered_protocol (PtlRouter *self, const char *protocol);

/* Adds a mapping, or renews it: one that has a grant asks for the same port with the same nonce, by
 * the protocol that granted it. Waits for discovery where that is still under way. Reads back where
 * the protocol can. Errors: ROUTER_*, INVALID, TIMED_OUT, CANCELLED. When it fails nothing is left
 * in the router. */
void ptl_router_add_async (PtlRouter *self,
                           const PtlMapping *mapping,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
PtlMapping *ptl_router_add_finish (PtlRouter *self, GAsyncResult *result, GError **error);
/* Takes a mapping back. One that is not there any more is success; an entry that is another's is
 * left alone. One whose system is NONE (the answer never came, or the process was killed before it)
 * is looked for by every protocol, by nonce, port and description. */
void ptl_router_delete_async (PtlRouter *self,
                              const PtlMapping *mapping,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean ptl_router_delete_finish (PtlRouter *self, GAsyncResult *result, GError **error);
/* Whether the router still holds it. PTL_ERROR_NOT_FOUND where it does not; NOT_SUPPORTED where the
 * protocol cannot tell. */
void ptl_router_read_back_async (PtlRouter *self,
                                 const PtlMapping *mapping,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean ptl_router_read_back_finish (PtlRouter *self, GAsyncResult *result, GError **error);
/* All entries (by UPnP), foreign ones too. NOT_SUPPORTED where the router cannot list.
 * (element-type PtlRouterEntry) */
void ptl_router_list_async (PtlRouter *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
GPtrArray *ptl_router_list_finish (PtlRouter *self, GAsyncResult *result, GError **error);

/* Asks the router how it is, cheaply (PCP ANNOUNCE, NAT-PMP address, else UPnP status): refreshes
 * state, external address and epoch, and so may raise `lost-state`. One that works no more is asked
 * by every protocol. FALSE, with the error of the state, where it takes no mappings at present. */
void ptl_router_probe_async (PtlRouter *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean ptl_router_probe_finish (PtlRouter *self, GAsyncResult *result, GError **error);

G_END_DECLS
