/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-request.h"
#include "ptl-ctl-text.h"

static const PtlCtlOption options[] = {
  { "for", PTL_CTL_VALUE, "TIME", N_("How much longer than now said: 45m, 2h30m, 1d") },
  { "until", PTL_CTL_VALUE, "TIME", N_("The new end: 2026-12-24T18:00, local time") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check (PtlCtl *self, GError **error)
{
  gint64 review;

  if (!ptl_ctl_has (self, "for") && !ptl_ctl_has (self, "until"))
    {
      ptl_error_set (error, PTL_ERROR_INVALID, _("Add --for 1h, or --until 2026-12-24T18:00."),
                     "%s", _("It is not said by how much."));
      return FALSE;
    }
  return ptl_ctl_check_ids (self, error)
         && ptl_ctl_parse_times (self, TRUE, &self->until, &self->by, &review, error);
}

static void
print (PtlCtl *self, GPtrArray *rules)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  if (self->json)
    {
      ptl_ctl_print_rules (self, rules, FALSE);
      return;
    }
  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];
      g_autofree char *end = ptl_ctl_dup_end (rule, now);

      ptl_ctl_print_field (self, rule->name, end);
    }
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (GPtrArray) rules = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_rule_free);
  g_autoptr (GVariant) answer = NULL;
  GVariant *ids
      = g_variant_new_strv ((const char *const *)self->arguments->pdata, self->arguments->len);

  answer = ptl_ctl_call (self, "ExtendRules", g_variant_new ("(@asxx)", ids, self->until, self->by),
                         error);
  if (answer == NULL)
    return FALSE;
  for (guint i = 0; i < self->arguments->len; i++)
    {
      PtlRule *rule = ptl_ctl_find_rule (self, ptl_ctl_get_argument (self, i), error);

      if (rule == NULL)
        return FALSE;
      g_ptr_array_add (rules, rule);
    }
  print (self, rules);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_extend = {
  .name = "extend",
  .arguments = "ID...",
  .min_arguments = 1,
  .max_arguments = 1000,
  .missing = N_("Name a rule by its id; “portolanctl list” shows them."),
  .summary = N_("Let rules stay open longer"),
  .options = options,
  .check = check,
  .run = run,
};
