/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-preferences.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"

struct _PtlCheckPreferences
{
  AdwPreferencesGroup parent_instance;
  GtkSwitch *consent;
  AdwEntryRow *stun;
  AdwEntryRow *http;
  PtlClient *client;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (PtlCheckPreferences, ptl_check_preferences, ADW_TYPE_PREFERENCES_GROUP)

static void
show_list (AdwEntryRow *row, GVariant *state, const char *key)
{
  g_auto (GStrv) servers = NULL;
  g_autofree char *text = NULL;

  if (!g_variant_lookup (state, key, "^as", &servers))
    return;
  text = g_strjoinv (" ", servers);
  /* What is just being typed stays. */
  if (!gtk_widget_has_focus (GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (row)))))
    gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static void
show (PtlCheckPreferences *self)
{
  GVariant *state = ptl_client_get_network_check (self->client);
  const char *consent = "";
  gboolean granted;

  g_variant_lookup (state, "Consent", "&s", &consent);
  granted = g_str_equal (consent, "granted");
  self->showing = TRUE;
  gtk_switch_set_active (self->consent, granted);
  gtk_switch_set_state (self->consent, granted);
  show_list (self->stun, state, "StunServers");
  show_list (self->http, state, "HttpServers");
  self->showing = FALSE;
}

static void
on_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlCheckPreferences) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  gtk_widget_set_sensitive (GTK_WIDGET (self->consent), TRUE);
  if (!answer)
    ptl_feedback_error_in_preferences (GTK_WIDGET (self), error);
  if (self->client)
    show (self);
}

static void
set (PtlCheckPreferences *self, const char *key, GVariant *value)
{
  GVariantDict settings;

  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert_value (&settings, key, value);
  ptl_client_call_async (self->client, "SetNetworkCheck", g_variant_new ("(@a{sv})", g_variant_dict_end (&settings)), NULL,
                         on_set, g_object_ref (self));
}

/* The switch shows what was asked for; its state follows when it is so. */
static gboolean
on_consent (PtlCheckPreferences *self, gboolean on)
{
  if (self->showing || !self->client)
    return FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->consent), FALSE);
  set (self, "Consent", g_variant_new_string (on ? "granted" : "refused"));
  return TRUE;
}

static void
set_list (PtlCheckPreferences *self, AdwEntryRow *row, const char *key)
{
  g_auto (GStrv) words = g_strsplit_set (gtk_editable_get_text (GTK_EDITABLE (row)), " ,;\t\n", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_variant_builder_add (&builder, "s", words[i]);
  set (self, key, g_variant_builder_end (&builder));
}

static void
on_stun (PtlCheckPreferences *self)
{
  set_list (self, self->stun, "StunServers");
}

static void
on_http (PtlCheckPreferences *self)
{
  set_list (self, self->http, "HttpServers");
}

void
ptl_check_preferences_set_client (PtlCheckPreferences *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::network-check", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
ptl_check_preferences_dispose (GObject *object)
{
  g_clear_object (&PTL_CHECK_PREFERENCES (object)->client);
  G_OBJECT_CLASS (ptl_check_preferences_parent_class)->dispose (object);
}

static void
ptl_check_preferences_class_init (PtlCheckPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_check_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/preferences/ptl-check-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlCheckPreferences, consent);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckPreferences, stun);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckPreferences, http);
  gtk_widget_class_bind_template_callback (widget_class, on_consent);
  gtk_widget_class_bind_template_callback (widget_class, on_stun);
  gtk_widget_class_bind_template_callback (widget_class, on_http);
}

static void
ptl_check_preferences_init (PtlCheckPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
