/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-backend-router.h"
#include "worker/ptl-keeper.h"
#include "worker/ptl-pinholes.h"

G_BEGIN_DECLS

/* Inside of PtlBackendRouter, for its own files alone. */

struct _PtlBackendRouter
{
  GObject parent;

  PtlClock *clock;
  PtlEngine *engine;
  PtlDiscovery *discovery;
  PtlKeeper *keeper;
  PtlPinholes *pinholes;
  GHashTable *holdings; /* rule id -> PtlHolding */
  GHashTable *coming;   /* rule id -> PtlHolding, of moves under way */
};

/* ptl-backend-router.c */
/* By which a holding is kept, and where its router is: those of IPv4 or of IPv6. (transfer none) */
PtlKeeper *ptl_backend_router_keeper_of (PtlBackendRouter *self, const PtlHolding *holding);
PtlRouter *ptl_backend_router_get_router (PtlBackendRouter *self, PtlHolding *holding);
/* Nobody gets in any more, who is in is cut, and it is renewed no more. */
void ptl_backend_router_drop (PtlBackendRouter *self, PtlHolding *holding);
/* @left: of PtlMapping, in the router of @holding: becomes debts. */
void ptl_backend_router_emit_left (PtlBackendRouter *self, PtlHolding *holding, GPtrArray *left, const GError *error);

/* ptl-backend-router-close.c: of PtlBackendInterface */
void ptl_backend_router_close_async (PtlBackend *backend, const PtlRule *rule, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_backend_router_close_finish (PtlBackend *backend, GAsyncResult *result, GError **error);
void ptl_backend_router_take_back_async (PtlBackend *backend, const char *rule_id, const PtlLease *lease, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_backend_router_take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error);
GError *ptl_backend_router_away (void);

/* ptl-backend-router-move.c */
gboolean ptl_backend_router_can_move (PtlBackend *backend, const PtlRule *before, const PtlRule *after);
GPtrArray *ptl_backend_router_prepare_move (PtlBackendRouter *self, PtlHolding *held, const PtlRule *after, GError **error);
/* FALSE: none was prepared. */
gboolean ptl_backend_router_abandon_move (PtlBackendRouter *self, const char *rule_id);
/* Returns the leases on @task. FALSE: no move was prepared, and @task is untouched. */
gboolean ptl_backend_router_move_async (PtlBackendRouter *self, GTask *task, const char *rule_id);

G_END_DECLS
