/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-application.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-client.h"
#include "config.h"
#include "preferences/ptl-preferences.h"
#include "ptl-gui.h"
#include "ptl-window.h"

struct _PtlApplication
{
  AdwApplication parent_instance;
  PtlClient *client;
};

G_DEFINE_FINAL_TYPE (PtlApplication, ptl_application, ADW_TYPE_APPLICATION)

PtlApplication *
ptl_application_new (void)
{
  return g_object_new (PTL_TYPE_APPLICATION,
                       "application-id", PTL_GUI_APP_ID,
                       "resource-base-path", PTL_GUI_RESOURCES,
                       NULL);
}

static PtlWindow *
get_window (PtlApplication *self)
{
  for (GList *at = gtk_application_get_windows (GTK_APPLICATION (self)); at; at = at->next)
    if (PTL_IS_WINDOW (at->data))
      return at->data;
  return NULL;
}

static PtlWindow *
present_window (PtlApplication *self)
{
  PtlWindow *window = get_window (self);

  if (!window)
    window = ptl_window_new (self, self->client);
  gtk_window_present (GTK_WINDOW (window));
  return window;
}

static void
ptl_application_activate (GApplication *application)
{
  present_window (PTL_APPLICATION (application));
}

static void
on_open_game (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PtlWindow *window = present_window (user_data);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-game", NULL);
}

/* What a notification of the worker asks for. */
static void
on_show_exposure (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PtlWindow *window = present_window (user_data);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.page", "s", "exposure");
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ptl_preferences_present (GTK_WINDOW (present_window (user_data)), PTL_APPLICATION (user_data)->client);
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (GTK_WINDOW (present_window (user_data)),
                         "application-name", "Portolan",
                         "application-icon", PTL_GUI_APP_ID,
                         "version", PACKAGE_VERSION,
                         "developer-name", _("The Portolan contributors"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "comments", _("A chart of the ports that you have opened to others: why each is open, to whom, and until when."),
                         /* Translators: put your names here, one on each line */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PtlWindow *window = get_window (user_data);

  /* The window remembers its size as it closes. */
  if (window)
    gtk_window_close (GTK_WINDOW (window));
  else
    g_application_quit (user_data);
}

static void
add_accels (GtkApplication *application)
{
  static const struct { const char *action; const char *accels[3]; } list[] = {
    { "app.quit", { "<Control>q" } },
    { "app.preferences", { "<Control>comma" } },
    { "window.close", { "<Control>w" } },
    { "win.open-game", { "<Control>n" } },
    { "win.open-forward", { "<Control><Shift>n" } },
    { "win.open-tunnel", { "<Control><Alt>n" } },
    { "win.find", { "<Control>f" } },
    { "win.refresh", { "<Control>r", "F5" } },
    { "win.page::inventory", { "<Alt>1" } },
    { "win.page::network", { "<Alt>2" } },
    { "win.page::exposure", { "<Alt>3" } },
    { "win.page::activity", { "<Alt>4" } },
    { "win.show-help-overlay", { "<Control>question" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    gtk_application_set_accels_for_action (application, list[i].action, list[i].accels);
}

/* A session bus that is started again takes the worker with it, and not the window: the client finds both anew. */
static void
outlive_the_bus (GApplication *application)
{
  GDBusConnection *connection = g_application_get_dbus_connection (application);

  if (connection != NULL)
    g_dbus_connection_set_exit_on_close (connection, FALSE);
}

static void
ptl_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "open-game", .activate = on_open_game },
    { .name = "show-exposure", .activate = on_show_exposure },
    { .name = "preferences", .activate = on_preferences },
    { .name = "about", .activate = on_about },
    { .name = "quit", .activate = on_quit },
  };
  PtlApplication *self = PTL_APPLICATION (application);

  G_APPLICATION_CLASS (ptl_application_parent_class)->startup (application);
  outlive_the_bus (application);
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_accels (GTK_APPLICATION (self));
  gtk_window_set_default_icon_name (PTL_GUI_APP_ID);
  self->client = ptl_client_new (NULL);
  ptl_client_connect_async (self->client, NULL, NULL, NULL);
}

static int
ptl_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);

  if (g_variant_dict_contains (options, "open-game"))
    g_action_group_activate_action (G_ACTION_GROUP (application), "open-game", NULL);
  else
    g_application_activate (application);
  return 0;
}

/* What the autostart entry runs: the bus starts the worker for a name that is called, and that is all. */
static int
start_worker (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr (GVariant) answer = NULL;

  if (bus)
    answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "StartServiceByName", g_variant_new ("(su)", PTL_GUI_APP_ID ".Worker", 0),
                                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  if (answer)
    return 0;
  g_printerr ("portolan: %s\n", error->message);
  return 1;
}

static int
ptl_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("portolan %s\n", PACKAGE_VERSION);
      return 0;
    }
  return g_variant_dict_contains (options, "background") ? start_worker () : -1;
}

static void
ptl_application_dispose (GObject *object)
{
  g_clear_object (&PTL_APPLICATION (object)->client);
  G_OBJECT_CLASS (ptl_application_parent_class)->dispose (object);
}

static void
ptl_application_class_init (PtlApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_application_dispose;
  application_class->activate = ptl_application_activate;
  application_class->startup = ptl_application_startup;
  application_class->command_line = ptl_application_command_line;
  application_class->handle_local_options = ptl_application_handle_local_options;
}

static void
ptl_application_init (PtlApplication *self)
{
  static const GOptionEntry options[] = {
    { "open-game", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Open a game port"), NULL },
    { "background", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start the worker without a window, as at login"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Show the version"), NULL },
    { 0 },
  };

  g_application_set_flags (G_APPLICATION (self), G_APPLICATION_HANDLES_COMMAND_LINE);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
}
