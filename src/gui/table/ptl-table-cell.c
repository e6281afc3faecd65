/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-table-cell.h"

#include "gui/ptl-ticker.h"
#include "ptl-table-private.h"

#define ICON_SIZE 16
#define ICON_SPACING 6

/* GTK keeps some 200 rows ready beside those seen, so that what one costs counts: the text is drawn by the
 * cell itself, laid out only when it is seen. */
struct _PtlTableCell
{
  GtkWidget parent_instance;
  const PtlTableSpec *spec;
  const PtlColumn *column;
  GtkListItem *list_item; /* not owned: it owns us */
  gpointer item;
  gulong changed_id;
  GtkImage *icon; /* NULL where the column has none */
  GtkWidget *picture; /* made when there first is something to be seen */
  char *text;
  const char *style;
  gboolean ticking;
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

static guint on_tick (GtkWidget *widget, gint64 now);

static gboolean
has_picture (PtlTableCell *self)
{
  return self->picture && gtk_widget_get_visible (self->picture);
}

static void
show_picture (PtlTableCell *self)
{
  gboolean seen = has_picture (self);
  GtkWidget *picture = self->column->show_picture (self->item, self->picture);

  if (picture && !self->picture)
    {
      self->picture = picture;
      gtk_widget_set_parent (picture, GTK_WIDGET (self));
    }
  else if (self->picture && seen != (picture != NULL))
    gtk_widget_set_visible (self->picture, picture != NULL);
  if (picture && !self->ticking)
    {
      self->ticking = TRUE;
      ptl_ticker_watch (GTK_WIDGET (self), on_tick);
    }
}

static void
update (PtlTableCell *self)
{
  g_autofree char *text = self->column->dup_text (self->item);

  if (g_strcmp0 (text, self->text) != 0)
    {
      g_free (self->text);
      self->text = g_steal_pointer (&text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->text, -1);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->icon)
    show_icon (self);
  if (self->column->show_picture)
    show_picture (self);
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
  if (self->column->next_change)
    return self->column->next_change (self->item, now);
  return has_picture (self) ? 1 : 0;
}

void
ptl_table_cell_bind (PtlTableCell *self)
{
  self->item = g_object_ref (gtk_list_item_get_item (self->list_item));
  self->changed_id = ptl_table_follow (self->item, G_CALLBACK (update), self);
  self->ticking = self->column->next_change != NULL;
  update (self);
  if (self->column->next_change)
    ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

void
ptl_table_cell_unbind (PtlTableCell *self)
{
  if (!self->item)
    return;
  if (self->ticking)
    ptl_ticker_unwatch (GTK_WIDGET (self));
  self->ticking = FALSE;
  g_clear_signal_handler (&self->changed_id, self->item);
  g_clear_object (&self->item);
}

GtkListItem *
ptl_table_cell_get_list_item (PtlTableCell *self)
{
  return self->list_item;
}

static int
picture_width (PtlTableCell *self)
{
  int width = 0;

  if (has_picture (self))
    gtk_widget_measure (self->picture, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width > 0 ? width + ICON_SPACING : 0;
}

/* Of what stands before the text. */
static int
icon_width (PtlTableCell *self)
{
  return (self->icon ? ICON_SIZE + ICON_SPACING : 0) + picture_width (self);
}

/* What the picture gives up, at its old end, so that a text of @width can be read whole: a number
 * without its unit says nothing. */
static int
cut_of (PtlTableCell *self, int width)
{
  int room = gtk_widget_get_width (GTK_WIDGET (self)) - icon_width (self);

  return CLAMP (width - room, 0, picture_width (self));
}

static PangoLayout *
make_layout (PtlTableCell *self)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->text ? self->text : "");

  if (self->column->numeric)
    {
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
      pango_layout_set_attributes (layout, attributes);
    }
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

/* Whoever points at a text that is cut off gets to read it whole. */
static gboolean
ptl_table_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PtlTableCell *self = PTL_TABLE_CELL (widget);
  g_autoptr (PangoLayout) layout = make_layout (self);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  if (width + icon_width (self) - cut_of (self, width) <= gtk_widget_get_width (widget))
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->text);
  return TRUE;
}

typedef struct
{
  PangoFontDescription *font;
  int char_width, height; /* Pango units */
} Metrics;

