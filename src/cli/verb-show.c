/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "ptl-ctl-history.h"
#include "ptl-ctl-open.h"

static const PtlCtlOption options[] = {
  { "history", PTL_CTL_FLAG, NULL, N_("What it carried, in the last day by the hour") },
  { "since", PTL_CTL_VALUE, "TIME",
    N_("The history of so long, like 2h or 30d; by the minute up to 6h") },
  PTL_CTL_OPTIONS_END,
};

static gboolean
check (PtlCtl *self, GError **error)
{
  return ptl_ctl_check_ids (self, error) && ptl_ctl_history_check (self, error);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_find_rule (self, ptl_ctl_get_argument (self, 0), error);

  if (rule == NULL)
    return FALSE;
  if (ptl_ctl_has (self, "history"))
    return ptl_ctl_history_print (self, rule, error);
  ptl_ctl_print_one (self, rule, TRUE);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_show = {
  .name = "show",
  .arguments = "ID",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Name a rule by its id; “portolanctl list” shows them."),
  .summary = N_("Show all that is known of a rule, open or closed"),
  .options = options,
  .check = check,
  .run = run,
};
