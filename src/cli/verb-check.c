/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"

static gboolean
check (PtlCtl *self, GError **error)
{
  ptl_error_set (error, PTL_ERROR_NOT_SUPPORTED,
                 _("See “portolanctl routers” and “portolanctl entries” for now."),
                 /* Translators: %s is a verb of portolanctl */
                 _("“%s” is not in this version."), self->verb->name);
  return FALSE;
}

const PtlCtlVerb ptl_ctl_verb_check_network = {
  .name = "check network",
  .summary = N_("Find out how this network is reached (not in this version)"),
  .check = check,
};

const PtlCtlVerb ptl_ctl_verb_check_exposure = {
  .name = "check exposure",
  .summary = N_("Find out what strangers can reach (not in this version)"),
  .check = check,
};
