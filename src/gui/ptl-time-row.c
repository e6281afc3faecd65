/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-time-row.h"

#include "ptl-format.h"
#include "ptl-gui.h"

struct _PtlTimeRow
{
  AdwActionRow parent_instance;
  GtkCalendar *calendar;
  GtkSpinButton *hour;
  GtkSpinButton *minute;
  gint64 time;
  gboolean filling;
};

enum
{
  PROP_0,
  PROP_TIME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (PtlTimeRow, ptl_time_row, ADW_TYPE_ACTION_ROW)

gint64
ptl_time_row_get_time (PtlTimeRow *self)
{
  return self->time;
}

static void
show_time (PtlTimeRow *self)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *time = ptl_format_time (self->time, now);
  g_autofree char *left = self->time > now ? ptl_format_duration (self->time - now) : g_strdup ("–");
  g_autofree char *text = g_strdup_printf ("%s (%s)", time, left);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

static void
take_time (PtlTimeRow *self, gint64 time)
{
  self->time = time;
  show_time (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TIME]);
}

void
ptl_time_row_set_time (PtlTimeRow *self, gint64 time)
{
  g_autoptr (GDateTime) local = g_date_time_new_from_unix_local (time);

  self->filling = TRUE;
  gtk_calendar_select_day (self->calendar, local);
  gtk_spin_button_set_value (self->hour, g_date_time_get_hour (local));
  gtk_spin_button_set_value (self->minute, g_date_time_get_minute (local));
  self->filling = FALSE;
  take_time (self, time);
}

static void
on_chosen (PtlTimeRow *self)
{
  g_autoptr (GDateTime) day = NULL;
  g_autoptr (GDateTime) time = NULL;

  if (self->filling)
    return;
  day = gtk_calendar_get_date (self->calendar);
  time = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                g_date_time_get_day_of_month (day), gtk_spin_button_get_value_as_int (self->hour),
                                gtk_spin_button_get_value_as_int (self->minute), 0);
  /* An hour that the clock skips in spring does not exist. */
  if (time)
    take_time (self, g_date_time_to_unix (time));
}

static gboolean
on_output (GtkSpinButton *spin, gpointer user_data)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
ptl_time_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ptl_time_row_set_time (PTL_TIME_ROW (object), g_value_get_int64 (value));
}

static void
ptl_time_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int64 (value, PTL_TIME_ROW (object)->time);
}

static void
ptl_time_row_class_init (PtlTimeRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_time_row_set_property;
  object_class->get_property = ptl_time_row_get_property;
  props[PROP_TIME] = g_param_spec_int64 ("time", NULL, NULL, 0, G_MAXINT64, 0,
                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/ptl-time-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTimeRow, calendar);
  gtk_widget_class_bind_template_child (widget_class, PtlTimeRow, hour);
  gtk_widget_class_bind_template_child (widget_class, PtlTimeRow, minute);
  gtk_widget_class_bind_template_callback (widget_class, on_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_output);
}

static void
ptl_time_row_init (PtlTimeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
