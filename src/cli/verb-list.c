/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "api/ptl-api.h"
#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-text.h"

static const PtlCtlOption options[] = {
  { "history", PTL_CTL_FLAG, NULL, N_("Closed and failed rules, the latest first") },
  { "state", PTL_CTL_REPEAT, "STATE",
    N_("Only these: opening, open, degraded, closing; closed, failed") },
  { "search", PTL_CTL_VALUE, "WORDS",
    N_("Only those with all the words in name, owner, purpose or address") },
  { "limit", PTL_CTL_VALUE, "N", N_("At most so many") },
  { "ids", PTL_CTL_FLAG, NULL, N_("The ids alone, one per line") },
  PTL_CTL_OPTIONS_END,
};

#define LIMIT_MAX 1000000

static gboolean
check_states (PtlCtl *self, GError **error)
{
  guint n;
  const char *const *states = ptl_ctl_get_all (self, "state", &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) words = g_strsplit (states[i], ",", -1);

      for (guint j = 0; words[j] != NULL; j++)
        {
          PtlRuleState state;

          if (!ptl_rule_state_from_string (words[j], &state, error))
            return ptl_ctl_prefix_error (error, "state");
        }
    }
  return TRUE;
}

static gboolean
check (PtlCtl *self, GError **error)
{
  guint limit;

  if (ptl_ctl_has (self, "ids") && self->json)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                     _("--ids and --json exclude each other."));
      return FALSE;
    }
  return check_states (self, error)
         && ptl_ctl_get_number (self, "limit", 1, LIMIT_MAX, &limit, error);
}

static gboolean
has_state (PtlCtl *self, const PtlRule *rule)
{
  guint n;
  const char *const *states = ptl_ctl_get_all (self, "state", &n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) words = g_strsplit (states[i], ",", -1);

      if (g_strv_contains ((const char *const *) words, ptl_rule_state_to_string (rule->state)))
        return TRUE;
    }
  return n == 0;
}

/* The words that the worker searches a closed rule by. */
static char *
haystack (const PtlRule *rule)
{
  g_autofree char *public_endpoint = ptl_ctl_dup_public (rule);
  g_autofree char *target = ptl_ctl_dup_endpoint (rule->target);
  g_autofree char *text = g_strjoin ("\n", rule->name, rule->owner, rule->purpose, public_endpoint,
                                     target, NULL);

  return g_utf8_casefold (text, -1);
}

static gboolean
is_found (PtlCtl *self, const PtlRule *rule)
{
  const char *search = ptl_ctl_get (self, "search");
  g_autofree char *folded = g_utf8_casefold (search != NULL ? search : "", -1);
  g_autofree char *text = haystack (rule);
  g_auto (GStrv) words = g_strsplit_set (folded, " \t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (text, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static int
compare_created (gconstpointer a, gconstpointer b)
{
  const PtlRule *first = *(PtlRule *const *) a;
  const PtlRule *second = *(PtlRule *const *) b;

  if (first->created != second->created)
    return first->created < second->created ? -1 : 1;
  return g_strcmp0 (first->id, second->id);
}

static gboolean
add_living (PtlCtl *self, GPtrArray *rules, guint limit, GError **error)
{
  GListModel *model;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  model = ptl_client_get_rules (self->client);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (model, i);
      const PtlRule *rule = ptl_rule_item_get_rule (item);

      if (has_state (self, rule) && is_found (self, rule))
        g_ptr_array_add (rules, ptl_rule_copy (rule));
    }
  g_ptr_array_sort (rules, compare_created);
  if (rules->len > limit)
    g_ptr_array_set_size (rules, (int) limit);
  return TRUE;
}

/* Returns how many came, -1 on error. */
static int
add_page (PtlCtl *self, GPtrArray *rules, guint offset, guint limit, GError **error)
{
  const char *search = ptl_ctl_get (self, "search");
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) page = NULL;

  answer = ptl_ctl_call (
      self, "ListClosed",
      g_variant_new ("(uus)", offset, PTL_API_PAGE_MAX, search != NULL ? search : ""), error);
  if (answer == NULL)
    return -1;
  page = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (page) && rules->len < limit; i++)
    {
      g_autoptr (GVariant) properties = g_variant_get_child_value (page, i);
      g_autoptr (PtlRule) rule = ptl_rule_from_variant (properties, error);

      if (rule == NULL)
        return -1;
      if (has_state (self, rule))
        g_ptr_array_add (rules, g_steal_pointer (&rule));
    }
  return (int) g_variant_n_children (page);
}

static gboolean
add_closed (PtlCtl *self, GPtrArray *rules, guint limit, GError **error)
{
  guint offset = 0;
  int n;

  do
    {
      n = add_page (self, rules, offset, limit, error);
      offset += PTL_API_PAGE_MAX;
    }
  while (n == PTL_API_PAGE_MAX && rules->len < limit);
  return n >= 0;
}

static void
print_ids (PtlCtl *self, GPtrArray *rules)
{
  for (guint i = 0; i < rules->len; i++)
    ptl_ctl_print (self, "%s\n", ((PtlRule *) rules->pdata[i])->id);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  gboolean history = ptl_ctl_has (self, "history");
  guint limit = LIMIT_MAX;

  ptl_ctl_get_number (self, "limit", 1, LIMIT_MAX, &limit, NULL);
  if (history ? !add_closed (self, rules, limit, error) : !add_living (self, rules, limit, error))
    return FALSE;
  if (ptl_ctl_has (self, "ids"))
    print_ids (self, rules);
  else if (rules->len == 0 && !self->json)
    ptl_ctl_print (self, "%s\n",
                   history ? _("There is nothing in the history.") : _("Nothing is open."));
  else
    ptl_ctl_print_rules (self, rules, history);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_list = {
  .name = "list",
  .summary = N_("Show what is open, or what was"),
  .options = options,
  .check = check,
  .run = run,
};
