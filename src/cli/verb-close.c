/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-text.h"

static const PtlCtlOption options[] = {
  { "all", PTL_CTL_FLAG, NULL, N_("Everything that is open") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check (PtlCtl *self, GError **error)
{
  if (ptl_ctl_has (self, "all") && self->arguments->len > 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Give one of them."), "%s",
                     _("--all and ids exclude each other."));
      return FALSE;
    }
  if (!ptl_ctl_has (self, "all") && self->arguments->len == 0)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Name rules by their ids, or add --all."), "%s",
                     _("It is not said what to close."));
      return FALSE;
    }
  return ptl_ctl_check_ids (self, error);
}

/* The whole ids: after the close a prefix could fit an older rule too. */
static GStrv
whole_ids (PtlCtl *self, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  GListModel *rules = ptl_client_get_rules (self->client);

  for (guint i = 0; i < self->arguments->len; i++)
    {
      g_autoptr (PtlRule) rule = ptl_ctl_find_rule (self, ptl_ctl_get_argument (self, i), error);

      if (rule == NULL)
        return NULL;
      g_strv_builder_add (builder, rule->id);
    }
  for (guint i = 0; ptl_ctl_has (self, "all") && i < g_list_model_get_n_items (rules); i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, i);

      g_strv_builder_add (builder, ptl_rule_item_get_rule (item)->id);
    }
  return g_strv_builder_end (builder);
}

static gboolean
is_of (GVariant *debt, const char *rule_id)
{
  const char *id = "";

  return g_variant_lookup (debt, "RuleId", "&s", &id) && g_str_equal (id, rule_id);
}

/* What the router still holds is said, for it may still lead here. */
static void
print_debts (PtlCtl *self, const PtlRule *rule)
{
  g_autoptr (GVariant) debts = NULL;

  g_object_get (self->client, "debts", &debts, NULL);
  for (gsize i = 0; debts != NULL && i < g_variant_n_children (debts); i++)
    {
      g_autoptr (GVariant) debt = g_variant_get_child_value (debts, i);
      const char *endpoint = "", *message = "";
      g_autofree char *text = NULL;

      if (!is_of (debt, rule->id))
        continue;
      g_variant_lookup (debt, "Endpoint", "&s", &endpoint);
      g_variant_lookup (debt, "Message", "&s", &message);
      /* Translators: an address and port, then the reason as a sentence */
      text = g_strdup_printf (_("%s could not be taken back yet and is tried again: %s"), endpoint,
                              message);
      ptl_ctl_print_field (self, _("Note"), text);
    }
}

static gboolean
print (PtlCtl *self, char **ids, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      PtlRule *rule = ptl_ctl_find_rule (self, ids[i], error);

      if (rule == NULL)
        return FALSE;
      g_ptr_array_add (rules, rule);
    }
  if (self->json)
    {
      ptl_ctl_print_rules (self, rules, TRUE);
      return TRUE;
    }
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      ptl_ctl_print_field (self, _("Closed"), rule->name);
      print_debts (self, rule);
    }
  if (rules->len == 0)
    ptl_ctl_print (self, "%s\n", _("Nothing is open."));
  return TRUE;
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_auto (GStrv) ids = NULL;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  ids = whole_ids (self, error);
  if (ids == NULL)
    return FALSE;
  if (ids[0] != NULL && !ptl_ctl_close (self, (const char *const *) ids, error))
    return FALSE;
  return print (self, ids, error);
}

const PtlCtlVerb ptl_ctl_verb_close = {
  .name = "close",
  .arguments = "ID...",
  .max_arguments = 1000,
  .missing = N_("Name a rule by its id; “portolanctl list” shows them."),
  .summary = N_("Close rules, and cut the connections on them"),
  .details = N_("One wrong id and nothing is closed."),
  .options = options,
  .check = check,
  .run = run,
};
