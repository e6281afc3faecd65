/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"
#include "core/ptl-validate.h"

G_DEFINE_FINAL_TYPE (PtlChanges, ptl_changes, G_TYPE_OBJECT)

enum
{
  CLOSED,
  RESTORE_FAILED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void on_store_state (PtlChanges *self);

static void
ptl_changes_dispose (GObject *object)
{
  PtlChanges *self = PTL_CHANGES (object);

  g_clear_handle_id (&self->flush_id, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->backends); i++)
    if (self->backends[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->backends[i], self);
        g_clear_object (&self->backends[i]);
      }
  if (self->firewall != NULL)
    g_signal_handlers_disconnect_by_data (self->firewall, self);
  g_clear_object (&self->firewall);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->meter != NULL)
    g_signal_handlers_disconnect_by_data (self->meter, self);
  g_queue_clear_full (&self->outcomes, (GDestroyNotify) ptl_outcome_free);
  g_queue_clear_full (&self->unlogged, (GDestroyNotify) ptl_outcome_free);
  g_clear_pointer (&self->running, g_hash_table_unref);
  g_clear_pointer (&self->stranded, g_hash_table_unref);
  g_clear_pointer (&self->target_events, g_hash_table_unref);
  g_clear_pointer (&self->router_addresses, g_strfreev);
  g_clear_object (&self->meter);
  g_clear_object (&self->debts);
  g_clear_object (&self->inventory);
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (ptl_changes_parent_class)->dispose (object);
}

