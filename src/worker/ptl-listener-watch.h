/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exposure/ptl-listeners.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-notifier.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/**
 * PtlListenerWatch:
 *
 * What listens on this machine, looked at now and then while somebody follows it, or wants to be told of new listeners.
 * (The kernel tells of sockets that close only, and that to an administrator alone.) A look at what did not change is four
 * questions to the kernel and nothing else. Looks run in a thread, one at a time.
 *
 * Signals: `changed`: a look had another answer, or a setting is another; `needed`: ptl_listener_watch_is_needed().
 */
#define PTL_TYPE_LISTENER_WATCH (ptl_listener_watch_get_type ())
G_DECLARE_FINAL_TYPE (PtlListenerWatch, ptl_listener_watch, PTL, LISTENER_WATCH, GObject)

PtlListenerWatch *ptl_listener_watch_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlNotifier *notifier);
/* Goes on as it was left. */
void ptl_listener_watch_start (PtlListenerWatch *self);
/* A look that begins now; while somebody follows, one of a moment ago will do. */
void ptl_listener_watch_look_async (PtlListenerWatch *self, GAsyncReadyCallback callback, gpointer user_data);
PtlListenersView *ptl_listener_watch_look_finish (PtlListenerWatch *self, GAsyncResult *result, GError **error);
/* The last look, or NULL (transfer none). */
const PtlListenersView *ptl_listener_watch_get_view (PtlListenerWatch *self);
/* How often a look had another answer than the one before. */
guint64 ptl_listener_watch_get_serial (PtlListenerWatch *self);
/* Who follows, by @sender, looks more often. */
void ptl_listener_watch_follow (PtlListenerWatch *self, const char *sender, gboolean follow);
/* Takes out those that have gone. */
typedef gboolean (*PtlFollowerFunc) (const char *sender, gpointer user_data);
void ptl_listener_watch_drop_followers (PtlListenerWatch *self, PtlFollowerFunc is_there, gpointer user_data);
/* Whether new listeners that others can reach are told of by a notification. */
gboolean ptl_listener_watch_get_notices (PtlListenerWatch *self);
/* Event "listener-notices". STORE_* */
gboolean ptl_listener_watch_set_notices (PtlListenerWatch *self, gboolean notices, const char *who, GError **error);
/* Whether it keeps the worker running. */
gboolean ptl_listener_watch_is_needed (PtlListenerWatch *self);

G_END_DECLS
