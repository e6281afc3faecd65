/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>

/* The entries in the tables of routers, foreign ones above all. */

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (GVariant) entries = ptl_foreign_list_finish (PTL_FOREIGN (source), result, &error);

  if (entries != NULL)
    g_dbus_method_invocation_return_value (data, g_variant_new ("(@aa{sv})", entries));
  else
    ptl_service_fail (data, error);
}

static void
list_entries (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  const char *router;

  g_variant_get (arguments, "(&s)", &router);
  ptl_foreign_list_async (self->parts.foreign, router, on_listed, invocation);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  if (ptl_foreign_change_finish (PTL_FOREIGN (source), result, &error))
    g_dbus_method_invocation_return_value (data, NULL);
  else
    ptl_service_fail (data, error);
}

static gboolean
may_change (PtlService *self, GDBusMethodInvocation *invocation)
{
  GError *error = NULL;

  if (ptl_changes_may_write (self->parts.changes, &error))
    return TRUE;
  ptl_service_fail (invocation, error);
  return FALSE;
}

static void
remove_entry (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  const char *router, *entry;

  g_variant_get (arguments, "(&s&s)", &router, &entry);
  if (may_change (self, invocation))
    ptl_foreign_remove_async (self->parts.foreign, router, entry, who, on_changed, invocation);
}

static void
restore_entry (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  const char *router, *entry;

  g_variant_get (arguments, "(&s&s)", &router, &entry);
  if (may_change (self, invocation))
    ptl_foreign_restore_async (self->parts.foreign, router, entry, who, on_changed, invocation);
}

static void
ignore_entry (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  const char *router, *entry;
  gboolean ignore;

  g_variant_get (arguments, "(&s&sb)", &router, &entry, &ignore);
  if (may_change (self, invocation))
    ptl_foreign_ignore_async (self->parts.foreign, router, entry, ignore, who, on_changed, invocation);
}

const PtlServiceMethod ptl_service_entry_methods[] = {
  { "handle-list-entries", list_entries, FALSE },
  { "handle-remove-entry", remove_entry, TRUE },
  { "handle-restore-entry", restore_entry, TRUE },
  { "handle-ignore-entry", ignore_entry, TRUE },
  { NULL, NULL, FALSE },
};