static void
ptl_changes_class_init (PtlChangesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_changes_dispose;
  signals[CLOSED] =
      g_signal_new ("closed", PTL_TYPE_CHANGES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    1, PTL_TYPE_RULE | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[RESTORE_FAILED] = g_signal_new ("restore-failed", PTL_TYPE_CHANGES, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ptl_changes_init (PtlChanges *self)
{
  self->running = g_hash_table_new (g_str_hash, g_str_equal);
  self->stranded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->target_events = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->outcomes);
  g_queue_init (&self->unlogged);
}

PtlChanges *
ptl_changes_new (PtlClock *clock,
                 PtlStore *store,
                 PtlInventory *inventory,
                 PtlDebts *debts,
                 PtlMeter *meter)
{
  PtlChanges *self = g_object_new (PTL_TYPE_CHANGES, NULL);

  self->clock = g_object_ref (clock);
  self->store = g_object_ref (store);
  self->inventory = g_object_ref (inventory);
  self->debts = g_object_ref (debts);
  self->meter = g_object_ref (meter);
  g_signal_connect_swapped (store, "notify::state", G_CALLBACK (on_store_state), self);
  g_signal_connect_swapped (meter, "keep", G_CALLBACK (ptl_changes_keep_traffic), self);
  return self;
}

void
ptl_changes_set_backend (PtlChanges *self, PtlKind kind, PtlBackend *backend)
{
  g_return_if_fail (self->backends[kind] == NULL);
  self->backends[kind] = g_object_ref (backend);
  ptl_changes_listen (self, backend);
}

void
ptl_changes_set_firewall (PtlChanges *self, PtlHostFirewall *firewall)
{
  g_return_if_fail (self->firewall == NULL);
  self->firewall = g_object_ref (firewall);
  ptl_changes_listen (self, PTL_BACKEND (firewall));
}

void
ptl_changes_set_router_addresses (PtlChanges *self, const char *const *addresses)
{
  g_strfreev (self->router_addresses);
  self->router_addresses = g_strdupv ((char **) addresses);
}

/* ---- One change at a time ---- */

gboolean
ptl_changes_is_busy (PtlChanges *self, const char *id)
{
  return g_hash_table_contains (self->running, id);
}

PtlChange *
ptl_change_begin (PtlChanges *self, const char *id, const char *who, GError **error)
{
  PtlChange *change;

  if (ptl_changes_is_busy (self, id))
    {
      ptl_error_set (error, PTL_ERROR_BUSY, _("Wait a moment and try again."),
                     _("A change of this rule is under way."));
      return NULL;
    }
  change = g_new0 (PtlChange, 1);
  change->changes = g_object_ref (self);
  change->id = g_strdup (id);
  change->who = g_strdup (who);
  change->cancellable = g_cancellable_new ();
  g_hash_table_insert (self->running, change->id, change);
  return change;
}

static void
change_free (PtlChange *change)
{
  g_free (change->id);
  g_free (change->who);
  g_free (change->detail);
  g_clear_object (&change->cancellable);
  g_clear_pointer (&change->prepared, g_ptr_array_unref);
  g_clear_pointer (&change->granted, g_ptr_array_unref);
  g_queue_clear_full (&change->told, (GDestroyNotify) ptl_outcome_free);
  g_clear_object (&change->task);
  g_clear_pointer (&change->before, ptl_rule_free);
  g_clear_pointer (&change->after, ptl_rule_free);
  g_clear_pointer (&change->debts, g_ptr_array_unref);
  g_clear_error (&change->error);
  g_object_unref (change->changes);
  g_free (change);
}

void
ptl_change_end (PtlChange *change)
{
  g_autoptr (PtlChanges) self = g_object_ref (change->changes);

  g_hash_table_remove (self->running, change->id);
  if (change->close_next)
    ptl_changes_start_close (self, change->id, change->who);
  change_free (change);
}

PtlOutcome *
ptl_change_outcome (PtlChange *change, PtlOutcomeKind kind)
{
  PtlOutcome *outcome = ptl_outcome_new (kind, change->id, change->who);

  outcome->debts = g_steal_pointer (&change->debts);
  return outcome;
}

/* ---- Outcomes ---- */

static void
publish (PtlChanges *self, PtlOutcome *outcome)
{
  const char *id = outcome->id;

  for (guint i = 0; outcome->debts != NULL && i < outcome->debts->len; i++)
    ptl_debts_adopt (self->debts, g_steal_pointer (&outcome->debts->pdata[i]), 2);
  if (outcome->debts != NULL)
    g_ptr_array_set_size (outcome->debts, 0);

  if (outcome->rule != NULL && ptl_outcome_is_final (outcome))
    {
      g_hash_table_remove (self->target_events, id);
      g_signal_emit (self, signals[CLOSED], 0, outcome->rule);
      ptl_inventory_remove (self->inventory, id);
    }
  else if (outcome->rule != NULL && outcome->kind != PTL_OUTCOME_TRAFFIC)
    {
      ptl_inventory_put (self->inventory, ptl_rule_copy (outcome->rule));
      ptl_changes_weigh_targets (self, outcome->rule);
    }

  if (outcome->kind == PTL_OUTCOME_RESTORE_FAILED || outcome->kind == PTL_OUTCOME_EDIT_BROKEN)
    g_signal_emit (self, signals[RESTORE_FAILED], 0, id);
  if (outcome->task != NULL && outcome->error != NULL)
    g_task_return_error (outcome->task, g_error_copy (outcome->error));
  else if (outcome->task != NULL)
    g_task_return_boolean (outcome->task, TRUE);
}

/* What cannot be kept though the rule is open is said in its row. */
static void
add_caveat (PtlChanges *self, PtlRule *rule)
{
  g_autoptr (GError) caveat = NULL;

  if (rule->state != PTL_RULE_STATE_OPEN)
    return;
  caveat = ptl_backend_dup_caveat (self->backends[rule->kind], rule);
  if (caveat == NULL && self->firewall != NULL)
    caveat = ptl_host_firewall_dup_caveat (self->firewall, rule->id);
  ptl_rule_set_error (rule, caveat);
}

/* FALSE: there is no such rule any more, and nothing to say of it. */
static gboolean
apply (PtlChanges *self, PtlOutcome *outcome)
{
  if (outcome->kind == PTL_OUTCOME_NOTICED)
    return TRUE;
  outcome->rule = ptl_inventory_dup (self->inventory, outcome->id);
  if (outcome->rule == NULL)
    return FALSE;
  if (outcome->edited != NULL && outcome->rule->state != PTL_RULE_STATE_CLOSING)
    {
      outcome->edited->traffic = outcome->rule->traffic;
      g_clear_pointer (&outcome->rule, ptl_rule_free);
      outcome->rule = g_steal_pointer (&outcome->edited);
    }
  if (ptl_outcome_sets_state (outcome))
    g_hash_table_remove (self->stranded, outcome->id);
  ptl_outcome_apply (outcome, outcome->rule, ptl_clock_get_wall (self->clock));
  if (outcome->kind == PTL_OUTCOME_TARGET)
    ptl_changes_apply_targets (self, outcome->rule);
  add_caveat (self, outcome->rule);
  return TRUE;
}

static gboolean
write_all (PtlChanges *self, GQueue *batch, GError **error)
{
  if (!ptl_store_begin (self->store, error))
    return FALSE;
  for (GList *l = batch->head; l != NULL; l = l->next)
    if (!ptl_outcome_write (l->data, self->store, error))
      return FALSE;
  return ptl_store_commit (self->store, error);
}

/* What was applied for the first time and cannot be logged is undone. All else has happened already, in a router or
 * because a time was over: it is told now, and logged once the store is well. */
static void
keep_unlogged (PtlChanges *self, PtlOutcome *outcome, const GError *error)
{
  if (outcome->kind == PTL_OUTCOME_OPENED || outcome->kind == PTL_OUTCOME_EDITED)
    {
      ptl_changes_undo (self, outcome, error);
      return;
    }
  publish (self, outcome);
  g_queue_push_tail (&self->unlogged, outcome);
}

static void
write_batch (PtlChanges *self, GQueue *batch)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = write_all (self, batch, &error);
  PtlOutcome *outcome;

  if (!ok)
    g_message ("What was done could not be logged: %s", error->message);
  while ((outcome = g_queue_pop_head (batch)) != NULL)
    if (ok)
      {
        publish (self, outcome);
        ptl_outcome_free (outcome);
      }
    else
      keep_unlogged (self, outcome, error);
}

/* A second outcome of one rule must see the first: it waits for the next batch. */
static void
take_batch (PtlChanges *self, GQueue *batch)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  PtlOutcome *outcome;

  while ((outcome = g_queue_peek_head (&self->outcomes)) != NULL)
    {
      if (!g_hash_table_add (seen, outcome->id))
        return;
      g_queue_pop_head (&self->outcomes);
      if (apply (self, outcome))
        g_queue_push_tail (batch, outcome);
      else
        {
          if (outcome->task != NULL)
            g_task_return_new_error (outcome->task, PTL_ERROR, PTL_ERROR_NOT_FOUND, "%s",
                                     _("The rule was closed meanwhile."));
          g_hash_table_remove (seen, outcome->id);
          ptl_outcome_free (outcome);
        }
    }
}

