/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-hop-row.h"

struct _PtlHopRow
{
  GtkWidget parent_instance;
  GtkWidget *track;
  GtkWidget *texts;
  GtkImage *icon;
  GtkWidget *line;
  GtkLabel *title;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkLabel *address;
  GtkLabel *reason;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlHopRow, ptl_hop_row, GTK_TYPE_WIDGET)

GtkWidget *
ptl_hop_row_new (void)
{
  return g_object_new (PTL_TYPE_HOP_ROW, NULL);
}

static void
set_style (PtlHopRow *self, const char *style)
{
  if (self->style)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->style);
  gtk_widget_add_css_class (GTK_WIDGET (self), style);
  if (self->style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), self->style);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), style);
  self->style = style;
}

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), text && *text);
}

void
ptl_hop_row_set_hop (PtlHopRow *self, const PtlHop *hop, gboolean last)
{
  const char *words = hop->words ? hop->words : ptl_hop_state_to_words (hop->state);
  g_autofree char *spoken = g_strdup_printf ("%s, %s, %s. %s", hop->title, hop->address, words, hop->reason);

  gtk_image_set_from_icon_name (self->icon, hop->icon);
  gtk_image_set_from_icon_name (self->state_icon, ptl_hop_state_to_icon (hop->state));
  set_text (self->title, hop->title);
  set_text (self->address, hop->address);
  set_text (self->reason, hop->reason);
  set_text (self->state, words);
  set_style (self, ptl_hop_state_to_style (hop->state));
  gtk_widget_set_visible (self->line, !last);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
ptl_hop_row_dispose (GObject *object)
{
  PtlHopRow *self = PTL_HOP_ROW (object);

  g_clear_pointer (&self->track, gtk_widget_unparent);
  g_clear_pointer (&self->texts, gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_hop_row_parent_class)->dispose (object);
}

static void
ptl_hop_row_class_init (PtlHopRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_hop_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/details/ptl-hop-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, track);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, texts);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, line);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, title);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, state);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, address);
  gtk_widget_class_bind_template_child (widget_class, PtlHopRow, reason);
}

static void
ptl_hop_row_init (PtlHopRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
