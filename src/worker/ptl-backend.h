/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/**
 * PtlBackend:
 *
 * What a change needs of a kind of opening, whichever it is: forward (engine), mapping (router, with the
 * engine where guarded), tunnel (ssh). A backend writes no store and publishes nothing: it applies, and tells.
 *
 * Signals:
 *  `leases-changed (rule_id, GPtrArray of PtlLease)`: renewed, moved to another port, ...
 *  `degraded (rule_id, GError)`: not reachable just now, it is trying by itself
 *  `recovered (rule_id, GPtrArray of PtlLease)`
 *  `left-behind (rule_id, GPtrArray of PtlLease, GError)`: what an open that failed, or a move to another
 *    router, could not take back: it becomes a debt
 *  `caveat-changed (rule_id)`: dup_caveat() has another answer
 *  `noticed (rule_id, what, result, detail)`: something happened to it that leaves its state as it is: an event
 */
#define PTL_TYPE_BACKEND (ptl_backend_get_type ())
G_DECLARE_INTERFACE (PtlBackend, ptl_backend, PTL, BACKEND, GObject)

struct _PtlBackendInterface
{
  GTypeInterface parent;

  /* What will be asked for, with all that is needed to take it back should the worker die before the answer. Has no
   * effect outside this process that outlives it. (transfer full) (element-type PtlLease) */
  GPtrArray *(*prepare) (PtlBackend *self, const PtlRule *rule, GError **error);
  /* Drops what prepare() holds, where open is not to follow. */
  void (*abandon) (PtlBackend *self, const char *rule_id);
  /* Opens all of @rule or nothing of it. The rule's own leases (a restart: what it held before) are asked for again.
   * The answer: its leases. @prepared: from prepare(), or NULL at a restart. */
  void (*open_async) (PtlBackend *self, const PtlRule *rule, GPtrArray *prepared, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*open_finish) (PtlBackend *self, GAsyncResult *result, GError **error);
  /* Lets nobody in any more and cuts who is in, before it returns; then takes the leases back. The answer is what could
   * not be taken back (element-type PtlLease), never NULL; @error is set, with the reason, when and only when the answer
   * is not empty. */
  void (*close_async) (PtlBackend *self, const PtlRule *rule, GAsyncReadyCallback callback, gpointer user_data);
  GPtrArray *(*close_finish) (PtlBackend *self, GAsyncResult *result, GError **error);
  /* Tries to take back one lease of a rule that is closed (a debt, or an intent of a worker that died). */
  void (*take_back_async) (PtlBackend *self, const char *rule_id, const PtlLease *lease, GAsyncReadyCallback callback, gpointer user_data);
  gboolean (*take_back_finish) (PtlBackend *self, GAsyncResult *result, GError **error);
  /* Applies an edit to a rule that is open, without dropping what the edit allows. NULL or NOT_SUPPORTED: the change closes
   * and opens anew. */
  gboolean (*edit) (PtlBackend *self, const PtlRule *before, const PtlRule *after, GError **error);
  /* Whether @after may be opened while @before is open: it goes over to the new place with its living connections, and
   * where it fails it stays as it was. NULL: never. */
  gboolean (*can_move) (PtlBackend *self, const PtlRule *before, const PtlRule *after);
  gboolean (*get_traffic) (PtlBackend *self, const char *rule_id, PtlTraffic *traffic);
  /* Why nobody gets through an open rule at present though all of it is granted: no target is up. NULL, or answers NULL:
   * one is, or that is not known. (transfer full) */
  GError *(*dup_trouble) (PtlBackend *self, const PtlRule *rule);
  /* What of an open rule cannot be kept at present, to be said in its row. NULL, or answers NULL: all is. (transfer full) */
  GError *(*dup_caveat) (PtlBackend *self, const PtlRule *rule);
};

GPtrArray *ptl_backend_prepare (PtlBackend *self, const PtlRule *rule, GError **error);
void ptl_backend_abandon (PtlBackend *self, const char *rule_id);
void ptl_backend_open_async (PtlBackend *self, const PtlRule *rule, GPtrArray *prepared, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_backend_open_finish (PtlBackend *self, GAsyncResult *result, GError **error);
void ptl_backend_close_async (PtlBackend *self, const PtlRule *rule, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_backend_close_finish (PtlBackend *self, GAsyncResult *result, GError **error);
void ptl_backend_take_back_async (PtlBackend *self, const char *rule_id, const PtlLease *lease, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_backend_take_back_finish (PtlBackend *self, GAsyncResult *result, GError **error);
gboolean ptl_backend_edit (PtlBackend *self, const PtlRule *before, const PtlRule *after, GError **error);
gboolean ptl_backend_can_move (PtlBackend *self, const PtlRule *before, const PtlRule *after);
gboolean ptl_backend_get_traffic (PtlBackend *self, const char *rule_id, PtlTraffic *traffic);
GError *ptl_backend_dup_trouble (PtlBackend *self, const PtlRule *rule);
GError *ptl_backend_dup_caveat (PtlBackend *self, const PtlRule *rule);

G_END_DECLS
