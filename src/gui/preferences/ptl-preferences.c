/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-preferences.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-format.h"
#include "gui/ptl-gui.h"
#include "ptl-autostart.h"
#include "ptl-check-preferences.h"
#include "ptl-exposure-preferences.h"
#include "ptl-metrics-group.h"

struct _PtlPreferences
{
  AdwPreferencesWindow parent_instance;
  AdwPreferencesGroup *new_rules;
  AdwEntryRow *owner;
  AdwComboRow *duration;
  GtkSwitch *notices;
  GtkSwitch *foreign;
  GtkSwitch *reports;
  GtkSwitch *login;
  PtlCheckPreferences *check;
  PtlExposurePreferences *exposure;
  PtlMetricsGroup *metrics;
  GSettings *settings;
  GArray *durations; /* guint seconds, as the combo row lists them */
  gboolean setting_login;
};

G_DEFINE_FINAL_TYPE (PtlPreferences, ptl_preferences, ADW_TYPE_PREFERENCES_WINDOW)

static const guint usual_durations[] = { 1800, 3600, 3 * 3600, 8 * 3600, 86400, 7 * 86400 };

static int
compare_durations (gconstpointer a, gconstpointer b)
{
  const guint *left = a, *right = b;

  return (*left > *right) - (*left < *right);
}

/* The setting may hold a time of its own: then it is listed too. */
static void
list_durations (PtlPreferences *self, guint present)
{
  g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
  gboolean listed = FALSE;

  g_array_append_vals (self->durations, usual_durations, G_N_ELEMENTS (usual_durations));
  for (guint i = 0; i < G_N_ELEMENTS (usual_durations); i++)
    listed |= usual_durations[i] == present;
  if (!listed)
    g_array_append_val (self->durations, present);
  g_array_sort (self->durations, compare_durations);
  for (guint i = 0; i < self->durations->len; i++)
    gtk_string_list_take (words, ptl_format_duration_long (g_array_index (self->durations, guint, i)));
  adw_combo_row_set_model (self->duration, G_LIST_MODEL (words));
}

static void
show_duration (PtlPreferences *self)
{
  guint present = g_settings_get_uint (self->settings, "default-duration");

  list_durations (self, present);
  for (guint i = 0; i < self->durations->len; i++)
    if (g_array_index (self->durations, guint, i) == present)
      adw_combo_row_set_selected (self->duration, i);
}

static void
on_duration (PtlPreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->duration);

  if (self->settings && selected < self->durations->len
      && gtk_widget_get_mapped (GTK_WIDGET (self->duration)))
    g_settings_set_uint (self->settings, "default-duration", g_array_index (self->durations, guint, selected));
}

static void
describe_owner (PtlPreferences *self)
{
  /* Translators: %s is the name that a person logs in by */
  g_autofree char *text = g_strdup_printf (_("What is filled in at first; it can be changed each time. Without an owner here, it is %s."),
                                           g_get_user_name ());
  /* A group's description is markup. */
  g_autofree char *safe = g_markup_escape_text (text, -1);

  adw_preferences_group_set_description (self->new_rules, safe);
}

static void
show_login (PtlPreferences *self, gboolean on)
{
  self->setting_login = TRUE;
  gtk_switch_set_active (self->login, on);
  gtk_switch_set_state (self->login, on);
  self->setting_login = FALSE;
}

static void
on_login_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlPreferences) self = user_data;
  g_autoptr (GError) error = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->login), TRUE);
  if (!ptl_autostart_set_finish (result, &error))
    ptl_feedback_error_in_preferences (GTK_WIDGET (self), error);
  show_login (self, ptl_autostart_is_set ());
}

/* The switch shows what was asked for; its state follows when it is so. */
static gboolean
on_login (PtlPreferences *self, gboolean on)
{
  if (self->setting_login)
    return FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->login), FALSE);
  ptl_autostart_set_async (on, GTK_WINDOW (self), NULL, on_login_set, g_object_ref (self));
  return TRUE;
}

void
ptl_preferences_present (GtkWindow *parent, PtlClient *client)
{
  PtlPreferences *self = g_object_new (PTL_TYPE_PREFERENCES, "transient-for", parent, NULL);

  ptl_check_preferences_set_client (self->check, client);
  ptl_exposure_preferences_set_client (self->exposure, client);
  ptl_metrics_group_set_client (self->metrics, client);
  gtk_window_present (GTK_WINDOW (self));
}

static void
ptl_preferences_dispose (GObject *object)
{
  PtlPreferences *self = PTL_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->durations, g_array_unref);
  G_OBJECT_CLASS (ptl_preferences_parent_class)->dispose (object);
}

static void
ptl_preferences_class_init (PtlPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_preferences_dispose;
  g_type_ensure (PTL_TYPE_CHECK_PREFERENCES);
  g_type_ensure (PTL_TYPE_EXPOSURE_PREFERENCES);
  g_type_ensure (PTL_TYPE_METRICS_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/preferences/ptl-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, new_rules);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, owner);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, duration);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, notices);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, foreign);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, reports);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, login);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, check);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, exposure);
  gtk_widget_class_bind_template_child (widget_class, PtlPreferences, metrics);
  gtk_widget_class_bind_template_callback (widget_class, on_duration);
  gtk_widget_class_bind_template_callback (widget_class, on_login);
}

static void
ptl_preferences_init (PtlPreferences *self)
{
  self->durations = g_array_new (FALSE, FALSE, sizeof (guint));
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new (PTL_GUI_APP_ID);
  g_settings_bind (self->settings, "default-owner", self->owner, "text", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "foreign-notices", self->foreign, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "exposure-notices", self->reports, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "notices", self->notices, "active", G_SETTINGS_BIND_DEFAULT);
  describe_owner (self);
  show_duration (self);
  show_login (self, ptl_autostart_is_set ());
}
