/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table-cell.h"

#include "gui/ptl-ticker.h"
#include "ptl-table-private.h"

struct _PtlTableCell
{
  GtkWidget parent_instance;
  const PtlTableSpec *spec;
  const PtlColumn *column;
  GtkListItem *list_item; /* not owned: it owns us */
  gpointer item;
  gulong changed_id;
  GtkImage *icon;
  GtkInscription *text;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlTableCell, ptl_table_cell, GTK_TYPE_WIDGET)

static void
show_icon (PtlTableCell *self)
{
  const char *style = self->column->get_style ? self->column->get_style (self->item) : NULL;

  gtk_image_set_from_icon_name (self->icon, self->column->get_icon (self->item));
  if (style == self->style)
    return;
  if (self->style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
  if (style)
    gtk_widget_add_css_class (GTK_WIDGET (self->icon), style);
  self->style = style;
}

static void
update (PtlTableCell *self)
{
  g_autofree char *text = self->column->dup_text (self->item);

  if (g_strcmp0 (text, gtk_inscription_get_text (self->text)) != 0)
    {
      gtk_inscription_set_text (self->text, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
    }
  if (self->icon)
    show_icon (self);
  if (self->column == &self->spec->columns[0])
    ptl_table_describe_row (GTK_WIDGET (self), self->spec, self->item);
}

static guint
on_tick (GtkWidget *widget, gint64 now)
{
  PtlTableCell *self = PTL_TABLE_CELL (widget);

  if (!self->item)
    return 0;
  update (self);
  return self->column->next_change (self->item, now);
}

void
ptl_table_cell_bind (PtlTableCell *self)
{
  self->item = g_object_ref (gtk_list_item_get_item (self->list_item));
  self->changed_id = ptl_table_follow (self->item, G_CALLBACK (update), self);
  update (self);
  if (self->column->next_change)
    ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

void
ptl_table_cell_unbind (PtlTableCell *self)
{
  if (!self->item)
    return;
  if (self->column->next_change)
    ptl_ticker_unwatch (GTK_WIDGET (self));
  g_clear_signal_handler (&self->changed_id, self->item);
  g_clear_object (&self->item);
}

GtkListItem *
ptl_table_cell_get_list_item (PtlTableCell *self)
{
  return self->list_item;
}

/* Whoever points at a text that is cut off gets to read it whole. */
static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer user_data)
{
  PtlTableCell *self = PTL_TABLE_CELL (widget);
  const char *text = gtk_inscription_get_text (self->text);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->text), text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (width <= gtk_widget_get_width (GTK_WIDGET (self->text)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

GtkWidget *
ptl_table_cell_new (const PtlTableSpec *spec, const PtlColumn *column, GtkListItem *list_item)
{
  PtlTableCell *self = g_object_new (PTL_TYPE_TABLE_CELL, NULL);

  self->spec = spec;
  self->column = column;
  self->list_item = list_item;
  if (column->get_icon)
    {
      self->icon = GTK_IMAGE (gtk_image_new ());
      gtk_widget_insert_before (GTK_WIDGET (self->icon), GTK_WIDGET (self), GTK_WIDGET (self->text));
    }
  gtk_inscription_set_min_chars (self->text, column->min_chars);
  gtk_inscription_set_nat_chars (self->text, MAX (column->nat_chars, column->min_chars));
  if (column->numeric)
    gtk_widget_add_css_class (GTK_WIDGET (self->text), "numeric");
  return GTK_WIDGET (self);
}

static void
ptl_table_cell_dispose (GObject *object)
{
  PtlTableCell *self = PTL_TABLE_CELL (object);

  ptl_table_cell_unbind (self);
  g_clear_pointer ((GtkWidget **) &self->icon, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->text, gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_table_cell_parent_class)->dispose (object);
}

static void
ptl_table_cell_class_init (PtlTableCellClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_table_cell_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tablecell");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
ptl_table_cell_init (PtlTableCell *self)
{
  self->text = GTK_INSCRIPTION (gtk_inscription_new (NULL));
  gtk_inscription_set_text_overflow (self->text, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_lines (self->text, 1);
  gtk_inscription_set_nat_lines (self->text, 1);
  gtk_inscription_set_yalign (self->text, 0.5);
  gtk_widget_set_hexpand (GTK_WIDGET (self->text), TRUE);
  gtk_widget_set_parent (GTK_WIDGET (self->text), GTK_WIDGET (self));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}
