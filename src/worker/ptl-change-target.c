/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

#include <glib/gi18n-lib.h>

/* How the targets of a rule fare. A rule none of whose targets is up is degraded by that, unless it is for another reason
 * already. */

/* Of one rule. */
#define EVENTS_MOST 60
#define EVENTS_WITHIN_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/* The log is for ever: a target that comes and goes all day is not to fill it. */
typedef struct
{
  gint64 since_us;
  guint n;
} Logged;

static guint
count_event (PtlChanges *self, const char *id)
{
  gint64 now_us = ptl_clock_get_boot_us (self->clock);
  Logged *logged = g_hash_table_lookup (self->target_events, id);

  if (logged == NULL)
    {
      logged = g_new0 (Logged, 1);
      g_hash_table_insert (self->target_events, g_strdup (id), logged);
    }
  if (logged->n == 0 || now_us - logged->since_us > EVENTS_WITHIN_US)
    *logged = (Logged){ .since_us = now_us };
  return ++logged->n;
}

static char *
describe (const char *endpoint, const GError *error, gboolean is_last)
{
  g_autofree char *what = error != NULL ? ptl_error_dup_what (error) : g_strdup (endpoint);

  if (!is_last)
    return g_steal_pointer (&what);
  /* Translators: %s is an address and port, or a sentence that says what is wrong with it */
  return g_strdup_printf (_("%s (it comes and goes, and is not logged again for a while)"), what);
}

void
ptl_changes_target_changed (PtlChanges *self,
                            const char *id,
                            const char *endpoint,
                            gboolean up,
                            const GError *error)
{
  PtlOutcome *outcome = ptl_outcome_new (PTL_OUTCOME_TARGET, id, "worker");
  guint n = count_event (self, id);

  if (n <= EVENTS_MOST)
    {
      outcome->what = up ? "target-up" : "target-down";
      outcome->result = up ? "ok" : "failed";
      outcome->detail = describe (endpoint, error, n == EVENTS_MOST);
    }
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