/* All cells have the same font, mostly. */
static const Metrics *
get_metrics (GtkWidget *widget)
{
  static Metrics metrics;
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  PangoFontMetrics *fresh;

  if (metrics.font && pango_font_description_equal (metrics.font, font))
    return &metrics;
  g_clear_pointer (&metrics.font, pango_font_description_free);
  metrics.font = pango_font_description_copy (font);
  fresh = pango_context_get_metrics (context, NULL, NULL);
  metrics.char_width = MAX (pango_font_metrics_get_approximate_char_width (fresh),
                            pango_font_metrics_get_approximate_digit_width (fresh));
  metrics.height = pango_font_metrics_get_height (fresh);
  pango_font_metrics_unref (fresh);
  return &metrics;
}

static void
ptl_table_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                        int *minimum_baseline, int *natural_baseline)
{
  PtlTableCell *self = PTL_TABLE_CELL (widget);
  const Metrics *metrics = get_metrics (widget);
  int chars = (int) self->column->min_chars;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = MAX (PANGO_PIXELS_CEIL (metrics->height), self->icon ? ICON_SIZE : 0);
      return;
    }
  /* A picture comes and goes: it takes of the text's room, so that the column keeps its width. */
  *minimum = PANGO_PIXELS_CEIL (chars * metrics->char_width) + (self->icon ? ICON_SIZE + ICON_SPACING : 0);
  chars = MAX (chars, (int) self->column->nat_chars);
  *natural = PANGO_PIXELS_CEIL (chars * metrics->char_width) + (self->icon ? ICON_SIZE + ICON_SPACING : 0);
}

static gboolean
is_rtl (PtlTableCell *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static void
allocate_picture (PtlTableCell *self, int width, int height)
{
  int least, tall;

  gtk_widget_measure (self->picture, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_measure (self->picture, GTK_ORIENTATION_VERTICAL, least, &tall, NULL, NULL, NULL);
  gtk_widget_size_allocate (self->picture,
                            &(GtkAllocation) { is_rtl (self) ? width - least : 0, (height - tall) / 2, least, tall }, -1);
}

static void
ptl_table_cell_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PtlTableCell *self = PTL_TABLE_CELL (widget);
  int least;

  if (has_picture (self))
    allocate_picture (self, width, height);
  if (!self->icon)
    return;
  /* GTK wants to be asked before it is told. */
  gtk_widget_measure (GTK_WIDGET (self->icon), GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_size_allocate (GTK_WIDGET (self->icon),
                            &(GtkAllocation) { is_rtl (self) ? width - least : 0, 0, least, height }, -1);
}

static void
snapshot_children (GtkWidget *widget, GtkSnapshot *snapshot, int cut)
{
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (is_rtl (PTL_TABLE_CELL (widget)) ? cut
                                                                                          : -cut),
                                                0));
  GTK_WIDGET_CLASS (ptl_table_cell_parent_class)->snapshot (widget, snapshot);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
ptl_table_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PtlTableCell *self = PTL_TABLE_CELL (widget);
  g_autoptr (PangoLayout) layout = make_layout (self);
  int before = icon_width (self), natural, cut, height;

  pango_layout_get_pixel_size (layout, &natural, NULL);
  cut = cut_of (self, natural);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout,
                          MAX (gtk_widget_get_width (widget) - before + cut, 0) * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_render_layout (snapshot, gtk_widget_get_style_context (widget),
                              is_rtl (self) ? 0 : before - cut,
                              (gtk_widget_get_height (widget) - height) / 2, layout);
  snapshot_children (widget, snapshot, cut);
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
      gtk_widget_set_parent (GTK_WIDGET (self->icon), GTK_WIDGET (self));
    }
  return GTK_WIDGET (self);
}

static void
ptl_table_cell_dispose (GObject *object)
{
  PtlTableCell *self = PTL_TABLE_CELL (object);

  ptl_table_cell_unbind (self);
  g_clear_pointer ((GtkWidget **) &self->icon, gtk_widget_unparent);
  g_clear_pointer (&self->picture, gtk_widget_unparent);
  g_clear_pointer (&self->text, g_free);
  G_OBJECT_CLASS (ptl_table_cell_parent_class)->dispose (object);
}

static void
ptl_table_cell_class_init (PtlTableCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_table_cell_dispose;
  widget_class->measure = ptl_table_cell_measure;
  widget_class->size_allocate = ptl_table_cell_size_allocate;
  widget_class->snapshot = ptl_table_cell_snapshot;
  widget_class->query_tooltip = ptl_table_cell_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "tablecell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
ptl_table_cell_init (PtlTableCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
