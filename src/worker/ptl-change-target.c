/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

/* How the targets of a rule fare. A rule none of whose targets is up is degraded by that, unless it is for another reason
 * already. */

void
ptl_changes_target_changed (PtlChanges *self,
                            const char *id,
                            const char *endpoint,
                            gboolean up,
                            const GError *error)
{
  PtlOutcome *outcome = ptl_outcome_new (PTL_OUTCOME_TARGET, id, "worker");

  outcome->what = up ? "target-up" : "target-down";
  outcome->result = up ? "ok" : "failed";
  outcome->detail = error != NULL ? ptl_error_dup_what (error) : g_strdup (endpoint);
  ptl_changes_conclude (self, outcome);
}

static GError *
dup_trouble (PtlChanges *self, const PtlRule *rule)
{
  return ptl_backend_dup_trouble (self->backends[rule->kind], rule);
}

void
ptl_changes_weigh_targets (PtlChanges *self, const PtlRule *rule)
{
  g_autoptr (GError) trouble = NULL;

  if (rule->state != PTL_RULE_STATE_OPEN)
    return;
  trouble = dup_trouble (self, rule);
  if (trouble != NULL)
    ptl_changes_conclude (self, ptl_outcome_new (PTL_OUTCOME_TARGET, rule->id, "worker"));
}

static void
strand (PtlChanges *self, PtlRule *rule, const GError *trouble)
{
  rule->state = PTL_RULE_STATE_DEGRADED;
  ptl_rule_set_error (rule, trouble);
  g_hash_table_add (self->stranded, g_strdup (rule->id));
}

void
ptl_changes_apply_targets (PtlChanges *self, PtlRule *rule)
{
  g_autoptr (GError) trouble = dup_trouble (self, rule);
  gboolean is_stranded = rule->state == PTL_RULE_STATE_DEGRADED
                         && g_hash_table_contains (self->stranded, rule->id);

  if (trouble != NULL && (is_stranded || rule->state == PTL_RULE_STATE_OPEN))
    strand (self, rule, trouble);
  else if (trouble == NULL && is_stranded)
    {
      g_hash_table_remove (self->stranded, rule->id);
      rule->state = PTL_RULE_STATE_OPEN;
      ptl_rule_set_error (rule, NULL);
    }
}
