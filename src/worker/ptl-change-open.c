/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-policy.h"
#include "core/ptl-validate.h"
#include "worker/ptl-near.h"

/* ---- Checks ---- */

static gboolean
is_this_computer (const char *host)
{
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  return address != NULL && ptl_near_is_own (address);
}

/* ptl_rule_settle() knows no interfaces: a target that is one of this computer's own addresses can be guarded. */
static void
settle_way (PtlRule *rule)
{
  if (rule->kind == PTL_KIND_MAPPING && rule->way == PTL_WAY_AUTO && rule->target != NULL &&
      is_this_computer (rule->target->host))
    rule->way = PTL_WAY_GUARDED;
}

static gboolean
hosts_overlap (const char *a, const char *b)
{
  static const char *const any[] = { "0.0.0.0", "::", "", NULL };

  if (a == NULL || b == NULL || g_strv_contains (any, a) || g_strv_contains (any, b))
    return TRUE;
  return g_ascii_strcasecmp (a, b) == 0;
}

static gboolean
collides (const PtlRule *a, const PtlRule *b)
{
  const PtlEndpoint *x = a->public_endpoint, *y = b->public_endpoint;

  if (a->kind != b->kind || g_str_equal (a->id, b->id) || x->first == 0 || y->first == 0 ||
      (ptl_rule_get_protocol (a) & ptl_rule_get_protocol (b)) == 0 ||
      x->last < y->first || y->last < x->first)
    return FALSE;
  if (a->kind == PTL_KIND_TUNNEL)
    return g_str_equal (a->backend, b->backend) && a->way == b->way;
  /* Rules for the default router have no backend yet: one of them may be that very router. */
  if (a->kind == PTL_KIND_MAPPING)
    return *a->backend == '\0' || *b->backend == '\0' || g_str_equal (a->backend, b->backend);
  return hosts_overlap (x->host, y->host);
}

static gboolean
check_collisions (PtlChanges *self, const PtlRule *rule, GError **error)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->inventory);

  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *other = rules->pdata[i];
      g_autofree char *endpoint = NULL;

      if (!collides (rule, other))
        continue;
      endpoint = ptl_endpoint_to_string (other->public_endpoint);
      /* Translators: the first %s is an address and port, the second the name of a rule. */
      ptl_error_set (error, PTL_ERROR_PORT_TAKEN, _("Take another port, or close that rule first."),
                     _("%s is taken by your own rule “%s”."), endpoint, other->name);
      return FALSE;
    }
  return TRUE;
}

gboolean
ptl_changes_check (PtlChanges *self, PtlRule *rule, GError **error)
{
  settle_way (rule);
  ptl_rule_settle (rule);
  if (!ptl_rule_validate (rule, ptl_clock_get_wall (self->clock), error) ||
      !ptl_policy_check (rule, (const char *const *) self->router_addresses, error) ||
      !check_collisions (self, rule, error))
    return FALSE;
  if (self->backends[rule->kind] == NULL)
    {
      ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED, NULL,
                     _("This kind of rule is not in this version."));
      return FALSE;
    }
  return TRUE;
}

/* ---- Open ---- */

GPtrArray *
ptl_change_get_granted (const PtlChange *change)
{
  for (const GList *l = change->told.tail; l != NULL; l = l->prev)
    {
      const PtlOutcome *outcome = l->data;

      if (outcome->leases != NULL)
        return outcome->leases;
    }
  return change->granted;
}

/* It was closed meanwhile: what was granted all the same goes the way of every close. */
static void
keep_granted (PtlChange *change, GPtrArray *leases)
{
  PtlRule *rule = ptl_inventory_dup (change->changes->inventory, change->id);

  if (rule == NULL)
    return;
  if (leases != NULL)
    ptl_rule_take_leases (rule, leases);
  ptl_inventory_put (change->changes->inventory, rule);
}

static void
conclude_told (PtlChange *change)
{
  PtlOutcome *outcome;

  while ((outcome = g_queue_pop_head (&change->told)) != NULL)
    ptl_changes_conclude (change->changes, outcome);
}

/* @leases: NULL where it could not be opened. */
static void
conclude_open (PtlChange *change, GPtrArray *leases, const GError *error)
{
  PtlChanges *self = change->changes;
  PtlOutcome *outcome;

  if (change->close_next)
    keep_granted (change, leases);
  else
    {
      outcome = ptl_change_outcome (change, leases != NULL ? PTL_OUTCOME_OPENED : PTL_OUTCOME_OPEN_FAILED);
      outcome->leases = leases != NULL ? g_ptr_array_ref (leases) : NULL;
      outcome->error = error != NULL ? g_error_copy (error) : NULL;
      ptl_changes_conclude (self, outcome);
      conclude_told (change);
    }
  ptl_change_end (change);
}

static void
on_let_in (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  GPtrArray *leases = change->close_next ? ptl_change_get_granted (change) : change->granted;

  ptl_host_firewall_settle_finish (PTL_HOST_FIREWALL (source), result);
  conclude_open (change, leases, NULL);
}

