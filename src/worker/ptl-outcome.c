/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-outcome.h"

PtlOutcome *
ptl_outcome_new (PtlOutcomeKind kind, const char *id, const char *who)
{
  PtlOutcome *self = g_new0 (PtlOutcome, 1);

  self->kind = kind;
  self->id = g_strdup (id);
  self->who = g_strdup (who);
  return self;
}

void
ptl_outcome_free (PtlOutcome *self)
{
  g_free (self->id);
  g_free (self->who);
  g_free (self->detail);
  g_clear_pointer (&self->leases, g_ptr_array_unref);
  g_clear_pointer (&self->debts, g_ptr_array_unref);
  g_clear_pointer (&self->edited, ptl_rule_free);
  g_clear_error (&self->error);
  g_clear_object (&self->task);
  g_clear_pointer (&self->rule, ptl_rule_free);
  g_free (self);
}

gboolean
ptl_outcome_is_final (const PtlOutcome *self)
{
  return self->kind == PTL_OUTCOME_OPEN_FAILED || self->kind == PTL_OUTCOME_CLOSED;
}

gboolean
ptl_outcome_sets_state (const PtlOutcome *self)
{
  switch (self->kind)
    {
    case PTL_OUTCOME_RENEWED:
    case PTL_OUTCOME_MOVED:
    case PTL_OUTCOME_TARGET:
    case PTL_OUTCOME_CAVEAT:
    case PTL_OUTCOME_TRAFFIC:
    case PTL_OUTCOME_NOTICED:
      return FALSE;
    default:
      return TRUE;
    }
}

static void
take_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static GPtrArray *
copy_leases (GPtrArray *leases)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);

  for (guint i = 0; leases != NULL && i < leases->len; i++)
    g_ptr_array_add (copy, ptl_lease_copy (leases->pdata[i]));
  return copy;
}

/* What people outside use is granted by the outermost system: the engine's socket is that of a forward alone. Where
 * there is an IPv4 mapping, a pinhole is told beside it (ptl_leases_dup_pinhole_endpoint()). */
static gboolean
is_outermost (const PtlRule *rule, const PtlLease *lease)
{
  return lease->endpoint != NULL &&
         (rule->kind == PTL_KIND_FORWARD) == g_str_equal (lease->system, "engine") &&
         (!ptl_lease_is_pinhole (lease) || !ptl_leases_have_ipv4 (rule->leases));
}

void
ptl_rule_take_leases (PtlRule *rule, GPtrArray *leases)
{
  PtlEndpoint *seen = rule->public_endpoint;
  guint16 first = 0, last = 0;

  g_clear_pointer (&rule->leases, g_ptr_array_unref);
  rule->leases = copy_leases (leases);
  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (!is_outermost (rule, lease))
        continue;
      if (first == 0 || lease->endpoint->first < first)
        first = lease->endpoint->first;
      last = MAX (last, lease->endpoint->last);
      if (lease->endpoint->host != NULL && *lease->endpoint->host != '\0')
        take_text (&seen->host, lease->endpoint->host);
    }
  if (first != 0)
    {
      seen->first = first;
      seen->last = last;
    }
}

static void
become (PtlRule *rule, PtlRuleState state, const GError *error)
{
  rule->state = state;
  ptl_rule_set_error (rule, error);
  take_text (&rule->step, "");
}

static void
become_final (PtlRule *rule, PtlRuleState state, const GError *error, gint64 now)
{
  become (rule, state, error);
  rule->closed = now;
  rule->traffic.connections_now = 0;
}