void
ptl_changes_flush (PtlChanges *self)
{
  g_clear_handle_id (&self->flush_id, g_source_remove);
  while (!g_queue_is_empty (&self->outcomes))
    {
      GQueue batch = G_QUEUE_INIT;

      take_batch (self, &batch);
      if (!g_queue_is_empty (&batch))
        write_batch (self, &batch);
    }
}

static gboolean
flush_idle (gpointer data)
{
  PtlChanges *self = data;

  self->flush_id = 0;
  ptl_changes_flush (self);
  return G_SOURCE_REMOVE;
}

void
ptl_changes_conclude (PtlChanges *self, PtlOutcome *outcome)
{
  g_queue_push_tail (&self->outcomes, outcome);
  if (self->flush_id == 0)
    self->flush_id = g_idle_add_full (G_PRIORITY_HIGH, flush_idle, self, NULL);
}

static void
on_store_state (PtlChanges *self)
{
  g_autoptr (GError) error = NULL;

  if (ptl_store_get_state (self->store) != PTL_STORE_STATE_OK ||
      g_queue_is_empty (&self->unlogged))
    return;
  if (write_all (self, &self->unlogged, &error))
    g_queue_clear_full (&self->unlogged, (GDestroyNotify) ptl_outcome_free);
  else
    g_message ("What was done could not be logged yet: %s", error->message);
}

