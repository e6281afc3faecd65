/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-firewall-pass-private.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-time.h"

/* ---- Words ---- */

static char *
dup_commands (PtlFirewallPass *pass, const PtlFirewallEntry *entry)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  for (guint i = 0; i < pass->jobs->len; i++)
    {
      const PtlFirewallJob *job = pass->jobs->pdata[i];
      g_autofree char *command = NULL;

      if (job->entry != entry || job->closing)
        continue;
      command = ptl_firewall_opening_dup_command (job->record->opening);
      g_string_append_printf (commands, "%s%s", commands->len > 0 ? " && " : "", command);
    }
  return g_string_free (g_steal_pointer (&commands), FALSE);
}

/* What keeps it from being opened, with the command that an administrator would run. */
GError *
ptl_firewall_job_explain (PtlFirewallPass *pass, const PtlFirewallJob *job)
{
  g_autofree char *advice = NULL;

  if (ptl_error_code_of (job->error) != PTL_ERROR_PERMISSION)
    return g_error_copy (job->error);
  if (!job->anew && job->record->at != 0)
    return ptl_error_new (PTL_ERROR_PERMISSION, NULL,
                          _("This computer's firewall (firewalld) lets people in for another time than the rule is open, "
                            "and the system does not let this user change that."));
  job->entry->command = dup_commands (pass, job->entry);
  /* Translators: %s is a command */
  advice = g_strdup_printf (_("Have an administrator run: %s"), job->entry->command);
  return ptl_error_new (PTL_ERROR_PERMISSION, advice,
                        _("This computer's firewall (firewalld) keeps people out, and the system does not let this user "
                          "open it."));
}

/* ---- Writing ---- */

static const char *
what_of (const PtlFirewallJob *job)
{
  return job->closing || job->gone ? "firewall-close" : "firewall-open";
}

static char *
detail_of (const PtlFirewallJob *job)
{
  g_autofree char *opening = ptl_firewall_opening_to_string (job->record->opening);
  g_autofree char *reason = job->error != NULL ? ptl_error_dup_what (job->error) : NULL;
  g_autofree char *until = ptl_time_to_rfc3339 (job->ends);

  if (reason != NULL)
    return g_strdup_printf ("%s: %s", opening, reason);
  if (job->gone)
    return g_strdup_printf ("%s: somebody else closed it", opening);
  return job->closing ? g_steal_pointer (&opening) : g_strdup_printf ("%s until %s", opening, until);
}

/* As a lease of a system that refuses to take it back. */
static PtlDebt *
debt_of (PtlFirewallPass *pass, const PtlFirewallJob *job)
{
  const PtlOpeningRecord *record = job->record;
  const PtlFirewallOpening *opening = record->opening;
  g_autoptr (PtlLease) lease = ptl_lease_new ("firewalld", opening->zone);

  lease->endpoint = ptl_endpoint_new (opening->protocol, *opening->source != '\0' ? opening->source : NULL, opening->first,
                                      opening->last);
  lease->granted = MAX (record->at, 1);
  lease->lifetime = MAX (record->ends - lease->granted, 1);
  g_free (lease->key);
  lease->key = g_strdup (record->instance);
  return ptl_debt_new_for (record->rule_id, lease, ptl_clock_get_wall (pass->self->clock), job->error);
}

static gboolean
write_result (PtlFirewallPass *pass, PtlFirewallJob *job, GPtrArray *debts, GError **error)
{
  PtlStore *store = pass->self->store;
  g_autofree char *detail = detail_of (job);
  gboolean keep = !job->closing && !job->gone && (job->error == NULL || !job->anew);

  if (!(keep ? ptl_store_put_opening (store, job->record, error) : ptl_store_delete_opening (store, job->record, error)))
    return FALSE;
  if (job->closing && job->error != NULL)
    {
      g_ptr_array_add (debts, debt_of (pass, job));
      if (!ptl_store_put_debt (store, debts->pdata[debts->len - 1], error))
        return FALSE;
    }
  return ptl_store_add_event (store, "worker", what_of (job), job->record->rule_id, job->error == NULL ? "ok" : "failed", detail,
                              error);
}

void
ptl_firewall_pass_write_results (PtlFirewallPass *pass)
{
  g_autoptr (GPtrArray) debts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_debt_free);
  g_autoptr (GError) error = NULL;
  gboolean ok = pass->jobs->len == 0 || ptl_store_begin (pass->self->store, &error);

  for (guint i = 0; ok && i < pass->jobs->len; i++)
    ok = write_result (pass, pass->jobs->pdata[i], debts, &error);
  if (ok && pass->jobs->len > 0)
    ok = ptl_store_commit (pass->self->store, &error);
  if (!ok)
    {
      g_message ("What was done in firewalld could not be kept: %s", error->message);
      return;
    }
  for (guint i = 0; i < debts->len; i++)
    ptl_debts_adopt (pass->self->debts, g_steal_pointer (&debts->pdata[i]), 2);
  g_ptr_array_set_free_func (debts, NULL);
}

gboolean
ptl_firewall_pass_write_intents (PtlFirewallPass *pass, GError **error)
{
  PtlStore *store = pass->self->store;
  gboolean any = FALSE;

  for (guint i = 0; i < pass->jobs->len; i++)
    any = any || ((const PtlFirewallJob *) pass->jobs->pdata[i])->anew;
  if (!any)
    return TRUE;
  if (!ptl_store_begin (store, error))
    return FALSE;
  for (guint i = 0; i < pass->jobs->len; i++)
    {
      const PtlFirewallJob *job = pass->jobs->pdata[i];

      if (job->anew && !ptl_store_put_opening (store, job->record, error))
        return FALSE;
    }
  return ptl_store_commit (store, error);
}
