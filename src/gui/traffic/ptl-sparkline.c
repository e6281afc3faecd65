/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-sparkline.h"

#include "gui/ptl-ticker.h"

#define LEAST_HEIGHT 14

struct _PtlSparkline
{
  GtkWidget parent_instance;
  PtlRuleItem *item;
};

G_DEFINE_FINAL_TYPE (PtlSparkline, ptl_sparkline, GTK_TYPE_WIDGET)

static guint
on_tick (GtkWidget *widget, gint64 now)
{
  PtlSparkline *self = PTL_SPARKLINE (widget);

  if (!self->item)
    return 0;
  gtk_widget_queue_draw (widget);
  return ptl_throughput_is_alive (ptl_throughput_of (self->item), g_get_monotonic_time ()) ? 1 : 0;
}

void
ptl_sparkline_set_item (PtlSparkline *self, PtlRuleItem *item)
{
  if (!item && self->item)
    ptl_ticker_unwatch (GTK_WIDGET (self));
  g_set_object (&self->item, item);
  if (item)
    ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

static void
ptl_sparkline_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                       int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? PTL_THROUGHPUT_SECONDS : LEAST_HEIGHT;
}

static void
draw_bar (GtkWidget *widget, GtkSnapshot *snapshot, guint index, float height, const GdkRGBA *color)
{
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float x = (float) (rtl ? PTL_THROUGHPUT_SECONDS - 1 - index : index);
  float bottom = (float) gtk_widget_get_height (widget);

  gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, bottom - height, 1, height));
}

static void
ptl_sparkline_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PtlSparkline *self = PTL_SPARKLINE (widget);
  float rates[PTL_THROUGHPUT_SECONDS];
  float height = (float) gtk_widget_get_height (widget);
  GdkRGBA color;
  double max;

  if (!self->item)
    return;
  max = ptl_throughput_read (ptl_throughput_of (self->item), g_get_monotonic_time (), rates);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  for (guint i = 0; max > 0 && i < PTL_THROUGHPUT_SECONDS; i++)
    if (rates[i] > 0)
      draw_bar (widget, snapshot, i, MAX (rates[i] / (float) max * height, 1), &color);
}

static void
ptl_sparkline_dispose (GObject *object)
{
  g_clear_object (&PTL_SPARKLINE (object)->item);
  G_OBJECT_CLASS (ptl_sparkline_parent_class)->dispose (object);
}

static void
ptl_sparkline_class_init (PtlSparklineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_sparkline_dispose;
  widget_class->measure = ptl_sparkline_measure;
  widget_class->snapshot = ptl_sparkline_snapshot;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ptl_sparkline_init (PtlSparkline *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
ptl_sparkline_new (void)
{
  return g_object_new (PTL_TYPE_SPARKLINE, NULL);
}
