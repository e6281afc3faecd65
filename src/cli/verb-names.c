/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "ptl-ctl-json.h"
#include "ptl-ctl-names.h"
#include "ptl-ctl-output.h"

static const PtlCtlOption no_options[] = {
  PTL_CTL_OPTIONS_END,
};

/* ---- names ---- */

static gboolean
run_list (PtlCtl *self, GError **error)
{
  if (!ptl_ctl_connect (self, error))
    return FALSE;
  ptl_ctl_names_print (self, ptl_client_get_names (self->client));
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_names = {
  .name = "names",
  .summary = N_ ("Show the names that follow your public address"),
  .options = no_options,
  .run = run_list,
};

/* ---- names remove, names update ---- */

static GVariant *
call (PtlCtl *self, const char *method, PtlNameItem *item, GError **error)
{
  return ptl_ctl_call (self, method, g_variant_new ("(s)", ptl_name_item_get_name (item)->id),
                       error);
}

static gboolean
run_remove (PtlCtl *self, GError **error)
{
  g_autoptr (PtlNameItem) item = NULL;
  g_autoptr (GVariant) answer = NULL;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  item = ptl_ctl_name_find (self, ptl_ctl_get_argument (self, 0), error);
  answer = item != NULL ? call (self, "RemoveName", item, error) : NULL;
  if (answer == NULL)
    return FALSE;
  if (self->json)
    ptl_ctl_name_print (self, item);
  else
    /* Translators: %s is a name like home.example.org */
    ptl_ctl_print (self,
                   _ ("%s follows your address no more. At its provider nothing has changed.\n"),
                   ptl_name_item_get_name (item)->hostname);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_names_remove = {
  .name = "names remove",
  .arguments = "NAME",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_ ("Say which name; “portolanctl names” shows them."),
  .summary = N_ ("Forget a name, with its password"),
  .details = N_ ("What the provider was told stays there: delete the name at the provider if "
                 "nobody should use it."),
  .options = no_options,
  .run = run_remove,
};

static gboolean
run_update (PtlCtl *self, GError **error)
{
  g_autoptr (PtlNameItem) item = NULL;
  g_autoptr (GVariant) answer = NULL;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  item = ptl_ctl_name_find (self, ptl_ctl_get_argument (self, 0), error);
  answer = item != NULL ? call (self, "UpdateName", item, error) : NULL;
  if (answer == NULL)
    return FALSE;
  ptl_ctl_name_wait (self, item);
  ptl_ctl_name_print (self, item);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_names_update = {
  .name = "names update",
  .arguments = "NAME",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_ ("Say which name; “portolanctl names” shows them."),
  .summary = N_ ("Tell a name's provider the address now"),
  .details = N_ ("By itself that is done whenever the address changes. A provider that said to "
                 "wait is waited for."),
  .options = no_options,
  .run = run_update,
};
