/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-time.h"
#include "core/ptl-validate.h"

/* ---- Extend ---- */

static gboolean
check_up (const PtlRule *rule, GError **error)
{
  if (rule->state == PTL_RULE_STATE_OPEN || rule->state == PTL_RULE_STATE_DEGRADED ||
      rule->state == PTL_RULE_STATE_OPENING)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_STATE, NULL, _("This rule is being closed."));
  return FALSE;
}

/* An edit under way carries the end that the rule had when it began. */
static gboolean
check_not_edited (PtlChanges *self, const char *id, GError **error)
{
  const PtlChange *change = g_hash_table_lookup (self->running, id);

  if (change == NULL || change->before == NULL)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_BUSY, _("Wait a moment and try again."),
                 _("A change of this rule is under way."));
  return FALSE;
}

static PtlRule *
extended (PtlChanges *self, const char *id, gint64 until, gint64 by, GError **error)
{
  const PtlRule *rule = ptl_changes_look_up (self, id, error);
  gint64 now = ptl_clock_get_wall (self->clock);
  g_autoptr (PtlRule) after = NULL;

  if (rule == NULL || !check_up (rule, error) || !check_not_edited (self, id, error))
    return NULL;
  if (rule->expires == 0)
    {
      ptl_error_set (error, PTL_ERROR_STATE, _("Edit its review date, or close it."),
                     _("A permanent rule has no end that could be extended."));
      return NULL;
    }
  after = ptl_rule_copy (rule);
  after->expires = until != 0 ? until : rule->expires + by;
  if (!ptl_rule_validate (after, now, error))
    return NULL;
  return g_steal_pointer (&after);
}

/* One transaction: the rules as they are now, and an event each. @detail: NULL: their end. */
static gboolean
write_rules (PtlChanges *self,
             GPtrArray *rules,
             const char *what,
             const char *detail,
             const char *who,
             GError **error)
{
  if (!ptl_store_begin (self->store, error))
    return FALSE;
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];
      g_autofree char *end = rule->expires != 0 ? ptl_time_to_rfc3339 (rule->expires) : g_strdup ("");

      if (!ptl_store_put_rule (self->store, rule, error) ||
          !ptl_store_add_event (self->store, who, what, rule->id, "ok",
                                detail != NULL ? detail : end, error))
        return FALSE;
    }
  return ptl_store_commit (self->store, error);
}

static void
put_all (PtlChanges *self, GPtrArray *rules)
{
  for (guint i = 0; i < rules->len; i++)
    ptl_inventory_put (self->inventory, g_steal_pointer (&rules->pdata[i]));
  g_ptr_array_set_free_func (rules, NULL);
}

static gboolean
check_times (gint64 until, gint64 by, GError **error)
{
  if ((until == 0 && by > 0 && by <= PTL_EXPIRY_MAX_SECONDS) || (until > 0 && by == 0))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, NULL,
                 _("Say either until when the rule is to be open, or by how much longer (at most a year)."));
  return FALSE;
}

gboolean
ptl_changes_extend (PtlChanges *self,
                    const char *const *ids,
                    gint64 until,
                    gint64 by,
                    const char *who,
                    GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  ptl_changes_flush (self);
  if (!check_times (until, by, error) || !ptl_changes_may_write (self, error))
    return FALSE;
  for (guint i = 0; ids[i] != NULL; i++)
    {
      PtlRule *rule = extended (self, ids[i], until, by, error);

      if (rule == NULL)
        return FALSE;
      if (g_hash_table_add (seen, (gpointer) ids[i]))
        g_ptr_array_add (rules, rule);
      else
        ptl_rule_free (rule);
    }
  if (!write_rules (self, rules, "extend", NULL, who, error))
    return FALSE;
  put_all (self, rules);
  return TRUE;
}

/* ---- Edit ---- */

