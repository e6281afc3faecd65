/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

#include <glib/gi18n-lib.h>

/* ---- Second half: cut, take back, tell ---- */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  PtlChanges *self = change->changes;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_backend_close_finish (PTL_BACKEND (source), result, &error);
  PtlOutcome *outcome = ptl_change_outcome (change, PTL_OUTCOME_CLOSED);

  outcome->debts = ptl_changes_debts_for (self, change->id, left, error);
  ptl_changes_conclude (self, outcome);
  ptl_change_end (change);
}

void
ptl_changes_start_close (PtlChanges *self, const char *id, const char *who)
{
  g_autoptr (PtlRule) rule = NULL;
  PtlChange *change;

  ptl_meter_read (self->meter, id);
  rule = ptl_inventory_dup (self->inventory, id);
  if (rule == NULL)
    return;
  change = ptl_change_begin (self, id, who, NULL);
  if (change == NULL)
    return;
  ptl_backend_close_async (self->backends[rule->kind], rule, on_closed, change);
}

/* ---- First half: the intent ---- */

static GPtrArray *
leases_of (PtlChanges *self, const PtlRule *rule)
{
  PtlChange *change = g_hash_table_lookup (self->running, rule->id);

  return change != NULL && change->prepared != NULL && rule->leases->len == 0 ? change->prepared
                                                                              : rule->leases;
}

/* Why, for the log. (transfer full) */
static char *
describe_reason (const PtlRule *rule)
{
  const char *reason = ptl_close_reason_to_string (rule->close_reason);

  return *rule->error_message != '\0' ? g_strdup_printf ("%s: %s", reason, rule->error_message)
                                      : g_strdup (reason);
}

static gboolean
write_intents (PtlChanges *self, GPtrArray *rules, const char *who, GError **error)
{
  if (!ptl_store_begin (self->store, error))
    return FALSE;
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];
      GPtrArray *leases = leases_of (self, rule);
      g_autoptr (PtlIntent) intent = ptl_intent_new (rule->id, "close");
      g_autofree char *reason = describe_reason (rule);

      intent->at = ptl_clock_get_wall (self->clock);
      for (guint j = 0; j < leases->len; j++)
        g_ptr_array_add (intent->leases, ptl_lease_copy (leases->pdata[j]));
      if (!ptl_store_put_rule (self->store, rule, error) ||
          !ptl_store_put_intent (self->store, intent, error) ||
          !ptl_store_add_event (self->store, who, "close", rule->id, "begun", reason, error))
        return FALSE;
    }
  return ptl_store_commit (self->store, error);
}

/* The rules of @ids as they are when closing; those that are closing already are left out. NULL: one is wrong.
 * @why: (nullable): what the person is told of it. */
static GPtrArray *
rules_closing (PtlChanges *self,
               const char *const *ids,
               PtlCloseReason reason,
               const GError *why,
               GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      const PtlRule *rule = ptl_changes_look_up (self, ids[i], error);
      PtlRule *closing;

      if (rule == NULL)
        return NULL;
      if (rule->state == PTL_RULE_STATE_CLOSING || !g_hash_table_add (seen, (gpointer) ids[i]))
        continue;
      closing = ptl_rule_copy (rule);
      closing->state = PTL_RULE_STATE_CLOSING;
      closing->close_reason = reason;
      ptl_rule_set_error (closing, why);
      g_free (closing->step);
      closing->step = g_strdup ("close");
      g_ptr_array_add (rules, closing);
    }
  return g_steal_pointer (&rules);
}

static void
close_now (PtlChanges *self, PtlRule *rule, const char *who)
{
  PtlChange *running = g_hash_table_lookup (self->running, rule->id);
  g_autofree char *id = g_strdup (rule->id);

  ptl_inventory_put (self->inventory, rule);
  if (running == NULL)
    {
      ptl_changes_start_close (self, id, who);
      return;
    }
  g_free (running->who);
  running->who = g_strdup (who);
  running->close_next = TRUE;
  g_cancellable_cancel (running->cancellable);
}

