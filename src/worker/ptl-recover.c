/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-recover.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  VERDICT_KEEP,    /* open it again */
  VERDICT_UNEDIT,  /* an edit was under way: open it again as it was before */
  VERDICT_FAIL,    /* it was opening: take back what it may have got */
  VERDICT_FINISH,  /* it was closing: finish */
  VERDICT_EXPIRE,  /* its time was over meanwhile */
} Verdict;

typedef struct
{
  PtlRule *rule;
  const PtlIntent *intent; /* or NULL */
  Verdict verdict;
  GPtrArray *debts;        /* of PtlDebt */
} Case;

static void
case_free (Case *item)
{
  g_clear_pointer (&item->rule, ptl_rule_free);
  g_clear_pointer (&item->debts, g_ptr_array_unref);
  g_free (item);
}

static Verdict
judge (const PtlRule *rule, const PtlIntent *intent, gint64 now)
{
  if (rule->state == PTL_RULE_STATE_CLOSING || (intent != NULL && g_str_equal (intent->action, "close")))
    return VERDICT_FINISH;
  if (rule->state == PTL_RULE_STATE_OPENING)
    return VERDICT_FAIL;
  if (ptl_rule_is_expired (rule, now))
    return VERDICT_EXPIRE;
  return intent != NULL ? VERDICT_UNEDIT : VERDICT_KEEP;
}

static gboolean
same_grant (const PtlLease *a, const PtlLease *b)
{
  return g_strcmp0 (a->key, b->key) == 0 && g_str_equal (a->holder, b->holder) &&
         ptl_endpoint_equal (a->endpoint, b->endpoint);
}

static gboolean
holds (GPtrArray *leases, const PtlLease *lease)
{
  for (guint i = 0; i < leases->len; i++)
    if (same_grant (leases->pdata[i], lease))
      return TRUE;
  return FALSE;
}

/* The engine's sockets and ssh's forwardings ended with the process that held them. */
static gboolean
outlives_us (const PtlLease *lease)
{
  return !g_str_equal (lease->system, "engine") && !g_str_equal (lease->system, "ssh");
}

static void
add_debts (Case *item, GPtrArray *leases, GPtrArray *but_for, gint64 now)
{
  for (guint i = 0; leases != NULL && i < leases->len; i++)
    {
      const PtlLease *lease = leases->pdata[i];

      if (outlives_us (lease) && (but_for == NULL || !holds (but_for, lease)))
        g_ptr_array_add (item->debts, ptl_debt_new_for (item->rule->id, lease, now, NULL));
    }
}

static void
become_final (PtlRule *rule, PtlRuleState state, gint64 now)
{
  rule->state = state;
  rule->closed = now;
  rule->traffic.connections_now = 0;
  g_free (rule->step);
  rule->step = g_strdup ("");
}

static void
fail_rule (PtlRule *rule, gint64 now)
{
  g_autoptr (GError) error =
      ptl_error_new (PTL_ERROR_FAILED, _("Open it anew."),
                     _("The worker ended while this rule was being opened; it was taken back."));

  become_final (rule, PTL_RULE_STATE_FAILED, now);
  ptl_rule_set_error (rule, error);
}

static void
close_rule (PtlRule *rule, PtlCloseReason reason, gint64 now)
{
  become_final (rule, PTL_RULE_STATE_CLOSED, now);
  ptl_rule_set_error (rule, NULL);
  if (rule->close_reason == PTL_CLOSE_REASON_NONE)
    rule->close_reason = reason;
}

static Case *
case_new (PtlRule *rule, const PtlIntent *intent, gint64 now)
{
  Case *item = g_new0 (Case, 1);

  item->rule = rule;
  item->intent = intent;
  item->verdict = judge (rule, intent, now);
  item->debts = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_debt_free);
  if (item->verdict == VERDICT_UNEDIT)
    add_debts (item, intent->leases, rule->leases, now);
  else if (item->verdict != VERDICT_KEEP)
    {
      add_debts (item, rule->leases, NULL, now);
      add_debts (item, intent != NULL ? intent->leases : NULL, rule->leases, now);
    }
  return item;
}

static void
apply (Case *item, gint64 now)
{
  switch (item->verdict)
    {
    case VERDICT_FAIL:
      fail_rule (item->rule, now);
      break;
    case VERDICT_FINISH:
      close_rule (item->rule, PTL_CLOSE_REASON_REVOKED, now);
      break;
    case VERDICT_EXPIRE:
      close_rule (item->rule, PTL_CLOSE_REASON_EXPIRED, now);
      break;
    case VERDICT_KEEP:
    case VERDICT_UNEDIT:
      break;
    }
}

static const char *const event_what[] = {
  [VERDICT_UNEDIT] = "edit", [VERDICT_FAIL] = "open", [VERDICT_FINISH] = "close", [VERDICT_EXPIRE] = "close",
};