/* Who is told that it is open finds it so: this computer's firewall is asked before. */
static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  PtlChanges *self = change->changes;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leases = ptl_backend_open_finish (PTL_BACKEND (source), result, &error);
  g_autoptr (PtlRule) rule = ptl_inventory_dup (self->inventory, change->id);

  if (leases == NULL || rule == NULL || change->close_next || self->firewall == NULL)
    {
      conclude_open (change, leases, error);
      return;
    }
  ptl_rule_take_leases (rule, leases);
  change->granted = g_steal_pointer (&leases);
  ptl_host_firewall_settle_async (self->firewall, rule, on_let_in, change);
}

static void
start_open (PtlChanges *self, const PtlRule *rule, GPtrArray *prepared, const char *who)
{
  PtlChange *change = ptl_change_begin (self, rule->id, who, NULL);

  change->prepared = g_ptr_array_ref (prepared);
  ptl_backend_open_async (self->backends[rule->kind], rule, prepared, change->cancellable,
                          on_opened, change);
}

static gboolean
check_room (PtlChanges *self, GError **error)
{
  if (ptl_inventory_get_n_rules (self->inventory) < PTL_RULES_MAX)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_BUSY, _("Close some that are not needed any more."),
                 _("There are %d open rules already."), PTL_RULES_MAX);
  return FALSE;
}

char *
ptl_changes_open (PtlChanges *self, PtlRule *rule, const char *who, GError **error)
{
  g_autoptr (PtlRule) owned = rule;
  g_autoptr (GPtrArray) prepared = NULL;
  PtlBackend *backend;

  ptl_changes_flush (self);
  if (!ptl_changes_may_write (self, error) || !check_room (self, error) ||
      !ptl_changes_check (self, rule, error))
    return NULL;
  backend = self->backends[rule->kind];
  g_free (rule->id);
  rule->id = g_uuid_string_random ();
  rule->created = ptl_clock_get_wall (self->clock);
  rule->state = PTL_RULE_STATE_OPENING;
  g_free (rule->step);
  rule->step = g_strdup (ptl_changes_step_of (rule));

  prepared = ptl_backend_prepare (backend, rule, error);
  if (prepared == NULL)
    return NULL;
  /* Those of an entry that it adopts: they are the rule's once the router has confirmed them. */
  g_ptr_array_set_size (rule->leases, 0);
  if (!ptl_changes_write_intent (self, rule, "open", prepared, who, error))
    {
      ptl_backend_abandon (backend, rule->id);
      return NULL;
    }
  ptl_inventory_put (self->inventory, ptl_rule_copy (rule));
  start_open (self, rule, prepared, who);
  return g_strdup (rule->id);
}

/* ---- Reopen ---- */

static gboolean
has_time_left (const PtlRule *rule, gint64 now, GError **error)
{
  if (rule->expires == 0 || rule->expires > now)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_STATE, _("Open it anew and say for how long."),
                 _("The time of this rule is over."));
  return FALSE;
}

/* A new rule for the same thing. The port that the router gave is asked for again, but not insisted on
 * where any was good enough: friends have the address already. */
static PtlRule *
rule_anew (const PtlRule *closed, gint64 now)
{
  PtlRule *rule = ptl_rule_copy (closed);

  g_ptr_array_set_size (rule->leases, 0);
  memset (&rule->traffic, 0, sizeof rule->traffic);
  ptl_rule_set_error (rule, NULL);
  rule->close_reason = PTL_CLOSE_REASON_NONE;
  rule->closed = 0;
  rule->created = now;
  if (rule->review != 0 && rule->review <= now)
    rule->review = now + MAX (closed->review - closed->created, 24 * 3600);
  if (rule->kind == PTL_KIND_MAPPING)
    g_clear_pointer (&rule->public_endpoint->host, g_free);
  return rule;
}

PtlRule *
ptl_changes_dup_anew (PtlChanges *self, const char *id, GError **error)
{
  g_autoptr (PtlRule) closed = NULL;
  gint64 now = ptl_clock_get_wall (self->clock);

  if (ptl_inventory_get (self->inventory, id) != NULL)
    {
      ptl_error_set (error, PTL_ERROR_STATE, NULL, _("This rule is not closed."));
      return NULL;
    }
  closed = ptl_store_get_rule (self->store, id, error);
  if (closed == NULL || !has_time_left (closed, now, error))
    return NULL;
  return rule_anew (closed, now);
}

/* ---- Restore ---- */

static void
on_restored (GObject *source, GAsyncResult *result, gpointer data)
{
  PtlChange *change = data;
  PtlChanges *self = change->changes;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leases = ptl_backend_open_finish (PTL_BACKEND (source), result, &error);

  if (!change->close_next)
    {
      PtlOutcome *outcome = ptl_change_outcome (
          change, leases != NULL ? PTL_OUTCOME_RESTORED : PTL_OUTCOME_RESTORE_FAILED);

      outcome->leases = g_steal_pointer (&leases);
      outcome->error = g_steal_pointer (&error);
      ptl_changes_conclude (self, outcome);
    }
  ptl_change_end (change);
}

void
ptl_changes_restore (PtlChanges *self, const char *id)
{
  const PtlRule *rule = ptl_inventory_get (self->inventory, id);
  PtlChange *change;

  if (rule == NULL || rule->state != PTL_RULE_STATE_DEGRADED)
    return;
  change = ptl_change_begin (self, id, "worker", NULL);
  if (change == NULL)
    return;
  ptl_backend_open_async (self->backends[rule->kind], rule, NULL, change->cancellable, on_restored,
                          change);
}
