/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-autostart.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/ptl-error.h"
#include "gui/ptl-gui.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
/* A person may take their time with the portal's question; a portal that hangs may not. */
#define ANSWER_SECONDS 120

typedef struct
{
  gboolean on;
  GDBusConnection *bus;
  guint subscription;
  guint timeout;
  char *request_path;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->subscription)
    g_dbus_connection_signal_unsubscribe (request->bus, request->subscription);
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_clear_object (&request->bus);
  g_free (request->request_path);
  g_free (request);
}

static gboolean
is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

char *
ptl_autostart_dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", PTL_GUI_APP_ID ".desktop", NULL);
}

gboolean
ptl_autostart_is_set (void)
{
  g_autoptr (GSettings) settings = g_settings_new (PTL_GUI_APP_ID);
  g_autofree char *path = ptl_autostart_dup_path ();

  return g_file_test (path, G_FILE_TEST_EXISTS) || g_settings_get_boolean (settings, "start-at-login");
}

static gboolean
set_file_error (GError **error, const char *path, int code)
{
  ptl_error_set (error, PTL_ERROR_FAILED, _("See whether you may write to that folder."),
                 /* Translators: the first %s is a file name, the second what the system says about it */
                 _("%s could not be changed: %s."), path, g_strerror (code));
  return FALSE;
}

static char *
make_entry (const char *program)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *quoted = g_strdup_printf ("\"%s\" --background", program);

  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_TYPE, "Application");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NAME, "Portolan");
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, quoted);
  g_key_file_set_string (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_ICON, PTL_GUI_APP_ID);
  g_key_file_set_boolean (file, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_NO_DISPLAY, TRUE);
  return g_key_file_to_data (file, NULL, NULL);
}

gboolean
ptl_autostart_write_file (gboolean on, const char *program, GError **error)
{
  g_autofree char *path = ptl_autostart_dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *entry = make_entry (program);
  g_autoptr (GError) inner = NULL;

  if (!on)
    return g_unlink (path) == 0 || errno == ENOENT ? TRUE : set_file_error (error, path, errno);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return set_file_error (error, folder, errno);
  if (g_file_set_contents (path, entry, -1, &inner))
    return TRUE;
  ptl_error_set (error, PTL_ERROR_FAILED, _("See whether you may write to that folder."), "%s.", inner->message);
  return FALSE;
}

static void
remember (gboolean on)
{
  g_autoptr (GSettings) settings = g_settings_new (PTL_GUI_APP_ID);

  g_settings_set_boolean (settings, "start-at-login", on);
}

static void
finish_with_file (GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (GError) error = NULL;

  if (!ptl_autostart_write_file (request->on, program ? program : "portolan", &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  remember (FALSE); /* the file is what counts */
  g_task_return_boolean (task, TRUE);
}

static void
finish_refused (GTask *task)
{
  if (is_sandboxed ())
    g_task_return_error (task, ptl_error_new (PTL_ERROR_PERMISSION,
                                              _("Allow it in the settings of your desktop, under applications."),
                                              _("The desktop does not let Portolan start at login.")));
  else
    finish_with_file (task);
}

static void
on_response (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
             GVariant *parameters, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GVariant) results = NULL;
  gboolean autostart = FALSE;
  guint32 response;

  g_dbus_connection_signal_unsubscribe (bus, request->subscription);
  request->subscription = 0;
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_variant_get (parameters, "(u@a{sv})", &response, &results);
  g_variant_lookup (results, "autostart", "b", &autostart);
  if (response != 0 || autostart != request->on)
    {
      finish_refused (task);
      return;
    }
  remember (autostart);
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_timeout (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Request *request = g_task_get_task_data (task);

  request->timeout = 0;
  g_dbus_connection_signal_unsubscribe (request->bus, request->subscription);
  request->subscription = 0;
  finish_refused (task);
  return G_SOURCE_REMOVE;
}

static void
subscribe (GTask *task, const char *path)
{
  Request *request = g_task_get_task_data (task);

  if (request->subscription)
    g_dbus_connection_signal_unsubscribe (request->bus, request->subscription);
  g_free (request->request_path);
  request->request_path = g_strdup (path);
  request->subscription = g_dbus_connection_signal_subscribe (request->bus, PORTAL_NAME,
                                                              "org.freedesktop.portal.Request", "Response", path, NULL,
                                                              G_DBUS_SIGNAL_FLAGS_NONE, on_response, task,
                                                              NULL);
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  const char *path;

  if (answer)
    {
      g_variant_get (answer, "(&o)", &path);
      /* Portals before 0.9 choose the path themselves. */
      if (g_strcmp0 (path, request->request_path) != 0)
        subscribe (task, path);
      return;
    }
  /* No portal, or none that knows of backgrounds. */
  g_clear_handle_id (&request->timeout, g_source_remove);
  g_dbus_connection_signal_unsubscribe (request->bus, request->subscription);
  request->subscription = 0;
  finish_refused (task);
  g_object_unref (task);
}

static GVariant *
make_options (gboolean on, const char *token)
{
  static const char *const command[] = { "portolan", "--background", NULL };
  g_auto (GVariantDict) options = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&options, "handle_token", "s", token);
  g_variant_dict_insert (&options, "reason", "s", _("Ports that are still due open again when you log in."));
  g_variant_dict_insert (&options, "autostart", "b", on);
  g_variant_dict_insert (&options, "commandline", "^as", command);
  return g_variant_dict_end (&options);
}

static char *
make_request_path (GDBusConnection *bus, const char *token)
{
  g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);

  return g_strdup_printf (PORTAL_PATH "/request/%s/%s", g_strdelimit (sender, ".", '_'), token);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Request *request = g_task_get_task_data (task);
  g_autofree char *token = g_strdup_printf ("portolan%u", g_random_int ());
  g_autofree char *path = NULL;

  request->bus = g_bus_get_finish (result, NULL);
  if (!request->bus)
    {
      finish_refused (task);
      g_object_unref (task);
      return;
    }
  path = make_request_path (request->bus, token);
  subscribe (task, path);
  request->timeout = g_timeout_add_seconds (ANSWER_SECONDS, on_timeout, task);
  g_dbus_connection_call (request->bus, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.portal.Background",
                          "RequestBackground", g_variant_new ("(s@a{sv})", "", make_options (request->on, token)),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_requested, task);
}

void
ptl_autostart_set_async (gboolean on, GtkWindow *parent, GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (parent, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->on = on;
  g_task_set_task_data (task, request, request_free);
  g_task_set_check_cancellable (task, FALSE);
  g_bus_get (G_BUS_TYPE_SESSION, cancellable, on_bus, task);
}

gboolean
ptl_autostart_set_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