static const char *
event_detail (const Case *item)
{
  if (item->verdict == VERDICT_FAIL || item->verdict == VERDICT_UNEDIT)
    return "The worker ended in the middle; it was taken back.";
  return ptl_close_reason_to_string (item->rule->close_reason);
}

static gboolean
write_case (const Case *item, PtlStore *store, GError **error)
{
  gboolean failed = item->verdict == VERDICT_FAIL || item->verdict == VERDICT_UNEDIT;

  if (item->verdict == VERDICT_KEEP)
    return TRUE;
  if (!ptl_store_put_rule (store, item->rule, error) ||
      !ptl_store_delete_intent (store, item->rule->id, error))
    return FALSE;
  for (guint i = 0; i < item->debts->len; i++)
    if (!ptl_store_put_debt (store, item->debts->pdata[i], error))
      return FALSE;
  return ptl_store_add_event (store, "worker", event_what[item->verdict], item->rule->id,
                              failed ? "failed" : "ok", event_detail (item), error);
}

static gboolean
needs_writing (GPtrArray *cases)
{
  for (guint i = 0; i < cases->len; i++)
    if (((const Case *) cases->pdata[i])->verdict != VERDICT_KEEP)
      return TRUE;
  return FALSE;
}

static gboolean
write_all (GPtrArray *cases, PtlStore *store, GError **error)
{
  if (!needs_writing (cases))
    return TRUE;
  if (!ptl_store_begin (store, error))
    return FALSE;
  for (guint i = 0; i < cases->len; i++)
    if (!write_case (cases->pdata[i], store, error))
      return FALSE;
  return ptl_store_commit (store, error);
}

/* ---- Into memory ---- */

static void
show_as_waiting (Case *item, PtlInventory *inventory, const GError *trouble)
{
  g_autoptr (GError) restoring =
      ptl_error_new (PTL_ERROR_FAILED, NULL, _("It is being restored after the worker's start."));

  item->rule->state = PTL_RULE_STATE_DEGRADED;
  ptl_rule_set_error (item->rule, trouble != NULL ? trouble : restoring);
  ptl_inventory_put (inventory, g_steal_pointer (&item->rule));
}

static void
adopt_all (GPtrArray *debts, PtlDebts *owner)
{
  for (guint i = 0; i < debts->len; i++)
    ptl_debts_adopt (owner, g_steal_pointer (&debts->pdata[i]), 0);
  g_ptr_array_set_size (debts, 0);
}

static gboolean
is_kept (const Case *item)
{
  return item->verdict == VERDICT_KEEP || item->verdict == VERDICT_UNEDIT;
}

static GPtrArray *
read_cases (PtlStore *store, GPtrArray *intents, gint64 now)
{
  g_autoptr (GPtrArray) living = ptl_store_list_living (store, NULL);
  g_autoptr (GHashTable) by_id = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *cases = g_ptr_array_new_with_free_func ((GDestroyNotify) case_free);

  for (guint i = 0; intents != NULL && i < intents->len; i++)
    g_hash_table_insert (by_id, ((PtlIntent *) intents->pdata[i])->rule_id, intents->pdata[i]);
  for (guint i = 0; living != NULL && i < living->len; i++)
    {
      const PtlRule *rule = living->pdata[i];

      g_ptr_array_add (cases, case_new (ptl_rule_copy (rule), g_hash_table_lookup (by_id, rule->id), now));
    }
  for (guint i = 0; i < cases->len; i++)
    apply (cases->pdata[i], now);
  return cases;
}

GPtrArray *
ptl_recover (PtlStore *store, PtlClock *clock, PtlInventory *inventory, PtlDebts *debts)
{
  g_autoptr (GPtrArray) intents = ptl_store_list_intents (store, NULL);
  g_autoptr (GPtrArray) old_debts = ptl_store_list_debts (store, NULL);
  g_autoptr (GPtrArray) cases = read_cases (store, intents, ptl_clock_get_wall (clock));
  g_autoptr (GError) error = NULL;
  GPtrArray *restore = g_ptr_array_new_with_free_func (g_free);
  gboolean written = ptl_store_get_state (store) == PTL_STORE_STATE_OK &&
                     write_all (cases, store, &error);
  const GError *trouble = written ? NULL : (error != NULL ? error : ptl_store_get_error (store));

  if (old_debts != NULL && written)
    adopt_all (old_debts, debts);
  for (guint i = 0; i < cases->len; i++)
    {
      Case *item = cases->pdata[i];

      if (written)
        adopt_all (item->debts, debts);
      if (!is_kept (item))
        continue;
      if (written)
        g_ptr_array_add (restore, g_strdup (item->rule->id));
      show_as_waiting (item, inventory, trouble);
    }
  return restore;
}
