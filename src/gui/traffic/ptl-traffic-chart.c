/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-traffic-chart.h"

#include <glib/gi18n-lib.h>

#include "ptl-chart-paint.h"

#define PICTURE_HEIGHT 200
#define PICTURE_MIN_WIDTH 200
#define GAP 6

struct _PtlTrafficChart
{
  GtkWidget parent_instance;
  GtkWidget *words; /* below the picture */
  PtlChartData *data;
  guint at;
};

G_DEFINE_FINAL_TYPE (PtlTrafficChart, ptl_traffic_chart, GTK_TYPE_WIDGET)

static void
show_words (PtlTrafficChart *self)
{
  g_autofree char *words = NULL;

  if (!self->data)
    words = g_strdup ("");
  else if (self->at < self->data->n)
    words = ptl_chart_describe_point (self->data, self->at);
  else
    words = ptl_chart_summarize (self->data);
  gtk_label_set_text (GTK_LABEL (self->words), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ptl_traffic_chart_set_data (PtlTrafficChart *self, PtlChartData *data)
{
  gboolean same = data && self->data && data->range == self->data->range;

  ptl_chart_data_free (self->data);
  self->data = data;
  if (!same)
    self->at = PTL_CHART_NO_POINT;
  show_words (self);
}

static void
point_at (PtlTrafficChart *self, guint at)
{
  if (at == self->at)
    return;
  self->at = at;
  show_words (self);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PtlTrafficChart *self)
{
  if (self->data && y < PICTURE_HEIGHT)
    point_at (self, ptl_chart_find_point (GTK_WIDGET (self), self->data, gtk_widget_get_width (GTK_WIDGET (self)), x));
  else
    point_at (self, PTL_CHART_NO_POINT);
}

static void
on_leave (PtlTrafficChart *self)
{
  point_at (self, PTL_CHART_NO_POINT);
}

static gboolean
go_to (PtlTrafficChart *self, int at)
{
  if (!self->data)
    return FALSE;
  point_at (self, (guint) CLAMP (at, 0, (int) self->data->n - 1));
  return TRUE;
}

/* @by: points towards the present. The first key begins at the present one. */
static gboolean
step (PtlTrafficChart *self, int by)
{
  return go_to (self, self->at == PTL_CHART_NO_POINT ? G_MAXINT : (int) self->at + by);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, PtlTrafficChart *self)
{
  int forward = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL ? -1 : 1;

  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return step (self, -forward);
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return step (self, forward);
    case GDK_KEY_Home:
      return go_to (self, 0);
    case GDK_KEY_End:
      return go_to (self, G_MAXINT);
    case GDK_KEY_Escape:
      if (self->at == PTL_CHART_NO_POINT)
        return FALSE;
      point_at (self, PTL_CHART_NO_POINT);
      return TRUE;
    default:
      return FALSE;
    }
}

static GtkSizeRequestMode
ptl_traffic_chart_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ptl_traffic_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  PtlTrafficChart *self = PTL_TRAFFIC_CHART (widget);

  gtk_widget_measure (self->words, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MAX (*minimum, PICTURE_MIN_WIDTH);
      *natural = MAX (*natural, PICTURE_MIN_WIDTH);
      return;
    }
  *minimum += PICTURE_HEIGHT + GAP;
  *natural += PICTURE_HEIGHT + GAP;
}

static void
ptl_traffic_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PtlTrafficChart *self = PTL_TRAFFIC_CHART (widget);

  gtk_widget_size_allocate (self->words,
                            &(GtkAllocation) { 0, PICTURE_HEIGHT + GAP, width, height - PICTURE_HEIGHT - GAP }, -1);
}

static void
ptl_traffic_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PtlTrafficChart *self = PTL_TRAFFIC_CHART (widget);

  if (self->data)
    ptl_chart_paint (widget, snapshot, self->data, gtk_widget_get_width (widget), PICTURE_HEIGHT, self->at);
  GTK_WIDGET_CLASS (ptl_traffic_chart_parent_class)->snapshot (widget, snapshot);
}

static void
ptl_traffic_chart_dispose (GObject *object)
{
  PtlTrafficChart *self = PTL_TRAFFIC_CHART (object);

  g_clear_pointer (&self->words, gtk_widget_unparent);
  g_clear_pointer (&self->data, ptl_chart_data_free);
  G_OBJECT_CLASS (ptl_traffic_chart_parent_class)->dispose (object);
}

static void
ptl_traffic_chart_class_init (PtlTrafficChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_traffic_chart_dispose;
  widget_class->get_request_mode = ptl_traffic_chart_get_request_mode;
  widget_class->measure = ptl_traffic_chart_measure;
  widget_class->size_allocate = ptl_traffic_chart_size_allocate;
  widget_class->snapshot = ptl_traffic_chart_snapshot;
  gtk_widget_class_set_css_name (widget_class, "trafficchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
add_controllers (PtlTrafficChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
ptl_traffic_chart_init (PtlTrafficChart *self)
{
  self->at = PTL_CHART_NO_POINT;
  self->words = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->words), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->words), 0);
  gtk_widget_set_valign (self->words, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->words, "caption");
  gtk_widget_add_css_class (self->words, "numeric");
  gtk_widget_set_parent (self->words, GTK_WIDGET (self));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Chart of the traffic"), -1);
  add_controllers (self);
}
