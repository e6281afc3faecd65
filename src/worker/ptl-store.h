/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "core/ptl-event.h"
#include "core/ptl-rule.h"
#include "tunnel/ptl-relay.h"

G_BEGIN_DECLS

/* What could not be taken back yet. */
typedef struct
{
  char *id; /* UUID */
  char *rule_id;
  PtlLease *lease;
  gint64 since; /* Unix seconds */
  gint64 ends;  /* when the system forgets it by itself; 0 = never */
  guint tries;
  char *message; /* why the last try failed */
} PtlDebt;
PtlDebt *ptl_debt_new (const char *rule_id, const PtlLease *lease);
void ptl_debt_free (PtlDebt *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDebt, ptl_debt_free)

/* What was begun, written before anything is applied, so that a restart can finish it or take it
 * back. */
typedef struct
{
  char *rule_id;
  char *action; /* "open", "close", "edit" */
  gint64 at;
  GPtrArray
      *leases; /* of PtlLease: what is about to be asked for (system may be ""), with its key */
} PtlIntent;
PtlIntent *ptl_intent_new (const char *rule_id, const char *action);
void ptl_intent_free (PtlIntent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlIntent, ptl_intent_free)

/**
 * PtlStore:
 *
 * The SQLite store (design.md, Store). One connection, in the worker alone. All writes go through a
 * transaction: ptl_store_begin(), put and add calls, ptl_store_commit(). A call that fails rolls
 * back; and from the first write that fails for the disk's sake the store is in a state other than
 * OK, refuses all further writes, and finds out by itself when it is well again
 * (ptl_store_probe()).
 */
typedef enum
{
  PTL_STORE_STATE_OK,
  PTL_STORE_STATE_READ_ONLY,
  PTL_STORE_STATE_FULL,
  PTL_STORE_STATE_DAMAGED,
  PTL_STORE_STATE_NEWER,
} PtlStoreState;
const char *ptl_store_state_to_string (PtlStoreState state);

/* Property: state (notify). Signal `event-added (PtlEvent*)`, after the commit that made it
 * durable. */
#define PTL_TYPE_STORE (ptl_store_get_type ())
G_DECLARE_FINAL_TYPE (PtlStore, ptl_store, PTL, STORE, GObject)

/* Always returns a store; look at its state and error. A damaged file is set aside under another
 * name
 * ("portolan.db.damaged-TIME") and a fresh one begun: then the error tells so and the state is OK
 * unless that fails too. A newer or unreadable one is left as it is. */
PtlStore *ptl_store_new (const char *directory, PtlClock *clock);
PtlStoreState ptl_store_get_state (PtlStore *self);
const GError *ptl_store_get_error (PtlStore *self);
/* Tries whether a store that was FULL or READ_ONLY can be written again. */
gboolean ptl_store_probe (PtlStore *self);
/* Gives back the memory that pages read so far are kept in: nothing is asked for a while. */
void ptl_store_rest (PtlStore *self);

gboolean ptl_store_begin (PtlStore *self, GError **error);
gboolean ptl_store_commit (PtlStore *self, GError **error);
void ptl_store_rollback (PtlStore *self);

/* Within a transaction: */
gboolean ptl_store_put_rule (PtlStore *self,
                             const PtlRule *rule,
                             GError **error); /* with its leases and traffic */
gboolean ptl_store_put_intent (PtlStore *self,
                               const PtlIntent *intent,
                               GError **error); /* replaces the rule's */
gboolean ptl_store_delete_intent (PtlStore *self, const char *rule_id, GError **error);
gboolean ptl_store_put_debt (PtlStore *self, const PtlDebt *debt, GError **error);
gboolean ptl_store_delete_debt (PtlStore *self, const char *id, GError **error);
gboolean ptl_store_put_relay (PtlStore *self, const PtlRelay *relay, GError **error);
gboolean ptl_store_delete_relay (PtlStore *self, const char *id, GError **error);
/* What worked for a router: id -> "pcp", ... */
gboolean
ptl_store_put_router (PtlStore *self, const char *id, const char *protocol, GError **error);
/* What the worker is told to do, beside its rules. */
gboolean
ptl_store_put_setting (PtlStore *self, const char *key, const char *value, GError **error);
gboolean ptl_store_add_event (PtlStore *self,
                              const char *who,
                              const char *what,
                              const char *rule_id,
                              const char *result,
                              const char *detail,
                              GError **error);

/* Reading, any time: */
GPtrArray *ptl_store_list_living (PtlStore *self, GError **error); /* of PtlRule */
GPtrArray *ptl_store_list_closed (PtlStore *self,
                                  guint offset,
                                  guint limit,
                                  const char *search,
                                  guint *total,
                                  GError **error);
PtlRule *ptl_store_get_rule (PtlStore *self, const char *id, GError **error); /* NOT_FOUND */
/* The whole id for a unique prefix: NOT_FOUND, AMBIGUOUS, INVALID. */
char *ptl_store_resolve_id (PtlStore *self, const char *prefix, GError **error);
GPtrArray *ptl_store_list_intents (PtlStore *self, GError **error);
GPtrArray *ptl_store_list_debts (PtlStore *self, GError **error);
GPtrArray *ptl_store_list_relays (PtlStore *self, GError **error);
char *ptl_store_dup_router_protocol (PtlStore *self, const char *id); /* "" where not known */
char *ptl_store_dup_setting (PtlStore *self, const char *key); /* "" where not set */
GPtrArray *ptl_store_list_events (PtlStore *self,
                                  const char *rule_id,
                                  gint64 before,
                                  guint limit,
                                  GError **error); /* latest first */
gboolean ptl_store_verify_log (PtlStore *self, gint64 *count, gint64 *bad_seq, GError **error);
gint64 ptl_store_get_n_events (PtlStore *self);
guint ptl_store_get_n_closed (PtlStore *self);
/* Full disk, damaged file and so on are tested through the real thing; this one aborts the process
 * at the n-th commit from now (0 = never), before it or after it, for the crash tests. */
void ptl_store_abort_at (PtlStore *self, guint nth, gboolean after);

G_END_DECLS
