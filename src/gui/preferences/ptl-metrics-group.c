/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-metrics-group.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"

/* Who steps through the ports is asked for the last one. */
#define PAUSE_MSECONDS 600

struct _PtlMetricsGroup
{
  AdwPreferencesGroup parent_instance;
  AdwActionRow *row;
  GtkSwitch *enabled;
  GtkSpinButton *port;
  PtlClient *client;
  gboolean showing;
  guint pause_id;
};

G_DEFINE_FINAL_TYPE (PtlMetricsGroup, ptl_metrics_group, ADW_TYPE_PREFERENCES_GROUP)

static void
show (PtlMetricsGroup *self)
{
  g_autofree char *words = NULL;
  guint port;

  g_object_get (self->client, "metrics-port", &port, NULL);
  if (port != 0)
    /* Translators: %u is a port number */
    words = g_strdup_printf (_("Programs here can read them at http://127.0.0.1:%u/metrics"), port);
  adw_action_row_set_subtitle (self->row, port != 0 ? words : _("Nobody can read them. Other computers never can."));
  self->showing = TRUE;
  gtk_switch_set_active (self->enabled, port != 0);
  gtk_switch_set_state (self->enabled, port != 0);
  if (port != 0)
    gtk_spin_button_set_value (self->port, port);
  self->showing = FALSE;
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlMetricsGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  gtk_widget_set_sensitive (GTK_WIDGET (self->enabled), TRUE);
  if (!answer)
    ptl_feedback_error_in_preferences (GTK_WIDGET (self), error);
  if (self->client)
    show (self);
}

static void
set (PtlMetricsGroup *self, guint port)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->enabled), FALSE);
  ptl_client_call_async (self->client, "SetMetrics", g_variant_new ("(u)", port), NULL, on_set, g_object_ref (self));
}

/* The switch shows what was asked for; its state follows when it is so. */
static gboolean
on_enabled (PtlMetricsGroup *self, gboolean on)
{
  if (self->showing)
    return FALSE;
  set (self, on ? (guint) gtk_spin_button_get_value_as_int (self->port) : 0);
  return TRUE;
}

static gboolean
on_pause (gpointer user_data)
{
  PtlMetricsGroup *self = user_data;

  self->pause_id = 0;
  set (self, (guint) gtk_spin_button_get_value_as_int (self->port));
  return G_SOURCE_REMOVE;
}

static void
on_port (PtlMetricsGroup *self)
{
  g_clear_handle_id (&self->pause_id, g_source_remove);
  if (!self->showing && self->client && gtk_switch_get_state (self->enabled))
    self->pause_id = g_timeout_add (PAUSE_MSECONDS, on_pause, self);
}

void
ptl_metrics_group_set_client (PtlMetricsGroup *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::metrics-port", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
ptl_metrics_group_dispose (GObject *object)
{
  PtlMetricsGroup *self = PTL_METRICS_GROUP (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_metrics_group_parent_class)->dispose (object);
}

static void
ptl_metrics_group_class_init (PtlMetricsGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_metrics_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/preferences/ptl-metrics-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlMetricsGroup, row);
  gtk_widget_class_bind_template_child (widget_class, PtlMetricsGroup, enabled);
  gtk_widget_class_bind_template_child (widget_class, PtlMetricsGroup, port);
  gtk_widget_class_bind_template_callback (widget_class, on_enabled);
  gtk_widget_class_bind_template_callback (widget_class, on_port);
}

static void
ptl_metrics_group_init (PtlMetricsGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
