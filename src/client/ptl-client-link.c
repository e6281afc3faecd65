/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-client-private.h"

#include <glib/gi18n-lib.h>

#include "api/ptl-api.h"

#define RETRY_FIRST_MS 250
#define RETRY_MOST_MS 30000
/* Starting the worker includes reading its store. */
#define LOAD_TIMEOUT_MS 30000

#define BUS_NAME "org.freedesktop.DBus"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"
#define MANAGER_INTERFACE "org.freedesktop.DBus.ObjectManager"

static void lost (PtlClient *self);

/* --- the bus --- */

/* In a thread, because finding the bus may read files and even start one. Never the shared
 * connection of g_bus_get(): that one cannot be had anew after the bus was started again. */
static void
open_bus (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  GDBusConnection *connection = NULL;

  if (address != NULL)
    connection = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
        | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  if (connection != NULL)
    {
      g_task_return_pointer (task, connection, g_object_unref);
      return;
    }
  g_task_return_new_error (task, PTL_ERROR, PTL_ERROR_WORKER, "%s\n%s",
                           _("There is no session bus to reach the background worker by."),
                           _("Log in to a desktop session, or run this under dbus-run-session."));
}

static void
on_closed (GDBusConnection *connection,
           gboolean remote_peer_vanished,
           GError *error,
           PtlClient *self)
{
  g_autoptr (PtlClient) keep = g_object_ref (self);

  ptl_client_unlink (self);
  lost (self);
}

static void
adopt (PtlClient *self, GDBusConnection *connection)
{
  g_set_object (&self->connection, connection);
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  self->closed_handler = g_signal_connect (connection, "closed", G_CALLBACK (on_closed), self);
}

static void
return_links (PtlClient *self, const GError *error)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->link_tasks);

  self->link_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    {
      if (error != NULL)
        g_task_return_error (tasks->pdata[i], g_error_copy (error));
      else
        g_task_return_boolean (tasks->pdata[i], TRUE);
    }
}

static void
on_bus_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection = g_task_propagate_pointer (G_TASK (result), &error);

  if (connection != NULL)
    adopt (self, connection);
  return_links (self, error);
}

void
ptl_client_link_async (PtlClient *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) opening = NULL;

  g_ptr_array_add (self->link_tasks, task);
  if (self->link_tasks->len > 1)
    return;
  if (self->connection != NULL && self->closed_handler == 0)
    adopt (self, self->connection);
  if (self->connection != NULL || !self->own_connection)
    {
      g_autoptr (GError) error = self->connection == NULL ? ptl_client_new_lost_error () : NULL;

      return_links (self, error);
      return;
    }
  opening = g_task_new (self, NULL, on_bus_open, NULL);
  g_task_run_in_thread (opening, open_bus);
}

gboolean
ptl_client_link_finish (PtlClient *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
ptl_client_unlink (PtlClient *self)
{
  if (self->connection == NULL)
    return;
  for (guint i = 0; i < PTL_CLIENT_N_SUBSCRIPTIONS; i++)
    if (self->subscriptions[i] != 0)
      {
        g_dbus_connection_signal_unsubscribe (self->connection, self->subscriptions[i]);
        self->subscriptions[i] = 0;
      }
  g_clear_signal_handler (&self->closed_handler, self->connection);
  if (self->own_connection && !g_dbus_connection_is_closed (self->connection))
    g_dbus_connection_close (self->connection, NULL, NULL, NULL);
  g_clear_object (&self->connection);
}

/* --- the worker behind it --- */

static gboolean
on_retry (gpointer data)
{
  PtlClient *self = data;

  self->retry_source = 0;
  ptl_client_load (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_retry (PtlClient *self)
{
  if (self->retry_source != 0 || !self->following)
    return;
  self->retry_source = g_timeout_add (self->retry_ms, on_retry, self);
  self->retry_ms = MIN (self->retry_ms * 2, RETRY_MOST_MS);
}

static void
return_connects (PtlClient *self, const GError *error)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->connect_tasks);

  self->connect_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    {
      if (error != NULL)
        g_task_return_error (tasks->pdata[i], g_error_copy (error));
      else
        g_task_return_boolean (tasks->pdata[i], TRUE);
    }
}

/* The models stay as they were last seen: the window shows them greyed, and selections survive. */
static void
lost (PtlClient *self)
{
  g_autoptr (GError) error = ptl_client_new_lost_error ();

  g_clear_pointer (&self->owner, g_free);
  if (self->following)
    ptl_client_set_state (self, PTL_CLIENT_STATE_LOST);
  ptl_client_waits_fail (self, error);
  if (!self->loading)
    schedule_retry (self);
}

static void
on_owner_changed (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer user_data)
{
  PtlClient *self = user_data;
  const char *new_owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &new_owner);
  /* While a load is under way its own answers tell what became of the worker. */
  if (self->loading || g_strcmp0 (new_owner, self->owner) == 0)
    return;
  if (self->owner != NULL)
    lost (self);
  if (new_owner[0] != '\0')
    {
      self->retry_ms = RETRY_FIRST_MS;
      ptl_client_load (self);
    }
}

