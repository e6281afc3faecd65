/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-text.h"

/* A check that somebody waits for. */
typedef struct
{
  PtlService *self;
  GDBusMethodInvocation *invocation;
  guint watch_id;
} Call;

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  Call *call = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = ptl_check_run_for_finish (PTL_CHECK (source), result, &error);

  g_bus_unwatch_name (call->watch_id);
  if (answer != NULL)
    g_dbus_method_invocation_return_value (call->invocation, g_variant_new ("(@a{sv})", answer));
  else
    ptl_service_fail (call->invocation, error);
  g_object_unref (call->self);
  g_free (call);
}

static void
on_caller_gone (GDBusConnection *connection, const char *name, gpointer data)
{
  Call *call = data;

  if (call->self->parts.check != NULL)
    ptl_check_leave (call->self->parts.check, name);
}

static gboolean
read_options (GVariant *arguments, gboolean *hairpin, GError **error)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 0);
  GVariantIter iter;
  const char *key;
  GVariant *inner;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &inner))
    {
      g_autoptr (GVariant) value = inner;
      g_autofree char *shown = NULL;

      if (strcmp (key, "Hairpin") == 0 && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
        {
          *hairpin = g_variant_get_boolean (value);
          continue;
        }
      shown = ptl_text_make_safe (key, -1, 40);
      /* Translators: %s is the name of an option */
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("“%s” is no option of the check."), shown);
      return FALSE;
    }
  return TRUE;
}

static void
check_network (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  gboolean hairpin = TRUE;
  GError *error = NULL;
  Call *call;

  if (!read_options (arguments, &hairpin, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  call = g_new0 (Call, 1);
  call->self = g_object_ref (self);
  call->invocation = invocation;
  call->watch_id = g_bus_watch_name_on_connection (self->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                   on_caller_gone, call, NULL);
  ptl_check_run_for_async (self->parts.check, sender, hairpin, who, on_checked, call);
}

static void
cancel_network_check (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  ptl_check_leave (self->parts.check, g_dbus_method_invocation_get_sender (invocation));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
set_network_check (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GVariant) changes = g_variant_get_child_value (arguments, 0);
  GError *error = NULL;

  if (ptl_changes_may_write (self->parts.changes, &error) && ptl_check_set (self->parts.check, changes, who, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    ptl_service_fail (invocation, error);
}

const PtlServiceMethod ptl_service_check_methods[] = {
  { "handle-check-network", check_network, TRUE },
  { "handle-cancel-network-check", cancel_network_check, FALSE },
  { "handle-set-network-check", set_network_check, TRUE },
  { NULL, NULL, FALSE },
};
