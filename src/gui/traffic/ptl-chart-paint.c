/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-chart-paint.h"

#include <glib/gi18n-lib.h>

#define GAP 6
#define SWATCH 14
/* Of the height that is left for both pictures, so much is throughput. */
#define THROUGHPUT_SHARE 0.68
#define TICK_DISTANCE 78 /* pixels between two times at least, about */

typedef struct
{
  GtkWidget *widget;
  const PtlChartData *data;
  cairo_t *cr;
  PangoLayout *layout;
  gboolean rtl;
  int width, height;
  int line;           /* height of a line of text */
  int gutter;         /* width of the labels at the end */
  int top, bottom;    /* of the picture that is being painted */
  double end;         /* of its axis */
  double step;
  GdkRGBA text, in, out, grid;
} Paint;

static void
set_color (Paint *paint, const GdkRGBA *color, double alpha)
{
  cairo_set_source_rgba (paint->cr, color->red, color->green, color->blue, color->alpha * alpha);
}

static int
text_width (Paint *paint, const char *text)
{
  int width;

  pango_layout_set_text (paint->layout, text, -1);
  pango_layout_get_pixel_size (paint->layout, &width, NULL);
  return width;
}

static void
put_text (Paint *paint, const char *text, double x, double y, double alpha)
{
  pango_layout_set_text (paint->layout, text, -1);
  set_color (paint, &paint->text, alpha);
  cairo_move_to (paint->cr, x, y);
  pango_cairo_show_layout (paint->cr, paint->layout);
}

/* Where the picture begins and ends, and a moment in it. */

static double
plot_width (const Paint *paint)
{
  return MAX (paint->width - paint->gutter - GAP, 1);
}

static double
x_of (const Paint *paint, double index)
{
  double x = index / paint->data->n * plot_width (paint);

  return paint->rtl ? paint->width - x : x;
}

static double
y_of (const Paint *paint, double value)
{
  return paint->bottom - value / paint->end * (paint->bottom - paint->top);
}

/* Axes */

static char *
format_value (double value, gboolean rate)
{
  return rate ? ptl_chart_format_rate (value) : g_strdup_printf ("%.0f", value);
}

static void
paint_grid (Paint *paint, gboolean rate)
{
  for (double value = 0; value <= paint->end * (1 + 1e-9); value += paint->step)
    {
      g_autofree char *label = value > 0 ? format_value (value, rate) : g_strdup ("0");
      double y = (int) y_of (paint, value) + 0.5;
      double from = x_of (paint, 0), to = x_of (paint, paint->data->n);
      int width = text_width (paint, label);

      set_color (paint, &paint->grid, value > 0 ? 0.15 : 0.35);
      cairo_set_line_width (paint->cr, 1);
      cairo_move_to (paint->cr, from, y);
      cairo_line_to (paint->cr, to, y);
      cairo_stroke (paint->cr);
      put_text (paint, label, paint->rtl ? paint->gutter - width : paint->width - paint->gutter, y - paint->line / 2.0, 0.7);
    }
}

/* A label below the picture does not get below the labels at its end. */
static double
clamp_to_plot (const Paint *paint, double x, int width)
{
  double least = paint->rtl ? paint->gutter + GAP : 0;

  return CLAMP (x, least, MAX (least + plot_width (paint) - width, least));
}

static void
paint_times (Paint *paint)
{
  g_autoptr (GPtrArray) ticks = ptl_chart_time_ticks (paint->data, (guint) (plot_width (paint) / TICK_DISTANCE));

  for (guint i = 0; i < ticks->len; i++)
    {
      const PtlChartTick *tick = ticks->pdata[i];
      double x = x_of (paint, (double) (tick->at - paint->data->from) / paint->data->width);
      int width = text_width (paint, tick->label);

      set_color (paint, &paint->grid, 0.15);
      cairo_move_to (paint->cr, (int) x + 0.5, paint->bottom);
      cairo_line_to (paint->cr, (int) x + 0.5, paint->bottom + GAP / 2.0);
      cairo_stroke (paint->cr);
      put_text (paint, tick->label, clamp_to_plot (paint, x - width / 2.0, width), paint->bottom + GAP / 2.0, 0.7);
    }
}