static gboolean
needs_backend (const PtlRule *before, const PtlRule *after)
{
  return !ptl_endpoint_equal (before->target, after->target) ||
         !ptl_endpoint_equal (before->public_endpoint, after->public_endpoint) ||
         !ptl_audience_equal (before->audience, after->audience) ||
         !ptl_options_equal (before->options, after->options) || before->way != after->way ||
         before->family != after->family ||
         !g_str_equal (before->backend, after->backend) || before->asked_port != after->asked_port;
}

static void
conclude_edit (PtlChange *change, PtlOutcomeKind kind, GPtrArray *leases, GError *error)
{
  PtlOutcome *outcome = ptl_change_outcome (change, kind);

  outcome->task = g_steal_pointer (&change->task);
  outcome->error = error;
  outcome->leases = leases;
  outcome->what = change->what;
  if (kind == PTL_OUTCOME_EDITED)
    {
      outcome->edited = g_steal_pointer (&change->after);
      outcome->detail = g_steal_pointer (&change->detail);
    }
  ptl_changes_conclude (change->changes, outcome);
  ptl_change_end (change);
}

/* It was closed while it was edited: that wins, and takes with it whatever is held by now. */
static gboolean
overtaken_by_close (PtlChange *change, GPtrArray *leases)
{
  PtlRule *rule;

  if (!change->close_next)
    return FALSE;
  rule = ptl_inventory_dup (change->changes->inventory, change->id);
  if (rule != NULL && leases != NULL)
    ptl_rule_take_leases (rule, leases);
  if (rule != NULL)
    ptl_inventory_put (change->changes->inventory, rule);
  g_task_return_new_error (change->task, PTL_ERROR, PTL_ERROR_CANCELLED, "%s",
                           _("The rule was closed meanwhile."));
  ptl_change_end (change);
  return TRUE;
}

static void
on_reopened_before (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  GPtrArray *leases = ptl_backend_open_finish (PTL_BACKEND (source), result, NULL);

  if (overtaken_by_close (change, leases))
    g_clear_pointer (&leases, g_ptr_array_unref);
  else
    conclude_edit (change, leases != NULL ? PTL_OUTCOME_EDIT_FAILED : PTL_OUTCOME_EDIT_BROKEN, leases,
                   g_steal_pointer (&change->error));
}

/* The new way does not work: it is opened again as it was, or still is as it was. */
static void
fall_back (PtlChange *change, GError *error)
{
  PtlChanges *self = change->changes;

  if (change->moving)
    {
      conclude_edit (change, PTL_OUTCOME_EDIT_FAILED, NULL, error);
      return;
    }
  change->error = error;
  ptl_backend_open_async (self->backends[change->before->kind], change->before, NULL,
                          change->cancellable, on_reopened_before, change);
}

static void
on_opened_after (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  GError *error = NULL;
  GPtrArray *leases = ptl_backend_open_finish (PTL_BACKEND (source), result, &error);

  if (overtaken_by_close (change, leases))
    {
      g_clear_pointer (&leases, g_ptr_array_unref);
      g_clear_error (&error);
    }
  else if (leases != NULL)
    conclude_edit (change, PTL_OUTCOME_EDITED, leases, NULL);
  else
    fall_back (change, error);
}

/* What the new way will ask for joins what the old one held in the intent: a restart takes both back but for
 * what the rule is known to hold. */
static gboolean
write_second_intent (PtlChange *change, GError **error)
{
  g_autoptr (GPtrArray) both = g_ptr_array_new ();

  for (guint i = 0; i < change->before->leases->len; i++)
    g_ptr_array_add (both, change->before->leases->pdata[i]);
  for (guint i = 0; i < change->prepared->len; i++)
    g_ptr_array_add (both, change->prepared->pdata[i]);
  return ptl_change_write_intent (change, both, error);
}

