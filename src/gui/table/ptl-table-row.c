/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table-row.h"

#include "gui/ptl-ticker.h"
#include "ptl-table-private.h"

struct _PtlTableRow
{
  GtkWidget parent_instance;
  const PtlTableSpec *spec;
  const PtlColumn *icon_column;    /* nullable */
  const PtlColumn *picture_column; /* nullable */
  GtkListItem *list_item; /* not owned: it owns us */
  gpointer item;
  gulong changed_id;
  GtkImage *icon;
  GtkWidget *lines;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkBox *end;
  GtkLabel *trailing;
  GtkWidget *picture; /* made when there first is something to be seen */
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

/* Whether there is something to be seen. */
static gboolean
show_picture (PtlTableRow *self)
{
  GtkWidget *picture;

  if (!self->picture_column)
    return FALSE;
  picture = self->picture_column->show_picture (self->item, self->picture);
  if (picture && !self->picture)
    {
      self->picture = picture;
      gtk_widget_set_halign (picture, GTK_ALIGN_END);
      gtk_box_append (self->end, picture);
    }
  if (self->picture)
    gtk_widget_set_visible (self->picture, picture != NULL);
  return picture != NULL;
}

static guint on_tick (GtkWidget *widget, gint64 now);

static void
update (PtlTableRow *self)
{
  gboolean moved = self->picture && gtk_widget_get_visible (self->picture);

  take_text (self->title, self->spec->dup_title (self->item));
  take_text (self->subtitle, self->spec->dup_subtitle (self->item));
  take_text (self->trailing,
             self->spec->dup_trailing ? self->spec->dup_trailing (self->item) : g_strdup (""));
  show_icon (self);
  if (show_picture (self) && !moved)
    ptl_ticker_watch (GTK_WIDGET (self), on_tick);
  ptl_table_describe_row (GTK_WIDGET (self), self->spec, self->item);
}

static guint
on_tick (GtkWidget *widget, gint64 now)
{
  PtlTableRow *self = PTL_TABLE_ROW (widget);

  if (!self->item)
    return 0;
  if (self->spec->dup_trailing)
    take_text (self->trailing, self->spec->dup_trailing (self->item));
  if (show_picture (self))
    return 1;
  return self->spec->next_change ? self->spec->next_change (self->item, now) : 0;
}

void
ptl_table_row_bind (PtlTableRow *self)
{
  self->item = g_object_ref (gtk_list_item_get_item (self->list_item));
  self->changed_id = ptl_table_follow (self->item, G_CALLBACK (update), self);
  update (self);
  if (self->spec->next_change || self->picture_column)
    ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

void
ptl_table_row_unbind (PtlTableRow *self)
{
  if (!self->item)
    return;
  if (self->spec->next_change || self->picture_column)
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
  for (guint i = 0; i < spec->n_columns; i++)
    {
      const PtlColumn *column = &spec->columns[i];

      if (column->get_icon && !self->icon_column)
        self->icon_column = column;
      if (column->show_picture && !self->picture_column)
        self->picture_column = column;
    }
  return GTK_WIDGET (self);
}

static void
ptl_table_row_dispose (GObject *object)
{
  PtlTableRow *self = PTL_TABLE_ROW (object);

  ptl_table_row_unbind (self);
  g_clear_pointer ((GtkWidget **) &self->icon, gtk_widget_unparent);
  g_clear_pointer (&self->lines, gtk_widget_unparent);
  g_clear_pointer ((GtkWidget **) &self->end, gtk_widget_unparent);
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
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, end);
  gtk_widget_class_bind_template_child (widget_class, PtlTableRow, trailing);
}

static void
ptl_table_row_init (PtlTableRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
