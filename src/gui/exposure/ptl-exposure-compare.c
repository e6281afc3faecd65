/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"
#include "gui/ptl-format.h"
#include "ptl-exposure-private.h"
#include "ptl-report-item.h"

/* What is other in one report than in another. */

typedef struct
{
  PtlExposurePage *page;
  gint64 from; /* Unix seconds; 0 = that of the check before */
  gint64 to;
} Asked;

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->page);
  g_free (asked);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static char *
describe_both (const Asked *asked)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *from = asked->from != 0 ? ptl_format_time (asked->from, now) : NULL;
  g_autofree char *to = ptl_format_time (asked->to, now);

  if (from)
    /* Translators: two times, like “yesterday 18:00” */
    return g_strdup_printf (_("From the check %s to the one %s."), from, to);
  /* Translators: %s is a time, like “today 18:00” */
  return g_strdup_printf (_("From the check before to the one %s."), to);
}

static void
on_difference (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autoptr (GVariant) findings = answer ? g_variant_get_child_value (answer, 0) : NULL;
  g_autoptr (GVariant) head = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  g_autoptr (PtlReport) difference = findings ? ptl_report_from_variants (head, findings, &error) : NULL;
  g_autofree char *both = describe_both (asked);

  if (!asked->page->client)
    return;
  if (!difference)
    {
      ptl_feedback_error (GTK_WIDGET (asked->page), error);
      return;
    }
  ptl_report_settle (difference, g_get_real_time () / G_USEC_PER_SEC);
  ptl_exposure_page_show_difference (asked->page, g_steal_pointer (&difference), both);
}

/* @from: NULL = the one before. */
static void
ask (PtlExposurePage *self, const PtlReport *from, const PtlReport *to)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->page = g_object_ref (self);
  asked->from = from ? from->finished : 0;
  asked->to = to->finished;
  ptl_client_call_async (self->client, "GetExposureDifference", g_variant_new ("(ss)", from ? from->id : "", to->id),
                         self->cancellable, on_difference, asked);
}

/* The one that is shown, or those selected in the history: the earlier one first, the later one second. Returns how many
 * there are of those, 0 where they cannot be compared. */
static guint
find_reports (PtlExposurePage *self, const PtlReport **earlier, const PtlReport **later)
{
  g_autoptr (GPtrArray) selected = NULL;
  const PtlReport *first, *second;

  if (ptl_exposure_page_shows_report (self))
    {
      *later = self->compared ? NULL : ptl_exposure_page_get_report (self);
      return *later ? 1 : 0;
    }
  if (!ptl_exposure_page_shows_history (self))
    return 0;
  selected = ptl_table_dup_selected (self->history_table);
  if (selected->len < 1 || selected->len > 2)
    return 0;
  /* The table's model holds them on. */
  first = ptl_report_item_get_report (selected->pdata[0]);
  second = ptl_report_item_get_report (selected->pdata[selected->len - 1]);
  *earlier = first->started <= second->started ? first : second;
  *later = *earlier == first ? second : first;
  return selected->len;
}

static void
on_compare (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);
  const PtlReport *earlier = NULL, *later = NULL;
  guint n = find_reports (self, &earlier, &later);

  if (n > 0)
    ask (self, n == 2 ? earlier : NULL, later);
}

char *
ptl_exposure_compare_dup_hint (PtlExposurePage *self)
{
  const PtlReport *earlier = NULL, *later = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint n = find_reports (self, &earlier, &later);
  g_autofree char *from = n == 2 ? ptl_format_time (earlier->finished, now) : NULL;
  g_autofree char *to = n > 0 ? ptl_format_time (later->finished, now) : NULL;

  /* It is there before one is selected: what is below must not move between two clicks. */
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "exposure.compare", n > 0);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->reports)) < 2)
    return NULL;
  if (n == 2)
    /* Translators: two times, like “yesterday 18:00” */
    return g_strdup_printf (_("What is different between the checks %s and %s?"), from, to);
  if (n == 1)
    /* Translators: %s is a time, like “today 18:00” */
    return g_strdup_printf (_("What is different since the check before the one %s?"), to);
  return g_strdup (_("Select one check, or two of them, to see what is different."));
}

void
ptl_exposure_compare_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "exposure.compare", NULL, on_compare);
}
