/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "worker/ptl-store.h"

G_BEGIN_DECLS

typedef enum
{
  PTL_OUTCOME_OPENED,
  PTL_OUTCOME_OPEN_FAILED,
  PTL_OUTCOME_CLOSED,
  PTL_OUTCOME_EDITED,
  PTL_OUTCOME_EDIT_FAILED,    /* and it is open as it was before */
  PTL_OUTCOME_EDIT_BROKEN,    /* and what it was before could not be opened again just now */
  PTL_OUTCOME_RESTORED,
  PTL_OUTCOME_RESTORE_FAILED,
  PTL_OUTCOME_RENEWED,
  PTL_OUTCOME_MOVED,          /* the lease's port, address or router is another now */
  PTL_OUTCOME_DEGRADED,
  PTL_OUTCOME_RECOVERED,
  PTL_OUTCOME_TARGET,         /* a target came up or went down: an event, where there is `what`; the state follows */
  PTL_OUTCOME_CAVEAT,         /* what cannot be kept is another thing: no event */
  PTL_OUTCOME_TRAFFIC,        /* counters only: no event */
  PTL_OUTCOME_NOTICED,        /* an event only */
} PtlOutcomeKind;

/**
 * PtlOutcome:
 *
 * What a change came to. It waits for the other outcomes of the same turn of the main loop, so that a
 * thousand rules restored or expired at once cost one commit; it is applied to the rule as that is by then.
 */
typedef struct
{
  PtlOutcomeKind kind;
  char *id;
  char *who;
  const char *what;   /* the event: of NOTICED and TARGET; of an edit where it has a name of its own */
  const char *result; /* of NOTICED and TARGET */
  char *detail;       /* of NOTICED and TARGET, and of an edit that was done */
  GPtrArray *leases;  /* of PtlLease, where they are new */
  GPtrArray *debts;   /* of PtlDebt, or NULL */
  PtlRule *edited;    /* of EDITED: the rule as it is to be */
  GError *error;
  GTask *task;        /* who waits for an edit */
  PtlRule *rule;      /* as it became */
} PtlOutcome;

PtlOutcome *ptl_outcome_new (PtlOutcomeKind kind, const char *id, const char *who);
void ptl_outcome_free (PtlOutcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlOutcome, ptl_outcome_free)

/* Makes @rule what the outcome says. */
void ptl_outcome_apply (const PtlOutcome *self, PtlRule *rule, gint64 now);
/* Within a transaction: rule, intent, debts and event of an outcome that was applied. */
gboolean ptl_outcome_write (const PtlOutcome *self, PtlStore *store, GError **error);
/* Whether it says by itself in what state the rule is. */
gboolean ptl_outcome_sets_state (const PtlOutcome *self);
/* Whether the rule leaves the inventory by it. */
gboolean ptl_outcome_is_final (const PtlOutcome *self);

/* Takes over @leases: the public endpoint becomes what they grant. */
void ptl_rule_take_leases (PtlRule *rule, GPtrArray *leases);

G_END_DECLS
