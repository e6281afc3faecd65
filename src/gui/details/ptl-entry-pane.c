/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-entry-pane.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-gui.h"
#include "ptl-fact-row.h"

struct _PtlEntryPane
{
  AdwBin parent_instance;
  GtkLabel *name;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkWidget *review;
  GtkLabel *review_what;
  GtkWidget *ignore_button;
  GtkWidget *unignore_button;
  GtkListBox *facts;
  const char *state_style;
  PtlEntry *entry;
};

G_DEFINE_FINAL_TYPE (PtlEntryPane, ptl_entry_pane, ADW_TYPE_BIN)

static void
show_state (PtlEntryPane *self)
{
  g_autofree char *name = ptl_entry_dup_name (self->entry);
  g_autofree char *state = ptl_entry_dup_state (self->entry);
  const char *style = ptl_entry_get_style (self->entry);
  const char *review = ptl_entry_get_review (self->entry);

  gtk_label_set_text (self->name, name);
  gtk_label_set_text (self->state, state);
  gtk_image_set_from_icon_name (self->state_icon, ptl_entry_get_icon (self->entry));
  if (self->state_style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), self->state_style);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), style);
  self->state_style = style;
  gtk_label_set_text (self->review_what, review);
  gtk_widget_set_visible (self->review, *review != '\0');
  gtk_widget_set_visible (self->ignore_button, !ptl_entry_is_ignored (self->entry));
  gtk_widget_set_visible (self->unignore_button, ptl_entry_is_ignored (self->entry));
}

static void
show_facts (PtlEntryPane *self)
{
  g_autoptr (GPtrArray) facts = ptl_entry_dup_facts (self->entry, g_get_real_time () / G_USEC_PER_SEC);

  ptl_fact_rows_show (self->facts, facts);
}

void
ptl_entry_pane_set_entry (PtlEntryPane *self, PtlEntry *entry)
{
  if (!g_set_object (&self->entry, entry) || !entry)
    return;
  show_state (self);
  show_facts (self);
}

PtlEntry *
ptl_entry_pane_get_entry (PtlEntryPane *self)
{
  return self->entry;
}

static void
ptl_entry_pane_dispose (GObject *object)
{
  g_clear_object (&PTL_ENTRY_PANE (object)->entry);
  G_OBJECT_CLASS (ptl_entry_pane_parent_class)->dispose (object);
}

static void
ptl_entry_pane_class_init (PtlEntryPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_entry_pane_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/details/ptl-entry-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, name);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, state);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, review);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, review_what);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, ignore_button);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, unignore_button);
  gtk_widget_class_bind_template_child (widget_class, PtlEntryPane, facts);
}

static void
ptl_entry_pane_init (PtlEntryPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
}
