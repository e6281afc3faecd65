/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-alarm.h"
#include "worker/ptl-backend.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/**
 * PtlDebts:
 *
 * What could not be taken back from a router, a relay or this computer's firewall: kept in the store, retried with a growing pause,
 * shown until it is paid, or until the system forgets it by itself.
 *
 * Signals: `changed`; `paid (rule_id)`, when something was taken back.
 */
#define PTL_TYPE_DEBTS (ptl_debts_get_type ())
G_DECLARE_FINAL_TYPE (PtlDebts, ptl_debts, PTL, DEBTS, GObject)

PtlDebts *ptl_debts_new (PtlClock *clock, PtlStore *store);
/* Who takes back the leases of a kind of rule. */
void ptl_debts_set_backend (PtlDebts *self, PtlKind kind, PtlBackend *backend);
/* Who takes back what this computer's firewall still lets in. */
void ptl_debts_set_firewall (PtlDebts *self, PtlBackend *backend);
/* Takes over a debt (transfer full) that is in the store. Tries it after @delay_s seconds. */
void ptl_debts_adopt (PtlDebts *self, PtlDebt *debt, guint delay_s);
/* Tries all of them soon: a router came back, the network changed. */
void ptl_debts_kick (PtlDebts *self);
guint ptl_debts_get_n_debts (PtlDebts *self);
/* (transfer container): of PtlDebt, oldest first. */
GPtrArray *ptl_debts_list (PtlDebts *self);

/* A debt for @lease, which could not be taken back at @now for @reason. */
PtlDebt *ptl_debt_new_for (const char *rule_id, const PtlLease *lease, gint64 now, const GError *reason);

G_END_DECLS
