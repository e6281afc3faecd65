/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-option-row.h"

#define NARROW_CHARS 8

struct _PtlOptionRow
{
  AdwPreferencesRow parent_instance;
  GtkBox *box;
  GtkLabel *title;
  GtkLabel *explanation;
  GtkLabel *error;
  GtkEntry *entry;
};

G_DEFINE_FINAL_TYPE (PtlOptionRow, ptl_option_row, ADW_TYPE_PREFERENCES_ROW)

static guint changed_signal;

static void
on_changed (PtlOptionRow *self)
{
  g_signal_emit (self, changed_signal, 0);
}

char *
ptl_option_row_dup_text (PtlOptionRow *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
}

void
ptl_option_row_set_text (PtlOptionRow *self, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

void
ptl_option_row_show_mistake (PtlOptionRow *self, const char *sentence)
{
  GtkWidget *entry = GTK_WIDGET (self->entry);

  if (sentence)
    gtk_widget_add_css_class (entry, "error");
  else
    gtk_widget_remove_css_class (entry, "error");
  gtk_label_set_text (self->error, sentence ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), sentence != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->explanation), sentence == NULL);
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                               sentence ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence ? sentence : gtk_label_get_text (self->explanation), -1);
}

void
ptl_option_row_focus (PtlOptionRow *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

PtlOptionRow *
ptl_option_row_new (const char *title, const char *explanation, const char *usual, gboolean wide)
{
  PtlOptionRow *self = g_object_new (PTL_TYPE_OPTION_ROW, NULL);

  gtk_label_set_label (self->title, title);
  gtk_label_set_text (self->explanation, explanation);
  gtk_entry_set_placeholder_text (self->entry, usual);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, explanation, -1);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box),
                                  wide ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), wide ? -1 : NARROW_CHARS);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), NARROW_CHARS);
  return self;
}

static void
ptl_option_row_class_init (PtlOptionRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  changed_signal = g_signal_new ("changed", PTL_TYPE_OPTION_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/fields/ptl-option-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlOptionRow, box);
  gtk_widget_class_bind_template_child (widget_class, PtlOptionRow, title);
  gtk_widget_class_bind_template_child (widget_class, PtlOptionRow, explanation);
  gtk_widget_class_bind_template_child (widget_class, PtlOptionRow, error);
  gtk_widget_class_bind_template_child (widget_class, PtlOptionRow, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
}

static void
ptl_option_row_init (PtlOptionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