void
ptl_outcome_apply (const PtlOutcome *self, PtlRule *rule, gint64 now)
{
  g_autoptr (GError) error = NULL;

  if (self->leases != NULL)
    ptl_rule_take_leases (rule, self->leases);
  /* Closing goes on to its end, whatever else came to an end meanwhile. */
  if (rule->state == PTL_RULE_STATE_CLOSING && !ptl_outcome_is_final (self))
    return;

  switch (self->kind)
    {
    case PTL_OUTCOME_EDIT_FAILED:
      /* One that was not opened anew is as it was. */
      if (self->leases != NULL)
        become (rule, PTL_RULE_STATE_OPEN, NULL);
      break;
    case PTL_OUTCOME_EDITED:
    case PTL_OUTCOME_OPENED:
    case PTL_OUTCOME_RESTORED:
    case PTL_OUTCOME_RECOVERED:
      become (rule, PTL_RULE_STATE_OPEN, NULL);
      break;
    case PTL_OUTCOME_EDIT_BROKEN:
    case PTL_OUTCOME_RESTORE_FAILED:
    case PTL_OUTCOME_DEGRADED:
      become (rule, PTL_RULE_STATE_DEGRADED, self->error);
      break;
    case PTL_OUTCOME_OPEN_FAILED:
      become_final (rule, PTL_RULE_STATE_FAILED, self->error, now);
      break;
    case PTL_OUTCOME_CLOSED:
      /* One that was closed because of what answers at its target says so in the history. */
      if (g_str_equal (rule->error_code, ptl_error_code_to_name (PTL_ERROR_POLICY)))
        error = ptl_rule_dup_error (rule);
      become_final (rule, PTL_RULE_STATE_CLOSED, error, now);
      break;
    case PTL_OUTCOME_RENEWED:
    case PTL_OUTCOME_MOVED:
    case PTL_OUTCOME_TARGET:
    case PTL_OUTCOME_CAVEAT:
    case PTL_OUTCOME_TRAFFIC:
    case PTL_OUTCOME_NOTICED:
      break;
    }
}

/* What each outcome is called in the log, and which intents it settles. */
static const struct
{
  const char *what;
  const char *result;
  gboolean settles;
} outcomes[] = {
  [PTL_OUTCOME_OPENED] = { "open", "ok", TRUE },
  [PTL_OUTCOME_OPEN_FAILED] = { "open", "failed", TRUE },
  [PTL_OUTCOME_CLOSED] = { "close", "ok", TRUE },
  [PTL_OUTCOME_EDITED] = { "edit", "ok", TRUE },
  [PTL_OUTCOME_EDIT_FAILED] = { "edit", "failed", TRUE },
  [PTL_OUTCOME_EDIT_BROKEN] = { "edit", "failed", TRUE },
  [PTL_OUTCOME_RESTORED] = { "restore", "ok", FALSE },
  [PTL_OUTCOME_RESTORE_FAILED] = { "restore", "failed", FALSE },
  [PTL_OUTCOME_RENEWED] = { "renew", "ok", FALSE },
  [PTL_OUTCOME_MOVED] = { "move", "ok", FALSE },
  [PTL_OUTCOME_DEGRADED] = { "degrade", "failed", FALSE },
  [PTL_OUTCOME_RECOVERED] = { "restore", "ok", FALSE },
  [PTL_OUTCOME_TARGET] = { NULL, NULL, FALSE },
  [PTL_OUTCOME_NOTICED] = { NULL, NULL, FALSE },
};

static char *
describe (const PtlOutcome *self)
{
  if (self->detail != NULL)
    return g_strdup (self->detail);
  if (self->error != NULL)
    return ptl_error_dup_what (self->error);
  if (self->rule == NULL)
    return g_strdup ("");
  if (self->kind == PTL_OUTCOME_CLOSED)
    return g_strdup (ptl_close_reason_to_string (self->rule->close_reason));
  return ptl_endpoint_to_string (self->rule->public_endpoint);
}

static gboolean
write_event (const PtlOutcome *self, PtlStore *store, GError **error)
{
  g_autofree char *detail = describe (self);
  const char *what = self->what != NULL ? self->what : outcomes[self->kind].what;
  const char *result = self->result != NULL ? self->result : outcomes[self->kind].result;

  if (what == NULL)
    return TRUE;
  return ptl_store_add_event (store, self->who, what, self->id, result, detail, error);
}

gboolean
ptl_outcome_write (const PtlOutcome *self, PtlStore *store, GError **error)
{
  if (self->rule != NULL && !ptl_store_put_rule (store, self->rule, error))
    return FALSE;
  if (outcomes[self->kind].settles &&
      !ptl_store_delete_intent (store, self->id, error))
    return FALSE;
  for (guint i = 0; self->debts != NULL && i < self->debts->len; i++)
    if (!ptl_store_put_debt (store, self->debts->pdata[i], error))
      return FALSE;
  return write_event (self, store, error);
}