/* Lines: each point of the data spans its width, and its value lies in the middle. */

static void
trace (Paint *paint, double (*value) (const PtlChartPoint *))
{
  for (guint i = 0; i < paint->data->n; i++)
    {
      double x = x_of (paint, i + 0.5), y = y_of (paint, value (&paint->data->points[i]));

      if (i == 0)
        cairo_move_to (paint->cr, x, y);
      else
        cairo_line_to (paint->cr, x, y);
    }
}

static void
paint_area (Paint *paint, double (*value) (const PtlChartPoint *), const GdkRGBA *color)
{
  trace (paint, value);
  cairo_line_to (paint->cr, x_of (paint, paint->data->n - 0.5), paint->bottom);
  cairo_line_to (paint->cr, x_of (paint, 0.5), paint->bottom);
  cairo_close_path (paint->cr);
  set_color (paint, color, 0.25);
  cairo_fill (paint->cr);
}

static void
paint_line (Paint *paint, double (*value) (const PtlChartPoint *), const GdkRGBA *color, gboolean dashed)
{
  static const double dashes[] = { 5, 3 };

  trace (paint, value);
  set_color (paint, color, 1);
  cairo_set_line_width (paint->cr, 2);
  cairo_set_line_join (paint->cr, CAIRO_LINE_JOIN_ROUND);
  if (dashed)
    cairo_set_dash (paint->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_stroke (paint->cr);
  cairo_set_dash (paint->cr, NULL, 0, 0);
}

static void
paint_bars (Paint *paint)
{
  double width = plot_width (paint) / paint->data->n;

  set_color (paint, &paint->text, 0.55);
  for (guint i = 0; i < paint->data->n; i++)
    {
      double y = y_of (paint, (double) paint->data->points[i].connections);
      double x = MIN (x_of (paint, i), x_of (paint, i + 1));

      if (paint->data->points[i].connections > 0)
        cairo_rectangle (paint->cr, x, y, MAX (width - 0.6, 0.6), paint->bottom - y);
    }
  cairo_fill (paint->cr);
}

/* Legends */

static double
put_legend (Paint *paint, const char *text, double x, double y, const GdkRGBA *color, gboolean dashed)
{
  static const double dashes[] = { 5, 3 };
  int width = text_width (paint, text);
  double middle = y + paint->line / 2.0;
  double from = paint->rtl ? paint->width - x - SWATCH : x;

  set_color (paint, color, 1);
  cairo_set_line_width (paint->cr, 2);
  if (dashed)
    cairo_set_dash (paint->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_move_to (paint->cr, from, middle);
  cairo_line_to (paint->cr, from + SWATCH, middle);
  cairo_stroke (paint->cr);
  cairo_set_dash (paint->cr, NULL, 0, 0);
  put_text (paint, text, paint->rtl ? from - GAP / 2.0 - width : from + SWATCH + GAP / 2.0, y, 1);
  return x + SWATCH + GAP / 2.0 + width + 2 * GAP;
}

static void
paint_legend (Paint *paint)
{
  /* Translators: a legend of a chart: what comes from those who connect */
  double x = put_legend (paint, C_ ("traffic", "In"), 0, 0, &paint->in, FALSE);

  /* Translators: a legend of a chart: what goes to those who connect */
  put_legend (paint, C_ ("traffic", "Out"), x, 0, &paint->out, TRUE);
}

static void
paint_heading (Paint *paint, const char *text, int y)
{
  int width = text_width (paint, text);

  put_text (paint, text, paint->rtl ? paint->width - width : 0, y, 1);
}

static void
paint_cursor (Paint *paint, guint at, int top)
{
  double x = x_of (paint, at + 0.5);

  set_color (paint, &paint->text, 0.8);
  cairo_set_line_width (paint->cr, 1);
  cairo_move_to (paint->cr, (int) x + 0.5, top);
  cairo_line_to (paint->cr, (int) x + 0.5, paint->bottom);
  cairo_stroke (paint->cr);
}

/* All of it */

static void
look_up (Paint *paint, const char *name, GdkRGBA *color)
{
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (paint->widget), name, color))
    *color = paint->text;
}

