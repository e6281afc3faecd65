/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "ptl-ctl-open.h"

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autoptr (PtlRule) rule = ptl_ctl_find_rule (self, ptl_ctl_get_argument (self, 0), error);

  if (rule == NULL)
    return FALSE;
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
  .check = ptl_ctl_check_ids,
  .run = run,
};