gboolean
ptl_changes_has_unlogged (PtlChanges *self)
{
  return !g_queue_is_empty (&self->unlogged) || !g_queue_is_empty (&self->outcomes);
}

gboolean
ptl_changes_may_write (PtlChanges *self, GError **error)
{
  const GError *trouble;

  if (ptl_store_get_state (self->store) == PTL_STORE_STATE_OK || ptl_store_probe (self->store))
    return TRUE;
  trouble = ptl_store_get_error (self->store);
  if (trouble != NULL)
    g_propagate_error (error, g_error_copy (trouble));
  else
    ptl_error_set (error, PTL_ERROR_FAILED, NULL, _("The store cannot be written."));
  return FALSE;
}

/* ---- Helpers of the changes ---- */

const PtlRule *
ptl_changes_look_up (PtlChanges *self, const char *id, GError **error)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, id);

  if (rule == NULL)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Look at the inventory: it may be closed already."),
                   _("No living rule has this id."));
  return rule;
}

const char *
ptl_changes_step_of (const PtlRule *rule)
{
  switch (rule->kind)
    {
    case PTL_KIND_MAPPING:
      return "router";
    case PTL_KIND_TUNNEL:
      return "ssh";
    case PTL_KIND_FORWARD:
    default:
      return "listen";
    }
}

static PtlIntent *
make_intent (PtlChanges *self, const char *id, const char *action, GPtrArray *leases)
{
  PtlIntent *intent = ptl_intent_new (id, action);

  intent->at = ptl_clock_get_wall (self->clock);
  for (guint i = 0; leases != NULL && i < leases->len; i++)
    g_ptr_array_add (intent->leases, ptl_lease_copy (leases->pdata[i]));
  return intent;
}

static gboolean
write_intent (PtlChanges *self,
              const PtlRule *rule,
              const PtlIntent *intent,
              const char *what,
              const char *detail,
              const char *who,
              GError **error)
{
  return ptl_store_begin (self->store, error) && ptl_store_put_rule (self->store, rule, error) &&
         ptl_store_put_intent (self->store, intent, error) &&
         ptl_store_add_event (self->store, who, what, rule->id, "begun", detail, error) &&
         ptl_store_commit (self->store, error);
}

gboolean
ptl_changes_write_intent (PtlChanges *self,
                          const PtlRule *rule,
                          const char *action,
                          GPtrArray *leases,
                          const char *who,
                          GError **error)
{
  g_autoptr (PtlIntent) intent = make_intent (self, rule->id, action, leases);
  g_autofree char *endpoint = ptl_endpoint_to_string (rule->public_endpoint);
  g_autofree char *detail = NULL;

  /* Why somebody opened what policy advises against is to be found again. */
  if (*rule->override != '\0' && g_str_equal (action, "open"))
    detail = g_strdup_printf ("%s; policy overridden: %s", endpoint, rule->override);
  return write_intent (self, rule, intent, action, detail != NULL ? detail : endpoint, who, error);
}

gboolean
ptl_change_write_intent (PtlChange *change, GPtrArray *leases, GError **error)
{
  g_autoptr (PtlIntent) intent = make_intent (change->changes, change->id, "edit", leases);
  g_autofree char *endpoint = ptl_endpoint_to_string (change->before->public_endpoint);

  return write_intent (change->changes, change->before, intent, change->what,
                       change->detail != NULL ? change->detail : endpoint, change->who, error);
}

GPtrArray *
ptl_changes_debts_for (PtlChanges *self, const char *id, GPtrArray *leases, const GError *reason)
{
  GPtrArray *debts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_debt_free);
  gint64 now = ptl_clock_get_wall (self->clock);

  for (guint i = 0; leases != NULL && i < leases->len; i++)
    {
      const PtlLease *lease = leases->pdata[i];

      /* The engine's sockets and ssh's forwardings end with the process that held them. */
      if (!g_str_equal (lease->system, "engine") && !g_str_equal (lease->system, "ssh"))
        g_ptr_array_add (debts, ptl_debt_new_for (id, lease, now, reason));
    }
  return debts;
}