static gboolean
close_all (PtlChanges *self,
           const char *const *ids,
           PtlCloseReason reason,
           const GError *why,
           const char *who,
           GError **error)
{
  g_autoptr (GPtrArray) rules = NULL;

  ptl_changes_flush (self);
  if (reason != PTL_CLOSE_REASON_EXPIRED && !ptl_changes_may_write (self, error))
    return FALSE;
  rules = rules_closing (self, ids, reason, why, error);
  if (rules == NULL)
    return FALSE;
  /* An expiry needs no intent: the time that is over stands in the store, and a restart acts on it. So it is cut
   * before anything is written, and closes with a store that cannot be written too: closing is never
   * the more dangerous of two faults. It is logged once the store is well. */
  if (reason != PTL_CLOSE_REASON_EXPIRED && rules->len > 0 &&
      !write_intents (self, rules, who, error))
    return FALSE;
  for (guint i = 0; i < rules->len; i++)
    close_now (self, g_steal_pointer (&rules->pdata[i]), who);
  g_ptr_array_set_free_func (rules, NULL);
  return TRUE;
}

gboolean
ptl_changes_close (PtlChanges *self,
                   const char *const *ids,
                   PtlCloseReason reason,
                   const char *who,
                   GError **error)
{
  return close_all (self, ids, reason, NULL, who, error);
}

gboolean
ptl_changes_withdraw (PtlChanges *self, const char *id, const GError *why, const char *who, GError **error)
{
  const char *const ids[] = { id, NULL };

  return close_all (self, ids, PTL_CLOSE_REASON_REVOKED, why, who, error);
}

/* ---- Undo: applied, and not to be logged ---- */

typedef struct
{
  PtlChanges *changes;
  PtlOutcome *outcome;
} Undo;

static void
on_undone (GObject *source, GAsyncResult *result, gpointer data)
{
  Undo *undo = data;
  PtlOutcome *outcome = undo->outcome;
  PtlChanges *self = undo->changes;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_backend_close_finish (PTL_BACKEND (source), result, &error);

  outcome->debts = ptl_changes_debts_for (self, outcome->id, left, error);
  ptl_changes_conclude (self, outcome);
  g_object_unref (self);
  g_free (undo);
}

/* The rule as applied is taken back; what is told is that it failed. The intent stays in the store, for a restart. */
static void
undo_open (PtlChanges *self, PtlOutcome *outcome)
{
  Undo *undo = g_new0 (Undo, 1);
  g_autoptr (PtlRule) rule = g_steal_pointer (&outcome->rule);

  g_clear_pointer (&outcome->leases, g_ptr_array_unref);
  outcome->kind = PTL_OUTCOME_OPEN_FAILED;
  undo->changes = g_object_ref (self);
  undo->outcome = outcome;
  ptl_backend_close_async (self->backends[rule->kind], rule, on_undone, undo);
}

/* Where the back end cannot swap it back, what the edit opened is closed, and the restorer opens the rule
 * again as it was before. */
static void
undo_edit (PtlChanges *self, PtlOutcome *outcome)
{
  g_autoptr (PtlRule) after = g_steal_pointer (&outcome->rule);
  g_autoptr (PtlRule) before = ptl_inventory_dup (self->inventory, outcome->id);
  PtlBackend *backend = self->backends[after->kind];
  Undo *undo;

  g_clear_pointer (&outcome->leases, g_ptr_array_unref);
  if (before != NULL && ptl_backend_edit (backend, after, before, NULL))
    {
      outcome->kind = PTL_OUTCOME_EDIT_FAILED;
      ptl_changes_conclude (self, outcome);
      return;
    }
  outcome->kind = PTL_OUTCOME_EDIT_BROKEN;
  undo = g_new0 (Undo, 1);
  undo->changes = g_object_ref (self);
  undo->outcome = outcome;
  ptl_backend_close_async (backend, after, on_undone, undo);
}

void
ptl_changes_undo (PtlChanges *self, PtlOutcome *outcome, const GError *error)
{
  g_clear_error (&outcome->error);
  outcome->error = g_error_copy (error);
  if (outcome->kind == PTL_OUTCOME_OPENED)
    undo_open (self, outcome);
  else
    undo_edit (self, outcome);
}
