/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>

#include "ptl-exposure-private.h"

/* What is above a report's findings, or in their place. */

void
ptl_exposure_show_summary (PtlExposurePage *self, const PtlReport *report)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr (PtlReportSummary) summary = ptl_report_summarize (report, now);
  g_autofree char *checked = ptl_report_dup_checked (report, now);
  g_autofree char *notes = g_strjoinv ("\n", report->notes);
  guint n_notes = g_strv_length (report->notes);
  /* Translators: %u is a number of things that a check could not find out */
  g_autofree char *title = g_strdup_printf (ngettext ("%u thing could not be seen", "%u things could not be seen", n_notes), n_notes);

  gtk_image_set_from_icon_name (self->summary_icon, summary->icon);
  if (self->summary_style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->summary_icon), self->summary_style);
  gtk_widget_add_css_class (GTK_WIDGET (self->summary_icon), summary->style);
  self->summary_style = summary->style;
  gtk_label_set_text (self->summary_title, summary->title);
  gtk_label_set_text (self->summary_more, summary->more);
  gtk_widget_set_visible (GTK_WIDGET (self->summary_more), *summary->more != '\0');
  gtk_label_set_text (self->summary_checked, checked);
  gtk_widget_set_visible (GTK_WIDGET (self->summary_checked), TRUE);
  gtk_label_set_text (self->notes, notes);
  gtk_expander_set_label (self->notes_expander, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->notes_expander), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->notes_expander), n_notes > 0);
}

/* In the place of a summary: how much is other. */
void
ptl_exposure_show_changes (PtlExposurePage *self, const PtlReport *difference)
{
  g_autofree char *changes = ptl_report_dup_changes (difference);

  gtk_image_set_from_icon_name (self->summary_icon, "document-open-recent-symbolic");
  if (self->summary_style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->summary_icon), self->summary_style);
  self->summary_style = NULL;
  gtk_label_set_text (self->summary_title, changes);
  gtk_label_set_text (self->summary_more, self->compared);
  gtk_widget_set_visible (GTK_WIDGET (self->summary_more), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->summary_checked), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->notes_expander), FALSE);
}

void
ptl_exposure_show_filters (PtlExposurePage *self, const PtlReport *report)
{
  static const char *const words[] = { NC_ ("findings", "Doors"), NC_ ("findings", "New"), NC_ ("findings", "Accepted"),
                                       NC_ ("findings", "All") };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  for (PtlFindingsFilter filter = 0; filter < PTL_N_FINDINGS; filter++)
    {
      g_autofree char *label = NULL;
      guint n = 0;

      for (guint i = 0; i < report->findings->len; i++)
        n += ptl_finding_passes (report->findings->pdata[i], filter, now);
      label = g_strdup_printf ("%s %u", g_dpgettext2 (GETTEXT_PACKAGE, "findings", words[filter]), n);
      gtk_label_set_text (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->filter_buttons[filter]))), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->filter_buttons[filter]), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      if (filter == PTL_FINDINGS_DOORS)
        {
          guint bad = self->old_report ? 0 : ptl_report_count (report, PTL_SEVERITY_MEDIUM);

          adw_view_stack_page_set_badge_number (self->report_page, bad);
          adw_view_stack_page_set_needs_attention (self->report_page, bad > 0);
        }
    }
}

void
ptl_exposure_show_nothing (PtlExposurePage *self)
{
  static const struct { const char *icon, *title, *text; } empty[] = {
    { "object-select-symbolic", N_("No Door Stands Open"), N_("Nothing of yours that was looked at can be reached by others.") },
    { "document-open-recent-symbolic", N_("Nothing New"), N_("What is new since the check before is listed here.") },
    { "emblem-ok-symbolic", N_("Nothing Is Accepted"), N_("What you know of and want as it is, you can accept until a date: it is listed here then.") },
    { "object-select-symbolic", N_("Nothing Was Found"), N_("No program listens, and nothing leads here from outside.") },
  };
  gboolean searching = self->words && self->words[0];

  if (self->compared && !searching)
    {
      adw_status_page_set_icon_name (self->findings_empty, "object-select-symbolic");
      adw_status_page_set_title (self->findings_empty, _("Nothing Has Changed"));
      adw_status_page_set_description (self->findings_empty, _("Both checks found the same."));
      return;
    }
  adw_status_page_set_icon_name (self->findings_empty, searching ? "system-search-symbolic" : empty[self->shown].icon);
  adw_status_page_set_title (self->findings_empty, searching ? _("No Results Found") : _(empty[self->shown].title));
  adw_status_page_set_description (self->findings_empty, searching ? _("Try other words.") : _(empty[self->shown].text));
}
