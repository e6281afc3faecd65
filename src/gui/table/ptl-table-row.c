/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table-row.h"

#include "gui/ptl-ticker.h"
#include "ptl-table-private.h"

struct _PtlTableRow
{
  GtkWidget parent_instance;
  const PtlTableSpec *spec;
  const PtlColumn *icon_column;
  GtkListItem *list_item; /* not owned: it owns us */
  gpointer item;
  gulong changed_id;
  GtkImage *icon;
  GtkWidget *lines;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkLabel *trailing;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlTableRow, ptl_table_row, GTK_TYPE_WIDGET)

static void
show_icon (PtlTableRow *self)
{
  const PtlColumn *column = self->icon_column;
  const char *style = column && column->get_style ? column->get_style (self->item) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->icon), column != NULL);
  if (!column)
    return;
  gtk_image_set_from_icon_name (self->icon, column->get_icon (self->item));
  if (self->style && self->style != style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
  if (style && self->style != style)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  self->style = style;
}

static void
take_text (GtkLabel *label, char *text)
{
  gtk_label_set_text (label, text);
  g_free (text);
}

static void
update (PtlTableRow *self)
{
  take_text (self->title, self->spec->dup_title (self->item));
  take_text (self->subtitle, self->spec->dup_subtitle (self->item));
  take_text (self->trailing,
             self->spec->dup_trailing ? self->spec->dup_trailing (self->item) : g_strdup (""));
  show_icon (self);
  ptl_table_describe_row (GTK_WIDGET (self), self->spec, self->item);
}

static guint
on_tick (GtkWidget *widget, gint64 now)
{
  PtlTableRow *self = PTL_TABLE_ROW (widget);

  if (!self->item)
    return 0;
  take_text (self->trailing, self->spec->dup_trailing (self->item));
  return self->spec->next_change (self->item, now);
}

void
ptl_table_row_bind (PtlTableRow *self)
{
  self->item = g_object_ref (gtk_list_item_get_item (self->list_item));
  self->changed_id = ptl_table_follow (self->item, G_CALLBACK (update), self);
  update (self);
  if (self->spec->next_change)
    ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

void
ptl_table_row_unbind (PtlTableRow *self)
{
  if (!self->item)
    return;
  if (self->spec->next_change)
    ptl_ticker_unwatch (GTK_WIDGET (self));
  g_clear_signal_handler (&self->changed_id, self->item);
  g_clear_object (&self->item);
}

GtkListItem *
ptl_table_row_get_list_item (PtlTableRow *self)
{
  return self->list_item;
}

GtkWidget *
ptl_table_row_new (const PtlTableSpec *spec, GtkListItem *list_item)
{
  PtlTableRow *self = g_object_new (PTL_TYPE_TABLE_ROW, NULL);

  self->spec = spec;
  self->list_item = list_item;
  for (guint i = 0; i < spec->n_columns && !self->icon_column; i++)
    if (spec->columns[i].get_icon)
      self->icon_column = &spec->columns[i];
  return GTK_WIDGET (self);
}

static void
ptl_table_row_dispose (GObject *object)
{
  PtlTableRow *self = PTL_TABLE_ROW (object);

  ptl_table_row_unbind (self);
  g_clear_pointer ((GtkWidget **) &self->icon, gtk_widget_unparent);
  g_clear_pointer (&self->lines, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->trailing, gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_table_row_parent_class)->dispose (object);
}

static void
ptl_table_row_class_init (PtlTableRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_table_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/table/ptl-table-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, lines);
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, title);
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, trailing);
}

static void
ptl_table_row_init (PtlTableRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
