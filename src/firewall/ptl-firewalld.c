/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewalld-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-error.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

G_DEFINE_FINAL_TYPE (PtlFirewalld, ptl_firewalld, G_TYPE_OBJECT)

enum
{
  STARTED,
  RELOADED,
  CHANGED,
  GONE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* ---- What goes wrong ---- */

static gboolean
is_away (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

/* By the bus, or by firewalld, which asks polkit. */
static gboolean
is_refusal (const GError *error)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (error);

  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED) ||
         g_error_matches (error, PTL_ERROR, PTL_ERROR_PERMISSION) ||
         (remote != NULL && (strstr (remote, "NotAuthorized") != NULL || strstr (remote, "InteractiveAuthorization") != NULL));
}

static GError *
translate (const GError *error)
{
  g_autoptr (GError) copy = g_error_copy (error);

  if (is_refusal (error))
    return ptl_error_new (PTL_ERROR_PERMISSION, _("Have an administrator run the command, or nobody gets through."),
                          _("The system does not let this user change the firewall (firewalld)."));
  if (is_away (error))
    return ptl_error_new (PTL_ERROR_NOT_FOUND, NULL, _("firewalld does not run."));
  g_dbus_error_strip_remote_error (copy);
  return ptl_error_new (PTL_ERROR_FAILED, _("Look into the journal of firewalld."),
                        /* Translators: %s is what firewalld said */
                        _("firewalld did not do it: %s"), copy->message);
}

void
ptl_firewalld_fail (GTask *task, const GError *error)
{
  g_task_return_error (task, translate (error));
  g_object_unref (task);
}

/* ---- The bus ---- */

void
ptl_firewalld_call (GTask *task,
                    const char *interface,
                    const char *method,
                    GVariant *arguments,
                    int timeout_ms,
                    GAsyncReadyCallback callback)
{
  PtlFirewalld *self = g_task_get_source_object (task);

  g_dbus_connection_call (self->bus, PTL_FIREWALLD_NAME, PTL_FIREWALLD_PATH, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, self->cancellable, callback, task);
}

static void
on_changed (GDBusConnection *bus,
            const char *sender,
            const char *path,
            const char *interface,
            const char *signal,
            GVariant *arguments,
            gpointer data)
{
  g_signal_emit (data, signals[CHANGED], 0);
}

static void
on_reloaded (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *arguments,
             gpointer data)
{
  g_signal_emit (data, signals[RELOADED], 0);
}

/* A name on the bus is used again after the computer's next start. */
static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer data)
{
  PtlFirewalld *self = data;
  g_autofree char *boot = NULL;

  g_file_get_contents (BOOT_ID, &boot, NULL, NULL);
  g_free (self->instance);
  self->instance = g_strconcat (boot != NULL ? g_strstrip (boot) : "", owner, NULL);
  g_signal_emit (self, signals[STARTED], 0);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer data)
{
  PtlFirewalld *self = data;

  g_free (self->instance);
  self->instance = g_strdup ("");
  g_signal_emit (self, signals[GONE], 0);
}

static void
subscribe (PtlFirewalld *self, guint place, const char *interface, const char *signal, GDBusSignalCallback callback)
{
  self->subscriptions[place] =
      g_dbus_connection_signal_subscribe (self->bus, PTL_FIREWALLD_NAME, interface, signal, PTL_FIREWALLD_PATH, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, callback, self, NULL);
}

static void
take_bus (PtlFirewalld *self, GDBusConnection *bus)
{
  if (self->bus != NULL || bus == NULL)
    return;
  self->bus = g_object_ref (bus);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  subscribe (self, 0, PTL_FIREWALLD_ZONE_INTERFACE, NULL, on_changed);
  subscribe (self, 1, PTL_FIREWALLD_INTERFACE, "DefaultZoneChanged", on_changed);
  subscribe (self, 2, PTL_FIREWALLD_INTERFACE, "Reloaded", on_reloaded);
  self->watch_id = g_bus_watch_name_on_connection (bus, PTL_FIREWALLD_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
                                                   on_vanished, self, NULL);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  PtlFirewalld *self = g_task_get_source_object (task);
  PtlFirewalldBegin begin = g_task_get_source_tag (task);
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);

  take_bus (self, bus);
  if (self->bus != NULL)
    {
      begin (task);
      return;
    }
  if (!self->told)
    g_signal_emit (self, signals[GONE], 0);
  self->told = TRUE;
  g_task_return_error (task, ptl_error_new (PTL_ERROR_NOT_FOUND, NULL, _("firewalld does not run.")));
  g_object_unref (task);
}

static void
drop_bus (PtlFirewalld *self)
{
  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  for (guint i = 0; self->bus != NULL && i < G_N_ELEMENTS (self->subscriptions); i++)
    if (self->subscriptions[i] != 0)
      g_dbus_connection_signal_unsubscribe (self->bus, self->subscriptions[i]);
  memset (self->subscriptions, 0, sizeof self->subscriptions);
  g_clear_object (&self->bus);
}

/* A bus that was started anew is connected to anew. */
void
ptl_firewalld_begin (PtlFirewalld *self, GTask *task, PtlFirewalldBegin begin)
{
  g_task_set_source_tag (task, begin);
  if (self->bus != NULL && g_dbus_connection_is_closed (self->bus))
    drop_bus (self);
  if (self->bus != NULL)
    begin (task);
  else
    g_bus_get (G_BUS_TYPE_SYSTEM, self->cancellable, on_bus, task);
}

static void
begin_watch (GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
ptl_firewalld_watch (PtlFirewalld *self)
{
  ptl_firewalld_begin (self, g_task_new (self, self->cancellable, NULL, NULL), begin_watch);
}

const char *
ptl_firewalld_get_instance (PtlFirewalld *self)
{
  return self->instance;
}

/* ---- Life ---- */

static void
ptl_firewalld_dispose (GObject *object)
{
  PtlFirewalld *self = PTL_FIREWALLD (object);

  g_cancellable_cancel (self->cancellable);
  drop_bus (self);
  G_OBJECT_CLASS (ptl_firewalld_parent_class)->dispose (object);
}

static void
ptl_firewalld_finalize (GObject *object)
{
  PtlFirewalld *self = PTL_FIREWALLD (object);

  g_free (self->instance);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (ptl_firewalld_parent_class)->finalize (object);
}

static void
ptl_firewalld_class_init (PtlFirewalldClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_firewalld_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_firewalld_finalize;
  signals[STARTED] = g_signal_new ("started", PTL_TYPE_FIREWALLD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[RELOADED] = g_signal_new ("reloaded", PTL_TYPE_FIREWALLD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", PTL_TYPE_FIREWALLD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[GONE] = g_signal_new ("gone", PTL_TYPE_FIREWALLD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_firewalld_init (PtlFirewalld *self)
{
  self->cancellable = g_cancellable_new ();
  self->instance = g_strdup ("");
}

PtlFirewalld *
ptl_firewalld_new (void)
{
  return g_object_new (PTL_TYPE_FIREWALLD, NULL);
}
