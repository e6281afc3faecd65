/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-backend-router.h"
#include "worker/ptl-keeper.h"

G_BEGIN_DECLS

/* Inside of PtlBackendRouter, for its own files alone. */

struct _PtlBackendRouter
{
  GObject parent;

  PtlClock *clock;
  PtlEngine *engine;
  PtlDiscovery *discovery;
  PtlKeeper *keeper;
  GHashTable *holdings; /* rule id -> PtlHolding */
};

/* ptl-backend-router.c */
/* Nobody gets in any more, who is in is cut, and it is renewed no more. */
void ptl_backend_router_drop (PtlBackendRouter *self, PtlHolding *holding);

/* ptl-backend-router-close.c: of PtlBackendInterface */
void ptl_backend_router_close_async (PtlBackend *backend, const PtlRule *rule, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_backend_router_close_finish (PtlBackend *backend, GAsyncResult *result, GError **error);
void ptl_backend_router_take_back_async (PtlBackend *backend, const char *rule_id, const PtlLease *lease, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_backend_router_take_back_finish (PtlBackend *backend, GAsyncResult *result, GError **error);

G_END_DECLS
