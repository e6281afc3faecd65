/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "core/ptl-text.h"
#include "ptl-ctl-open.h"

static gboolean
check (PtlCtl *self, GError **error)
{
  const char *id = ptl_ctl_get_argument (self, 0);

  return ptl_ctl_check_id (id, error)
         && ptl_network_parse (ptl_ctl_get_argument (self, 1), &(PtlNetwork) { 0 }, error);
}

static gboolean
run_as (PtlCtl *self, const char *method, GError **error)
{
  const char *id = ptl_ctl_get_argument (self, 0);
  g_autoptr (GVariant) answer = ptl_ctl_call (
      self, method, g_variant_new ("(ss)", id, ptl_ctl_get_argument (self, 1)), error);

  return answer != NULL && ptl_ctl_print_changed (self, id, error);
}

static gboolean
run_block (PtlCtl *self, GError **error)
{
  return run_as (self, "BlockSource", error);
}

static gboolean
run_unblock (PtlCtl *self, GError **error)
{
  return run_as (self, "UnblockSource", error);
}

const PtlCtlVerb ptl_ctl_verb_block = {
  .name = "block",
  .arguments = "ID CIDR",
  .min_arguments = 2,
  .max_arguments = 2,
  .missing = N_ ("Name a rule by its id, and an address or network like 198.51.100.0/24."),
  .summary = N_ ("Keep a network or address out of a rule, and cut its connections"),
  .check = check,
  .run = run_block,
};

const PtlCtlVerb ptl_ctl_verb_unblock = {
  .name = "unblock",
  .arguments = "ID CIDR",
  .min_arguments = 2,
  .max_arguments = 2,
  .missing = N_ ("Name a rule by its id, and a network that it denies."),
  .summary = N_ ("Let in again what was blocked"),
  .check = check,
  .run = run_unblock,
};
