/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-discovery.h"
#include "worker/ptl-changes.h"
#include "worker/ptl-check-settings.h"

G_BEGIN_DECLS

/**
 * PtlCheck:
 *
 * What network we are in: the way out as it is by now, followed live, and the checks that find out more. One check runs
 * at a time; who asks while it runs waits for the same one. It ends when nobody waits for it any more.
 *
 * Signal `changed`: ptl_check_dup_state() has another answer.
 */
#define PTL_TYPE_CHECK (ptl_check_get_type ())
G_DECLARE_FINAL_TYPE (PtlCheck, ptl_check, PTL, CHECK, GObject)

PtlCheck *ptl_check_new (PtlClock *clock, PtlStore *store, PtlDebts *debts, PtlDiscovery *discovery);
/* The property NetworkCheck (src/api). (transfer full) */
GVariant *ptl_check_dup_state (PtlCheck *self);
/* @changes: as SetNetworkCheck takes them. */
gboolean ptl_check_set (PtlCheck *self, GVariant *changes, const char *who, GError **error);
/* @waiter: who waits, so that ptl_check_leave() can say that they do not any more. */
void ptl_check_run_for_async (PtlCheck *self,
                              const char *waiter,
                              gboolean hairpin,
                              const char *who,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* The answer of CheckNetwork (transfer full). CANCELLED */
GVariant *ptl_check_run_for_finish (PtlCheck *self, GAsyncResult *result, GError **error);
/* Whoever @waiter is gets CANCELLED at once; the check itself ends where nobody else waits. */
void ptl_check_leave (PtlCheck *self, const char *waiter);

G_END_DECLS
