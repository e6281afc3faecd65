/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-target-row.h"

#include "gui/ptl-gui.h"
#include "ptl-traffic-words.h"

struct _PtlTargetRow
{
  GtkListBoxRow parent_instance;
  GtkLabel *title;
  GtkLabel *words;
  GtkImage *icon;
};

G_DEFINE_FINAL_TYPE (PtlTargetRow, ptl_target_row, GTK_TYPE_LIST_BOX_ROW)

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
  g_autofree char *spoken = g_strdup_printf ("%s: %s", target->endpoint, words);

  show_icon (self, target->up);
  gtk_label_set_text (self->title, target->endpoint);
  gtk_label_set_text (self->words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
ptl_target_row_class_init (PtlTargetRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/traffic/ptl-target-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTargetRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PtlTargetRow, title);
  gtk_widget_class_bind_template_child (widget_class, PtlTargetRow, words);
}

static void
ptl_target_row_init (PtlTargetRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
