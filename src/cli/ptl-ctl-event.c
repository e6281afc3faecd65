/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-event.h"

#include "api/ptl-api.h"
#include "core/ptl-text.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-text.h"

void
ptl_ctl_print_event (PtlCtl *self, const PtlEvent *event)
{
  g_autofree char *at = ptl_ctl_dup_time (event->at);
  g_autofree char *who = ptl_text_make_safe (event->who, -1, 0);
  g_autofree char *what = ptl_text_make_safe (event->what, -1, 0);
  g_autofree char *detail = ptl_text_make_safe (event->detail, -1, 0);
  g_autofree char *id = ptl_ctl_dup_short_id (event->rule_id);

  ptl_ctl_print (self, "%s  %-8s  %-9s  %-6s  %s%s%s\n", at, *id != '\0' ? id : "-", what,
                 event->result, who, *detail != '\0' ? "  " : "", detail);
}

static gboolean
add_page (PtlCtl *self,
          GPtrArray *events,
          const char *rule_id,
          gint64 *before,
          guint limit,
          GError **error)
{
  g_autoptr (GVariant) answer
    = ptl_ctl_call (self, "ListEvents", g_variant_new ("(sxu)", rule_id, *before, limit), error);
  g_autoptr (GVariant) page = NULL;

  if (answer == NULL)
    return FALSE;
  page = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (page); i++)
    {
      g_autoptr (GVariant) variant = g_variant_get_child_value (page, i);
      PtlEvent *event = ptl_event_from_variant (variant, error);

      if (event == NULL)
        return FALSE;
      *before = event->seq;
      g_ptr_array_add (events, event);
    }
  return TRUE;
}

GPtrArray *
ptl_ctl_list_events (PtlCtl *self, const char *rule_id, gint64 before, guint limit, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_event_free);

  while (events->len < limit)
    {
      guint wanted = MIN (limit - events->len, PTL_API_PAGE_MAX);
      guint had = events->len;

      if (!add_page (self, events, rule_id, &before, wanted, error))
        return NULL;
      if (events->len - had < wanted)
        break;
    }
  return g_steal_pointer (&events);
}
