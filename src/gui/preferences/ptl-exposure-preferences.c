/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-exposure-preferences.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"

struct _PtlExposurePreferences
{
  AdwPreferencesGroup parent_instance;
  AdwComboRow *schedule;
  GtkSwitch *network;
  GtkSwitch *listeners;
  GtkSwitch *internetdb;
  AdwEntryRow *shodan;
  AdwEntryRow *censys;
  PtlClient *client;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (PtlExposurePreferences, ptl_exposure_preferences, ADW_TYPE_PREFERENCES_GROUP)

/* In the order of the combo row. */
static const char *const schedules[] = { "off", "daily", "weekly" };

/* ---- What is so ---- */

static void
show_switch (GtkSwitch *widget, gboolean on)
{
  gtk_switch_set_active (widget, on);
  gtk_switch_set_state (widget, on);
}

static gboolean
is_granted (GVariant *check, const char *vantage)
{
  g_autoptr (GVariant) consent = g_variant_lookup_value (check, "Consent", G_VARIANT_TYPE ("a{sb}"));
  gboolean granted = FALSE;

  if (consent)
    g_variant_lookup (consent, vantage, "b", &granted);
  return granted;
}

static void
show_key (AdwEntryRow *row, const char *name, gboolean granted)
{
  /* Translators: %s is Shodan or Censys */
  g_autofree char *title = g_strdup_printf (granted ? _("%s: another key, or nothing to ask it no more") : _("Your key for %s"), name);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
}

static void
show (PtlExposurePreferences *self)
{
  GVariant *check = ptl_client_get_exposure_check (self->client);
  const char *schedule = "off";
  gboolean network = FALSE, notices = FALSE;

  g_variant_lookup (check, "Schedule", "&s", &schedule);
  g_variant_lookup (check, "OnNetworkChange", "b", &network);
  g_variant_lookup (ptl_client_get_listeners (self->client), "Notices", "b", &notices);
  self->showing = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (schedules); i++)
    if (g_str_equal (schedules[i], schedule))
      adw_combo_row_set_selected (self->schedule, i);
  show_switch (self->network, network);
  show_switch (self->listeners, notices);
  show_switch (self->internetdb, is_granted (check, "internetdb"));
  show_key (self->shodan, "Shodan", is_granted (check, "shodan"));
  show_key (self->censys, "Censys", is_granted (check, "censys"));
  self->showing = FALSE;
}

/* ---- What is wanted ---- */

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlExposurePreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error_in_preferences (GTK_WIDGET (self), error);
  if (self->client)
    show (self);
}

static void
set (PtlExposurePreferences *self, const char *key, GVariant *value)
{
  GVariantDict settings;

  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert_value (&settings, key, value);
  ptl_client_call_async (self->client, "SetExposureCheck", g_variant_new ("(@a{sv})", g_variant_dict_end (&settings)), NULL,
                         on_set, g_object_ref (self));
}

static void
set_consent (PtlExposurePreferences *self, const char *vantage, gboolean granted)
{
  GVariantBuilder consent;

  g_variant_builder_init (&consent, G_VARIANT_TYPE ("a{sb}"));
  g_variant_builder_add (&consent, "{sb}", vantage, granted);
  set (self, "Consent", g_variant_builder_end (&consent));
}

static void
on_schedule (PtlExposurePreferences *self)
{
  guint selected = adw_combo_row_get_selected (self->schedule);

  if (!self->showing && self->client && selected < G_N_ELEMENTS (schedules))
    set (self, "Schedule", g_variant_new_string (schedules[selected]));
}

/* A switch shows what was asked for; its state follows when it is so. */
static gboolean
on_network (PtlExposurePreferences *self, gboolean on)
{
  if (self->showing || !self->client)
    return FALSE;
  set (self, "OnNetworkChange", g_variant_new_boolean (on));
  return TRUE;
}

static gboolean
on_listeners (PtlExposurePreferences *self, gboolean on)
{
  if (self->showing || !self->client)
    return FALSE;
  ptl_client_call_async (self->client, "SetListenerNotices", g_variant_new ("(b)", on), NULL, on_set, g_object_ref (self));
  return TRUE;
}

static gboolean
on_internetdb (PtlExposurePreferences *self, gboolean on)
{
  if (self->showing || !self->client)
    return FALSE;
  set_consent (self, "internetdb", on);
  return TRUE;
}

/* ---- Keys ---- */

typedef struct
{
  PtlExposurePreferences *self;
  const char *vantage;
  gboolean granted;
} Key;

/* A key is of no use to who may not ask: with it comes the consent, and it goes with it. */
static void
on_key_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Key *key = user_data;
  g_autoptr (PtlExposurePreferences) self = key->self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error_in_preferences (GTK_WIDGET (self), error);
  else if (self->client)
    set_consent (self, key->vantage, key->granted);
}

static void
set_key (PtlExposurePreferences *self, AdwEntryRow *row, const char *vantage)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
  Key *key = g_new (Key, 1);

  key->self = g_object_ref (self);
  key->vantage = vantage;
  key->granted = *text != '\0';
  ptl_client_call_async (self->client, "SetExposureKey", g_variant_new ("(ss)", vantage, text), NULL, on_key_kept, key);
  gtk_editable_set_text (GTK_EDITABLE (row), "");
}

static void
on_shodan (PtlExposurePreferences *self)
{
  set_key (self, self->shodan, "shodan");
}

static void
on_censys (PtlExposurePreferences *self)
{
  set_key (self, self->censys, "censys");
}

/* ---- Life ---- */

void
ptl_exposure_preferences_set_client (PtlExposurePreferences *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::exposure-check", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::listeners", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
ptl_exposure_preferences_dispose (GObject *object)
{
  g_clear_object (&PTL_EXPOSURE_PREFERENCES (object)->client);
  G_OBJECT_CLASS (ptl_exposure_preferences_parent_class)->dispose (object);
}

static void
ptl_exposure_preferences_class_init (PtlExposurePreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_exposure_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/preferences/ptl-exposure-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePreferences, schedule);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePreferences, network);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePreferences, listeners);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePreferences, internetdb);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePreferences, shodan);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePreferences, censys);
  gtk_widget_class_bind_template_callback (widget_class, on_schedule);
  gtk_widget_class_bind_template_callback (widget_class, on_network);
  gtk_widget_class_bind_template_callback (widget_class, on_listeners);
  gtk_widget_class_bind_template_callback (widget_class, on_internetdb);
  gtk_widget_class_bind_template_callback (widget_class, on_shodan);
  gtk_widget_class_bind_template_callback (widget_class, on_censys);
}

static void
ptl_exposure_preferences_init (PtlExposurePreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