/* Labels differ in width: the widest one makes room for all, so that both pictures have the same moments above one
 * another. */
static int
measure_gutter (Paint *paint)
{
  double max = ptl_chart_data_max_rate (paint->data);
  double step = ptl_chart_tick_step (max, 3, TRUE);
  int widest = text_width (paint, "0");

  for (double value = step; value <= ptl_chart_axis_end (max, step) * (1 + 1e-9); value += step)
    {
      g_autofree char *label = ptl_chart_format_rate (value);

      widest = MAX (widest, text_width (paint, label));
    }
  return widest;
}

static void
set_up (Paint *paint)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  paint->rtl = gtk_widget_get_direction (paint->widget) == GTK_TEXT_DIR_RTL;
  paint->layout = gtk_widget_create_pango_layout (paint->widget, "0");
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_attr_list_insert (attributes, pango_attr_scale_new (0.82));
  pango_layout_set_attributes (paint->layout, attributes);
  pango_layout_get_pixel_size (paint->layout, NULL, &paint->line);
  gtk_style_context_get_color (gtk_widget_get_style_context (paint->widget), &paint->text);
  paint->grid = paint->text;
  look_up (paint, "accent_color", &paint->in);
  look_up (paint, "traffic_out_color", &paint->out);
  paint->gutter = measure_gutter (paint);
}

static void
set_axis (Paint *paint, double max, guint n_ticks, int top, int bottom)
{
  paint->top = top;
  paint->bottom = bottom;
  paint->step = ptl_chart_tick_step (max, n_ticks, TRUE);
  paint->end = ptl_chart_axis_end (max, paint->step);
}

static void
paint_throughput (Paint *paint, int bottom)
{
  set_axis (paint, ptl_chart_data_max_rate (paint->data), 3, paint->line + GAP, bottom);
  paint_grid (paint, TRUE);
  paint_area (paint, ptl_chart_point_rate_in, &paint->in);
  paint_line (paint, ptl_chart_point_rate_in, &paint->in, FALSE);
  paint_line (paint, ptl_chart_point_rate_out, &paint->out, TRUE);
}

static void
paint_all (Paint *paint, guint at)
{
  int room = paint->height - 3 * paint->line - 5 * GAP;
  int bottom = paint->line + GAP + (int) (MAX (room, 0) * THROUGHPUT_SHARE);
  int heading = bottom + 2 * GAP;

  paint_legend (paint);
  paint_throughput (paint, bottom);
  paint_heading (paint, _("Connections"), heading);
  set_axis (paint, (double) ptl_chart_data_max_connections (paint->data), 2, heading + paint->line + GAP,
            paint->height - paint->line - GAP);
  paint_grid (paint, FALSE);
  paint_bars (paint);
  paint_times (paint);
  if (at < paint->data->n)
    paint_cursor (paint, at, paint->line + GAP);
}

void
ptl_chart_paint (GtkWidget *widget, GtkSnapshot *snapshot, const PtlChartData *data, int width, int height, guint at)
{
  Paint paint = { .widget = widget, .data = data, .width = width, .height = height };

  paint.cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  set_up (&paint);
  paint_all (&paint, at);
  g_object_unref (paint.layout);
  cairo_destroy (paint.cr);
}

guint
ptl_chart_find_point (GtkWidget *widget, const PtlChartData *data, int width, double x)
{
  Paint paint = { .widget = widget, .data = data, .width = width };
  double place;

  set_up (&paint);
  g_object_unref (paint.layout);
  place = (paint.rtl ? width - x : x) / plot_width (&paint) * data->n;
  return place >= 0 && place < data->n ? (guint) place : PTL_CHART_NO_POINT;
}
