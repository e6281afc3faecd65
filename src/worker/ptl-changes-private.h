/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-changes.h"
#include "worker/ptl-outcome.h"

G_BEGIN_DECLS

/* Inside of PtlChanges, shared by the files that hold one kind of change each: for them alone. */

struct _PtlChanges
{
  GObject parent;

  PtlClock *clock;
  PtlStore *store;
  PtlInventory *inventory;
  PtlDebts *debts;
  PtlMeter *meter;
  PtlBackend *backends[3]; /* by PtlKind */
  PtlHostFirewall *firewall; /* or NULL */
  char **router_addresses;
  GHashTable *running;     /* id -> PtlChange (borrowed) */
  GHashTable *target_events; /* id -> how many there were of late */
  GHashTable *stranded;    /* ids of rules that are degraded because no target is up */
  GQueue outcomes;         /* of PtlOutcome: written and published at the end of this turn */
  GQueue unlogged;         /* of PtlOutcome: applied and published; the store could not be written */
  guint flush_id;
};

/* One change of one rule that is under way. */
typedef struct
{
  PtlChanges *changes;
  char *id;
  char *who;
  GCancellable *cancellable;
  GPtrArray *prepared;
  GPtrArray *granted;  /* of PtlLease: it is open, but for this computer's firewall */
  GQueue told;         /* of PtlOutcome: what became of that meanwhile, in the order of its telling */
  gboolean close_next; /* it was asked to close meanwhile */
  /* of an edit: */
  const char *what; /* its name in the log; a static text */
  char *detail;
  GTask *task;
  PtlRule *before;
  PtlRule *after;
  gboolean moving; /* opened at the new place while the old one is open */
  GPtrArray *debts;
  GError *error;
} PtlChange;

/* NULL and BUSY where one is under way. */
PtlChange *ptl_change_begin (PtlChanges *self, const char *id, const char *who, GError **error);
/* What is granted by what was told last, NULL where nothing is. */
GPtrArray *ptl_change_get_granted (const PtlChange *change);
/* Frees it; closes the rule where that was asked for meanwhile. */
void ptl_change_end (PtlChange *change);
/* Hands in what it came to (transfer full). */
void ptl_changes_conclude (PtlChanges *self, PtlOutcome *outcome);
PtlOutcome *ptl_change_outcome (PtlChange *change, PtlOutcomeKind kind);

/* One transaction: the rule, its intent (NULL: none), an event. */
gboolean ptl_changes_write_intent (PtlChanges *self, const PtlRule *rule, const char *action, GPtrArray *leases, const char *who, GError **error);
/* The same for an edit, under its name in the log. */
gboolean ptl_change_write_intent (PtlChange *change, GPtrArray *leases, GError **error);
/* An edit that the log calls @what (a static text), with @detail; NULL: what the edit led to. */
void ptl_changes_edit_as (PtlChanges *self, PtlRule *after, const char *what, const char *detail, const char *who,
                          GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_changes_debts_for (PtlChanges *self, const char *id, GPtrArray *leases, const GError *reason);
/* The living rule or NOT_FOUND. */
const PtlRule *ptl_changes_look_up (PtlChanges *self, const char *id, GError **error);
const char *ptl_changes_step_of (const PtlRule *rule);
/* Second half of a close: the rule is `closing`, and so it is in the store where that could be written. */
void ptl_changes_start_close (PtlChanges *self, const char *id, const char *who);
/* Has the state of a rule that is open follow its targets, where none of them is up. */
void ptl_changes_weigh_targets (PtlChanges *self, const PtlRule *rule);
/* Makes @rule what its targets make of it now. */
void ptl_changes_apply_targets (PtlChanges *self, PtlRule *rule);
/* To what @backend tells by itself. */
void ptl_changes_listen (PtlChanges *self, PtlBackend *backend);
/* Applied, and then not to be logged: takes it back. */
void ptl_changes_undo (PtlChanges *self, PtlOutcome *outcome, const GError *error);

G_END_DECLS