static void
open_after (PtlChange *change)
{
  PtlChanges *self = change->changes;
  PtlBackend *backend = self->backends[change->after->kind];
  GError *error = NULL;

  g_ptr_array_set_size (change->after->leases, 0);
  change->prepared = ptl_backend_prepare (backend, change->after, &error);
  if (change->prepared == NULL)
    {
      fall_back (change, error);
      return;
    }
  if (!write_second_intent (change, &error))
    {
      ptl_backend_abandon (backend, change->id);
      fall_back (change, error);
      return;
    }
  ptl_backend_open_async (backend, change->after, change->prepared, change->cancellable,
                          on_opened_after, change);
}

static void
on_closed_before (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) left = ptl_backend_close_finish (PTL_BACKEND (source), result, &error);

  change->debts = ptl_changes_debts_for (change->changes, change->id, left, error);
  if (!overtaken_by_close (change, NULL))
    open_after (change);
}

/* The engine's socket stayed and leads to the new target. */
static void
retarget_leases (PtlRule *rule)
{
  for (guint i = 0; i < rule->leases->len; i++)
    {
      PtlLease *lease = rule->leases->pdata[i];

      if (!g_str_equal (lease->system, "engine"))
        continue;
      ptl_endpoint_free (lease->inner);
      lease->inner = ptl_endpoint_copy (rule->target);
    }
}

static void
apply_edit (PtlChange *change)
{
  PtlChanges *self = change->changes;
  PtlBackend *backend = self->backends[change->after->kind];
  GError *error = NULL;

  if (ptl_backend_edit (backend, change->before, change->after, &error))
    {
      retarget_leases (change->after);
      conclude_edit (change, PTL_OUTCOME_EDITED, NULL, NULL);
    }
  else if (!g_error_matches (error, PTL_ERROR, PTL_ERROR_NOT_SUPPORTED))
    conclude_edit (change, PTL_OUTCOME_EDIT_FAILED, NULL, error);
  else if (ptl_backend_can_move (backend, change->before, change->after))
    {
      g_clear_error (&error);
      change->moving = TRUE;
      open_after (change);
    }
  else
    {
      g_clear_error (&error);
      ptl_meter_read (self->meter, change->id);
      ptl_backend_close_async (backend, change->before, on_closed_before, change);
    }
}

/* Words and times only: one commit. */
static gboolean
edit_words (PtlChanges *self,
            const PtlRule *after,
            const char *what,
            const char *detail,
            const char *who,
            GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);

  g_ptr_array_add (rules, ptl_rule_copy (after));
  if (!write_rules (self, rules, what, detail, who, error))
    return FALSE;
  put_all (self, rules);
  return TRUE;
}

static gboolean
check_edit (PtlChanges *self, PtlRule *after, const PtlRule **before, GError **error)
{
  *before = ptl_changes_look_up (self, after->id, error);
  return *before != NULL && ptl_changes_may_write (self, error) && check_up (*before, error) &&
         ptl_changes_check (self, after, error);
}

void
ptl_changes_edit_as (PtlChanges *self,
                     PtlRule *rule,
                     const char *what,
                     const char *detail,
                     const char *who,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (PtlRule) after = rule;
  const PtlRule *before = NULL;
  PtlChange *change;
  GError *error = NULL;

  ptl_changes_flush (self);
  if (!check_edit (self, after, &before, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!needs_backend (before, after))
    {
      if (edit_words (self, after, what, detail, who, &error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, error);
      return;
    }
  change = ptl_change_begin (self, after->id, who, &error);
  if (change == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  change->before = ptl_rule_copy (before);
  change->after = g_steal_pointer (&after);
  change->task = g_steal_pointer (&task);
  change->what = what;
  change->detail = g_strdup (detail);
  if (ptl_change_write_intent (change, change->before->leases, &error))
    apply_edit (change);
  else
    {
      g_task_return_error (change->task, error);
      ptl_change_end (change);
    }
}

void
ptl_changes_edit_async (PtlChanges *self,
                        PtlRule *after,
                        const char *who,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  ptl_changes_edit_as (self, after, "edit", NULL, who, callback, user_data);
}

gboolean
ptl_changes_edit_finish (PtlChanges *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
