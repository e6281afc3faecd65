/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-backend.h"
#include "worker/ptl-debts.h"
#include "worker/ptl-host-firewall.h"
#include "worker/ptl-inventory.h"
#include "worker/ptl-meter.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

#define PTL_RULES_MAX 5000 /* living ones: what one person's programs can make us hold */

/**
 * PtlChanges:
 *
 * The one door to the inventory. A change is a transaction: validate, policy, write the intent, apply, write
 * the result, publish; or it is undone. One change of a rule at a time; a close does not wait: it
 * cancels what is under way.
 *
 * @who, everywhere: for the log, "user ann (portolanctl)" or "worker".
 *
 * Signals:
 *  `closed (PtlRule)`: a rule left for the history, closed or failed
 *  `restore-failed (id)`: a rule that should be open could not be opened again just now
 */
#define PTL_TYPE_CHANGES (ptl_changes_get_type ())
G_DECLARE_FINAL_TYPE (PtlChanges, ptl_changes, PTL, CHANGES, GObject)

PtlChanges *ptl_changes_new (PtlClock *clock, PtlStore *store, PtlInventory *inventory, PtlDebts *debts, PtlMeter *meter);
void ptl_changes_set_backend (PtlChanges *self, PtlKind kind, PtlBackend *backend);
/* Lets in those whom rules are for. */
void ptl_changes_set_firewall (PtlChanges *self, PtlHostFirewall *firewall);
/* The addresses that policy keeps from being targets. */
void ptl_changes_set_router_addresses (PtlChanges *self, const char *const *addresses);

/* Settles what was left out, validates, asks policy, and looks for rules that it would collide with. Changes nothing but
 * @rule. Errors: INVALID, POLICY, PORT_TAKEN, BUSY. */
gboolean ptl_changes_check (PtlChanges *self, PtlRule *rule, GError **error);
/* @rule: (transfer full). Returns its id once it is published as `opening`; it goes on by itself.
 * Errors: as ptl_changes_check(), the backend's prepare(), STORE_*. */
char *ptl_changes_open (PtlChanges *self, PtlRule *rule, const char *who, GError **error);
/* All of @ids (whole ones) or none. Errors: NOT_FOUND, STORE_*. With reason EXPIRED it does not fail. */
gboolean ptl_changes_close (PtlChanges *self, const char *const *ids, PtlCloseReason reason, const char *who, GError **error);
/* Closes one that is open already, because policy does not let what answers at its target before strangers (@why:
 * POLICY): as one that is revoked, and the log and the history say why. Errors: NOT_FOUND, STORE_*. */
gboolean ptl_changes_withdraw (PtlChanges *self, const char *id, const GError *why, const char *who, GError **error);
/* @until: Unix seconds, or 0 to add @by seconds. Errors: NOT_FOUND, STATE, INVALID, STORE_*. */
gboolean ptl_changes_extend (PtlChanges *self, const char *const *ids, gint64 until, gint64 by, const char *who, GError **error);
/* @after: (transfer full) the rule as it is to be, with the id of the one that it replaces. */
void ptl_changes_edit_async (PtlChanges *self, PtlRule *after, const char *who, GAsyncReadyCallback callback, gpointer user_data);
gboolean ptl_changes_edit_finish (PtlChanges *self, GAsyncResult *result, GError **error);
/* Denies @network (CIDR) to a rule, and cuts its connections; or, not @block, takes that back. It ends by
 * ptl_changes_edit_finish(). Errors: as an edit, and NOT_FOUND where it was not denied. */
void ptl_changes_block_async (PtlChanges *self,
                              const char *id,
                              const char *network,
                              gboolean block,
                              const char *who,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* A closed rule as it is to be opened anew, by ptl_changes_open(), until the expiry it had. (transfer full) Errors:
 * STATE where that is over, NOT_FOUND. */
PtlRule *ptl_changes_dup_anew (PtlChanges *self, const char *id, GError **error);
/* Opens a living rule again that nothing holds at present (a restart, a failed edit). */
void ptl_changes_restore (PtlChanges *self, const char *id);

/* Whether a change of the rule is under way. */
gboolean ptl_changes_is_busy (PtlChanges *self, const char *id);
/* Keeps the counters of these rules in the store. */
void ptl_changes_keep_traffic (PtlChanges *self, GHashTable *ids);
/* A target of a living rule came up, or went down because of @error. */
void ptl_changes_target_changed (PtlChanges *self, const char *id, const char *endpoint, gboolean up, const GError *error);
/* STORE_* where nothing may be changed now; tries first whether the store is well again. */
gboolean ptl_changes_may_write (PtlChanges *self, GError **error);
/* Writes what is waiting to be written: now, before the process ends. */
void ptl_changes_flush (PtlChanges *self);
gboolean ptl_changes_has_unlogged (PtlChanges *self);

G_END_DECLS
