/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

/* What backends and others tell by themselves. */

/* That which is open already, and waits for this computer's firewall alone. */
static PtlChange *
find_opened (PtlChanges *self, const char *id)
{
  PtlChange *change = g_hash_table_lookup (self->running, id);

  return change != NULL && change->granted != NULL ? change : NULL;
}

static gboolean
is_up (PtlChanges *self, const char *id)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, id);

  if (rule == NULL)
    return FALSE;
  if (ptl_changes_is_busy (self, id))
    return find_opened (self, id) != NULL;
  return rule->state == PTL_RULE_STATE_OPEN || rule->state == PTL_RULE_STATE_DEGRADED;
}

/* Of a rule that is up: what was told of it last. */
static GPtrArray *
get_leases (PtlChanges *self, const char *id)
{
  const PtlChange *opened = find_opened (self, id);

  if (opened == NULL)
    return ptl_inventory_get (self->inventory, id)->leases;
  return ptl_change_get_granted (opened);
}

/* What befalls it while the firewall is asked comes after that it was opened. */
static void
tell (PtlChanges *self, PtlOutcome *outcome)
{
  PtlChange *opened = find_opened (self, outcome->id);

  if (opened != NULL)
    g_queue_push_tail (&opened->told, outcome);
  else
    ptl_changes_conclude (self, outcome);
}

static void
on_degraded (PtlChanges *self, const char *id, GError *error, PtlBackend *backend)
{
  PtlOutcome *outcome;

  if (!is_up (self, id))
    return;
  outcome = ptl_outcome_new (PTL_OUTCOME_DEGRADED, id, "worker");
  outcome->error = g_error_copy (error);
  tell (self, outcome);
}

static void
on_recovered (PtlChanges *self, const char *id, GPtrArray *leases, PtlBackend *backend)
{
  PtlOutcome *outcome;

  if (!is_up (self, id))
    return;
  outcome = ptl_outcome_new (PTL_OUTCOME_RECOVERED, id, "worker");
  outcome->leases = leases != NULL ? g_ptr_array_ref (leases) : NULL;
  tell (self, outcome);
}

static gboolean
grants_the_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const PtlLease *x = a->pdata[i], *y = b->pdata[i];

      if (!g_str_equal (x->system, y->system) || !g_str_equal (x->holder, y->holder) ||
          !ptl_endpoint_equal (x->endpoint, y->endpoint))
        return FALSE;
    }
  return TRUE;
}

/* Those by IPv4, or (@pinholes) those by IPv6. (transfer container) */
static GPtrArray *
part_of (GPtrArray *leases, gboolean pinholes)
{
  GPtrArray *part = g_ptr_array_new ();

  for (guint i = 0; i < leases->len; i++)
    {
      const PtlLease *lease = leases->pdata[i];

      if (!g_str_equal (lease->system, "engine") && ptl_lease_is_pinhole (lease) == pinholes)
        g_ptr_array_add (part, leases->pdata[i]);
    }
  return part;
}

static gboolean
grants_the_same_part (GPtrArray *a, GPtrArray *b, gboolean pinholes)
{
  g_autoptr (GPtrArray) x = part_of (a, pinholes);
  g_autoptr (GPtrArray) y = part_of (b, pinholes);

  return grants_the_same (x, y);
}

/* An event of its own: the public endpoint by IPv4 is what it was. */
static void
name_pinhole (PtlOutcome *outcome, GPtrArray *before)
{
  g_autoptr (PtlEndpoint) endpoint = ptl_leases_dup_pinhole_endpoint (outcome->leases);

  if (!grants_the_same_part (before, outcome->leases, FALSE) ||
      grants_the_same_part (before, outcome->leases, TRUE) || endpoint == NULL)
    return;
  outcome->what = "pinhole";
  outcome->detail = ptl_endpoint_to_string (endpoint);
}

static void
on_leases (PtlChanges *self, const char *id, GPtrArray *leases, PtlBackend *backend)
{
  GPtrArray *before;
  PtlOutcome *outcome;

  if (!is_up (self, id))
    return;
  before = get_leases (self, id);
  outcome = ptl_outcome_new (grants_the_same (before, leases) ? PTL_OUTCOME_RENEWED : PTL_OUTCOME_MOVED, id,
                             "worker");
  outcome->leases = g_ptr_array_ref (leases);
  name_pinhole (outcome, before);
  tell (self, outcome);
}

static void
on_noticed (PtlChanges *self,
            const char *id,
            const char *what,
            const char *result,
            const char *detail,
            PtlBackend *backend)
{
  PtlOutcome *outcome;

  if (ptl_inventory_get (self->inventory, id) == NULL)
    return;
  outcome = ptl_outcome_new (PTL_OUTCOME_NOTICED, id, "worker");
  outcome->what = g_intern_string (what);
  outcome->result = g_intern_string (result);
  outcome->detail = g_strdup (detail != NULL ? detail : "");
  ptl_changes_conclude (self, outcome);
}

static void
on_left (PtlChanges *self, const char *id, GPtrArray *leases, GError *error, PtlBackend *backend)
{
  PtlOutcome *outcome = ptl_outcome_new (PTL_OUTCOME_NOTICED, id, "worker");

  outcome->what = "debt";
  outcome->result = "ok";
  outcome->detail = error != NULL ? ptl_error_dup_what (error) : NULL;
  outcome->debts = ptl_changes_debts_for (self, id, leases, error);
  ptl_changes_conclude (self, outcome);
}

static void
on_caveat (PtlChanges *self, const char *id, PtlBackend *backend)
{
  if (is_up (self, id))
    tell (self, ptl_outcome_new (PTL_OUTCOME_CAVEAT, id, "worker"));
}

void
ptl_changes_listen (PtlChanges *self, PtlBackend *backend)
{
  g_signal_connect_swapped (backend, "degraded", G_CALLBACK (on_degraded), self);
  g_signal_connect_swapped (backend, "recovered", G_CALLBACK (on_recovered), self);
  g_signal_connect_swapped (backend, "leases-changed", G_CALLBACK (on_leases), self);
  g_signal_connect_swapped (backend, "left-behind", G_CALLBACK (on_left), self);
  g_signal_connect_swapped (backend, "caveat-changed", G_CALLBACK (on_caveat), self);
  g_signal_connect_swapped (backend, "noticed", G_CALLBACK (on_noticed), self);
}

void
ptl_changes_keep_traffic (PtlChanges *self, GHashTable *ids)
{
  GHashTableIter iter;
  const char *id;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, (gpointer *) &id, NULL))
    if (ptl_inventory_get (self->inventory, id) != NULL)
      ptl_changes_conclude (self, ptl_outcome_new (PTL_OUTCOME_TRAFFIC, id, "worker"));
}
