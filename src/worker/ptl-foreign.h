/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-discovery.h"
#include "worker/ptl-backend-router.h"
#include "worker/ptl-debts.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-notifier.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/**
 * PtlForeign:
 *
 * The foreign entries: what the tables of routers show that no rule of ours asked for. It takes what the keeper reads by
 * the minute, remembers since when each is there, tells of new ones, and knows whose they are. What a router held when it
 * was first looked at is not new.
 *
 * An entry's id, in requests: "tcp/25565", or "tcp/25565/203.0.113.9" where it is for one address only.
 */
#define PTL_TYPE_FOREIGN (ptl_foreign_get_type ())
G_DECLARE_FINAL_TYPE (PtlForeign, ptl_foreign, PTL, FOREIGN, GObject)

/* All borrowed or ref'd parts of the worker; @notifier: may be NULL. */
PtlForeign *ptl_foreign_new (PtlClock *clock,
                             PtlStore *store,
                             PtlInventory *inventory,
                             PtlDebts *debts,
                             PtlDiscovery *discovery,
                             PtlBackendRouter *mappings,
                             PtlNotifier *notifier);

/* Reads the table of the router @router ("" = the default one) now, and finds out whose its entries are. The answer is
 * ListEntries'. Errors: ROUTER_*, NOT_FOUND, NOT_SUPPORTED. */
void ptl_foreign_list_async (PtlForeign *self, const char *router, GAsyncReadyCallback callback, gpointer user_data);
/* (transfer full): aa{sv} */
GVariant *ptl_foreign_list_finish (PtlForeign *self, GAsyncResult *result, GError **error);

/* Of a request that adopts the entry that it names by `Adopt`, the rule that it makes: the entry's port and target, direct,
 * and its lease, so that opening it renews the entry in the place of making another. Errors: INVALID, NOT_FOUND, STATE
 * where a rule has it already, ROUTER_*. */
void ptl_foreign_adopt_async (PtlForeign *self, GVariant *request, GAsyncReadyCallback callback, gpointer user_data);
PtlRule *ptl_foreign_adopt_finish (PtlForeign *self, GAsyncResult *result, GError **error);

/* Takes a foreign entry out of the router. Errors: as adopting; ROUTER_REFUSED where the router lets nobody but the one who
 * made it. */
void ptl_foreign_remove_async (PtlForeign *self, const char *router, const char *entry, const char *who, GAsyncReadyCallback callback, gpointer user_data);
/* Puts back one that was removed within the last hour. NOT_FOUND where there is none. */
void ptl_foreign_restore_async (PtlForeign *self, const char *router, const char *entry, const char *who, GAsyncReadyCallback callback, gpointer user_data);
/* Remembers that the person does not want to be told of it, or no longer. */
void ptl_foreign_ignore_async (PtlForeign *self, const char *router, const char *entry, gboolean ignore, const char *who, GAsyncReadyCallback callback, gpointer user_data);
/* Of the three. */
gboolean ptl_foreign_change_finish (PtlForeign *self, GAsyncResult *result, GError **error);

G_END_DECLS
