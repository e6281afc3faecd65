/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-fact-row.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-gui.h"

struct _PtlFactRow
{
  GtkListBoxRow parent_instance;
  GtkLabel *title;
  GtkLabel *value;
  GtkButton *copy;
};

G_DEFINE_FINAL_TYPE (PtlFactRow, ptl_fact_row, GTK_TYPE_LIST_BOX_ROW)

GtkWidget *
ptl_fact_row_new (void)
{
  return g_object_new (PTL_TYPE_FACT_ROW, NULL);
}

static void
set_copy (PtlFactRow *self, const PtlFact *fact)
{
  /* Translators: a button that copies a fact of a rule; %s is its title, as in "Copy: Public Endpoint" */
  g_autofree char *label = g_strdup_printf (_("Copy: %s"), fact->title);

  /* What can be selected is a stop of the Tab key: only where it is worth one. */
  gtk_label_set_selectable (self->value, fact->action != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->copy), fact->action != NULL);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->copy), fact->action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
ptl_fact_row_set_fact (PtlFactRow *self, const PtlFact *fact)
{
  g_autofree char *spoken = g_strdup_printf ("%s: %s", fact->title, fact->value);

  gtk_label_set_text (self->title, fact->title);
  /* Setting the same text anew would take a selection away. */
  if (g_strcmp0 (gtk_label_get_text (self->value), fact->value) != 0)
    gtk_label_set_text (self->value, fact->value);
  set_copy (self, fact);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

void
ptl_fact_rows_show (GtkListBox *list, GPtrArray *facts)
{
  GtkListBoxRow *row;

  for (guint i = 0; i < facts->len; i++)
    {
      row = gtk_list_box_get_row_at_index (list, (int) i);
      if (!row)
        {
          row = GTK_LIST_BOX_ROW (ptl_fact_row_new ());
          gtk_list_box_append (list, GTK_WIDGET (row));
        }
      ptl_fact_row_set_fact (PTL_FACT_ROW (row), facts->pdata[i]);
    }
  while ((row = gtk_list_box_get_row_at_index (list, (int) facts->len)))
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static void
ptl_fact_row_class_init (PtlFactRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/details/ptl-fact-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlFactRow, title);
  gtk_widget_class_bind_template_child (widget_class, PtlFactRow, value);
  gtk_widget_class_bind_template_child (widget_class, PtlFactRow, copy);
}

static void
ptl_fact_row_init (PtlFactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