static gboolean
is_stranger (PtlClient *self, const char *sender)
{
  return self->owner == NULL || g_strcmp0 (sender, self->owner) != 0;
}

static void
on_manager_signal (GDBusConnection *connection,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
  PtlClient *self = user_data;
  const char *object;

  /* What comes before the answer that is being waited for is in that answer already. */
  if (self->loading || is_stranger (self, sender))
    return;
  if (g_str_equal (signal, "InterfacesAdded")
      && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oa{sa{sv}})")))
    {
      g_autoptr (GVariant) interfaces = NULL;

      g_variant_get (parameters, "(&o@a{sa{sv}})", &object, &interfaces);
      ptl_client_models_added (self, object, interfaces);
    }
  else if (g_str_equal (signal, "InterfacesRemoved")
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oas)")))
    {
      g_autofree const char **interfaces = NULL;

      g_variant_get (parameters, "(&o^a&s)", &object, &interfaces);
      ptl_client_models_removed (self, object, interfaces);
    }
}

static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface,
                       const char *signal,
                       GVariant *parameters,
                       gpointer user_data)
{
  PtlClient *self = user_data;
  g_autoptr (GVariant) changed = NULL;
  const char *of;

  if (is_stranger (self, sender)
      || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  g_variant_get (parameters, "(&s@a{sv}as)", &of, &changed, NULL);
  if (g_str_equal (of, PTL_API_WORKER_INTERFACE))
    ptl_client_apply_worker (self, changed);
  else if (!self->loading)
    ptl_client_models_changed (self, path, of, changed);
}

static void
on_worker_signal (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *interface,
                  const char *signal,
                  GVariant *parameters,
                  gpointer user_data)
{
  PtlClient *self = user_data;
  g_autoptr (GVariant) argument = NULL;

  if (is_stranger (self, sender) || !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a{sv})")))
    return;
  argument = g_variant_get_child_value (parameters, 0);
  if (g_str_equal (signal, "EventLogged"))
    ptl_client_emit_event (self, argument);
  else if (g_str_equal (signal, "RuleClosed"))
    ptl_client_emit_rule_closed (self, argument);
}

static void
subscribe (PtlClient *self,
           guint which,
           const char *sender,
           const char *interface,
           const char *member,
           const char *path,
           const char *arg0,
           GDBusSignalCallback callback)
{
  if (self->subscriptions[which] == 0)
    self->subscriptions[which] =
      g_dbus_connection_signal_subscribe (self->connection, sender, interface, member, path, arg0,
                                          G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

static void
subscribe_all (PtlClient *self)
{
  subscribe (self, PTL_CLIENT_SUBSCRIPTION_OWNER, BUS_NAME, BUS_NAME, "NameOwnerChanged", NULL,
             PTL_API_BUS_NAME, on_owner_changed);
  subscribe (self, PTL_CLIENT_SUBSCRIPTION_ADDED, PTL_API_BUS_NAME, MANAGER_INTERFACE,
             "InterfacesAdded", PTL_API_PATH, NULL, on_manager_signal);
  subscribe (self, PTL_CLIENT_SUBSCRIPTION_REMOVED, PTL_API_BUS_NAME, MANAGER_INTERFACE,
             "InterfacesRemoved", PTL_API_PATH, NULL, on_manager_signal);
  subscribe (self, PTL_CLIENT_SUBSCRIPTION_PROPERTIES, PTL_API_BUS_NAME, PROPERTIES_INTERFACE,
             "PropertiesChanged", NULL, NULL, on_properties_changed);
  subscribe (self, PTL_CLIENT_SUBSCRIPTION_WORKER, PTL_API_BUS_NAME, PTL_API_WORKER_INTERFACE, NULL,
             PTL_API_PATH, NULL, on_worker_signal);
}

/* --- loading --- */

static void
load_failed (PtlClient *self, GError *error)
{
  g_autoptr (GError) mapped = ptl_client_map_error (error);

  self->loading = FALSE;
  g_clear_pointer (&self->owner, g_free);
  ptl_client_set_state (self, PTL_CLIENT_STATE_LOST);
  schedule_retry (self);
  return_connects (self, mapped);
}

/* A message rather than g_dbus_connection_call(), because it tells which worker answered. */
static void
ask (PtlClient *self,
     const char *interface,
     const char *method,
     GVariant *arguments,
     GAsyncReadyCallback callback)
{
  g_autoptr (GDBusMessage) message
    = g_dbus_message_new_method_call (PTL_API_BUS_NAME, PTL_API_PATH, interface, method);

  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  g_dbus_connection_send_message_with_reply (self->connection, message,
                                             G_DBUS_SEND_MESSAGE_FLAGS_NONE, LOAD_TIMEOUT_MS, NULL,
                                             NULL, callback, g_object_ref (self));
}

static GVariant *
answer (GObject *source, GAsyncResult *result, const char *type, char **sender, GError **error)
{
  g_autoptr (GDBusMessage) reply
    = g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (source), result, error);
  GVariant *body;

  if (reply == NULL || g_dbus_message_to_gerror (reply, error))
    return NULL;
  body = g_dbus_message_get_body (reply);
  if (body == NULL || !g_variant_is_of_type (body, G_VARIANT_TYPE (type)))
    {
      ptl_error_set (error, PTL_ERROR_WORKER,
                     _("Stop the old worker, so that the installed one is started."), "%s",
                     _("The background worker is of another version."));
      return NULL;
    }
  *sender = g_strdup (g_dbus_message_get_sender (reply));
  return g_variant_ref (body);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sender = NULL;
  g_autoptr (GVariant) body = answer (source, result, "(a{oa{sa{sv}}})", &sender, &error);
  g_autoptr (GVariant) objects = NULL;

  if (body == NULL || self->connection == NULL || g_strcmp0 (sender, self->owner) != 0)
    {
      load_failed (self,
                   error != NULL ? g_steal_pointer (&error) : ptl_client_new_lost_error ());
      return;
    }
  self->loading = FALSE;
  self->retry_ms = RETRY_FIRST_MS;
  objects = g_variant_get_child_value (body, 0);
  ptl_client_models_sync (self, objects);
  ptl_client_set_state (self, PTL_CLIENT_STATE_READY);
  return_connects (self, NULL);
}

static void
on_worker_properties (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sender = NULL;
  g_autoptr (GVariant) body = answer (source, result, "(a{sv})", &sender, &error);
  g_autoptr (GVariant) properties = NULL;

  if (body == NULL || self->connection == NULL)
    {
      load_failed (self,
                   error != NULL ? g_steal_pointer (&error) : ptl_client_new_lost_error ());
      return;
    }
  g_free (self->owner);
  self->owner = g_steal_pointer (&sender);
  properties = g_variant_get_child_value (body, 0);
  ptl_client_apply_worker (self, properties);
  ask (self, MANAGER_INTERFACE, "GetManagedObjects", NULL, on_objects);
}

static void
on_linked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PtlClient *self = PTL_CLIENT (source);
  GError *error = NULL;

  if (!ptl_client_link_finish (self, result, &error))
    {
      load_failed (self, error);
      return;
    }
  subscribe_all (self);
  ask (self, PROPERTIES_INTERFACE, "GetAll", g_variant_new ("(s)", PTL_API_WORKER_INTERFACE),
       on_worker_properties);
}

/* Reads everything anew. At most one at a time; after a failure it comes again by itself. */
void
ptl_client_load (PtlClient *self)
{
  if (self->loading)
    return;
  self->loading = TRUE;
  self->following = TRUE;
  if (self->retry_ms == 0)
    self->retry_ms = RETRY_FIRST_MS;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  ptl_client_link_async (self, on_linked, NULL);
}
