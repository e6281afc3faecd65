/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-target-row.h"

#include "ptl-traffic-words.h"

struct _PtlTargetRow
{
  AdwActionRow parent_instance;
  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (PtlTargetRow, ptl_target_row, ADW_TYPE_ACTION_ROW)

GtkWidget *
ptl_target_row_new (void)
{
  return g_object_new (PTL_TYPE_TARGET_ROW, NULL);
}

static void
show_icon (PtlTargetRow *self, gboolean up)
{
  gtk_image_set_from_icon_name (self->icon, up ? "object-select-symbolic" : "dialog-warning-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), up ? "warning" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), up ? "success" : "warning");
}

void
ptl_target_row_set_target (PtlTargetRow *self, const PtlTrafficTarget *target, const PtlTrafficStats *stats)
{
  g_autofree char *state = ptl_traffic_target_state (target);
  g_autofree char *share = ptl_traffic_describe_target (target, stats);
  g_autofree char *words = g_strdup_printf ("%s · %s", state, share);

  show_icon (self, target->up);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), target->endpoint);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
ptl_target_row_class_init (PtlTargetRowClass *klass)
{
}

static void
ptl_target_row_init (PtlTargetRow *self)
{
  self->icon = GTK_IMAGE (gtk_image_new ());
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self), GTK_WIDGET (self->icon));
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
}
