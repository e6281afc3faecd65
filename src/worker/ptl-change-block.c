/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-changes-private.h"

/* The rule with another audience. */
static PtlRule *
blocked (PtlChanges *self, const char *id, const char *network, gboolean block, GError **error)
{
  const PtlRule *before = ptl_changes_look_up (self, id, error);
  PtlAudience *audience;
  PtlRule *after;

  if (before == NULL)
    return NULL;
  audience = block ? ptl_audience_deny (before->audience, network, error)
                   : ptl_audience_undeny (before->audience, network, error);
  if (audience == NULL)
    return NULL;
  after = ptl_rule_copy (before);
  ptl_audience_unref (after->audience);
  after->audience = audience;
  return after;
}

void
ptl_changes_block_async (PtlChanges *self,
                         const char *id,
                         const char *network,
                         gboolean block,
                         const char *who,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autofree char *text = NULL;
  GError *error = NULL;
  PtlNetwork parsed;
  PtlRule *after = NULL;

  /* An edit whose outcome waits is part of what is edited. */
  ptl_changes_flush (self);
  if (ptl_network_parse (network, &parsed, &error))
    {
      text = ptl_network_to_string (&parsed);
      after = blocked (self, id, text, block, &error);
    }
  if (after == NULL)
    g_task_report_error (self, callback, user_data, NULL, error);
  else
    ptl_changes_edit_as (self, after, block ? "block" : "unblock", text, who, callback, user_data);
}
