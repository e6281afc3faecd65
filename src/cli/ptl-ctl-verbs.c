/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"

const PtlCtlVerb *const ptl_ctl_verbs[] = {
  &ptl_ctl_verb_open_mapping,
  &ptl_ctl_verb_open_forward,
  &ptl_ctl_verb_open_tunnel,
  &ptl_ctl_verb_open_game,
  &ptl_ctl_verb_list,
  &ptl_ctl_verb_show,
  &ptl_ctl_verb_extend,
  &ptl_ctl_verb_edit,
  &ptl_ctl_verb_kick,
  &ptl_ctl_verb_block,
  &ptl_ctl_verb_unblock,
  &ptl_ctl_verb_close,
  &ptl_ctl_verb_routers,
  &ptl_ctl_verb_routers_add,
  &ptl_ctl_verb_routers_remove,
  &ptl_ctl_verb_entries,
  &ptl_ctl_verb_entries_adopt,
  &ptl_ctl_verb_entries_remove,
  &ptl_ctl_verb_entries_restore,
  &ptl_ctl_verb_entries_ignore,
  &ptl_ctl_verb_entries_unignore,
  &ptl_ctl_verb_names,
  &ptl_ctl_verb_names_add,
  &ptl_ctl_verb_names_edit,
  &ptl_ctl_verb_names_update,
  &ptl_ctl_verb_names_remove,
  &ptl_ctl_verb_listeners,
  &ptl_ctl_verb_check_network,
  &ptl_ctl_verb_check_exposure,
  &ptl_ctl_verb_log,
  &ptl_ctl_verb_monitor,
  &ptl_ctl_verb_metrics,
  &ptl_ctl_verb_status,
  NULL,
};

gboolean
ptl_ctl_check_id (const char *id, GError **error)
{
  g_autofree char *shown = NULL;

  if (ptl_text_is_id_prefix (id))
    return TRUE;
  shown = ptl_text_make_safe (id, -1, 40);
  ptl_error_set (error, PTL_ERROR_INVALID,
                 _("Give four characters of it or more; “portolanctl list” shows them."),
                 /* Translators: %s is what was typed */
                 _("“%s” is not the id of a rule."), shown);
  return FALSE;
}

gboolean
ptl_ctl_check_ids (PtlCtl *self, GError **error)
{
  for (guint i = 0; i < self->arguments->len; i++)
    if (!ptl_ctl_check_id (ptl_ctl_get_argument (self, i), error))
      return FALSE;
  return TRUE;
}
