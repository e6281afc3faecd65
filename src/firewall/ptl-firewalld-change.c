/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-error.h"
#include "ptl-firewalld-private.h"

#define POLKIT "org.freedesktop.PolicyKit1"
#define ACTION PTL_FIREWALLD_NAME ".config"
#define ASK_TIMEOUT_MS 5000
/* A person may be asked for a password meanwhile. */
#define TIMEOUT_MS 120000

typedef struct
{
  PtlFirewallOpening *opening;
  guint seconds; /* 0: it is taken back */
  gboolean ask;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_pointer (&change->opening, ptl_firewall_opening_free);
  g_free (change);
}

static void
finish (GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* "ALREADY_ENABLED: '25565:tcp' already in 'public'" */
static gboolean
says (const GError *error, const char *code)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (error);
  g_autoptr (GError) copy = g_error_copy (error);

  g_dbus_error_strip_remote_error (copy);
  return remote != NULL && strcmp (remote, PTL_FIREWALLD_NAME ".Exception") == 0 && g_str_has_prefix (copy->message, code);
}

/* ---- May it be ---- */

static void
on_authorized (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  const Change *change = g_task_get_task_data (task);
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GError) refused = NULL;
  gboolean authorized = FALSE, challenge = FALSE;

  /* Without polkit firewalld goes by who asks: it says so itself. */
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("((bba{ss}))")))
    {
      finish (task);
      return;
    }
  g_variant_get (answer, "((bba{ss}))", &authorized, &challenge, NULL);
  if (authorized || (challenge && change->ask))
    {
      finish (task);
      return;
    }
  refused = g_error_new_literal (PTL_ERROR, PTL_ERROR_PERMISSION, "");
  ptl_firewalld_fail (task, refused);
}

static GVariant *
question (GDBusConnection *bus)
{
  GVariantBuilder subject;

  g_variant_builder_init (&subject, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&subject, "{sv}", "name", g_variant_new_string (g_dbus_connection_get_unique_name (bus)));
  /* Flags 0: nobody is asked for a password now. */
  return g_variant_new ("((sa{sv})sa{ss}us)", "system-bus-name", &subject, ACTION, NULL, (guint32) 0, "");
}

static void
begin_may (GTask *task)
{
  PtlFirewalld *self = g_task_get_source_object (task);

  if (g_dbus_connection_get_unique_name (self->bus) == NULL)
    {
      finish (task);
      return;
    }
  g_dbus_connection_call (self->bus, POLKIT, "/org/freedesktop/PolicyKit1/Authority", POLKIT ".Authority",
                          "CheckAuthorization", question (self->bus), NULL, G_DBUS_CALL_FLAGS_NONE, ASK_TIMEOUT_MS,
                          self->cancellable, on_authorized, task);
}

/* ---- The change ---- */

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL || says (error, "ALREADY_ENABLED"))
    finish (task);
  else
    ptl_firewalld_fail (task, error);
}

static void
add (GTask *task, const Change *change)
{
  const PtlFirewallOpening *opening = change->opening;
  g_autofree char *ports = ptl_firewall_opening_dup_ports (opening);
  g_autofree char *rule = ptl_firewall_opening_dup_rich_rule (opening);

  if (rule != NULL)
    ptl_firewalld_call (task, PTL_FIREWALLD_ZONE_INTERFACE, "addRichRule",
                        g_variant_new ("(ssi)", opening->zone, rule, (gint32) change->seconds), TIMEOUT_MS, on_added);
  else
    ptl_firewalld_call (task, PTL_FIREWALLD_ZONE_INTERFACE, "addPort",
                        g_variant_new ("(sssi)", opening->zone, ports, ptl_protocol_to_string (opening->protocol),
                                       (gint32) change->seconds),
                        TIMEOUT_MS, on_added);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  const Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer == NULL && !says (error, "NOT_ENABLED"))
    ptl_firewalld_fail (task, error);
  else if (change->seconds > 0)
    add (task, change);
  else
    finish (task);
}

static void
begin_change (GTask *task)
{
  const Change *change = g_task_get_task_data (task);
  const PtlFirewallOpening *opening = change->opening;
  g_autofree char *ports = ptl_firewall_opening_dup_ports (opening);
  g_autofree char *rule = ptl_firewall_opening_dup_rich_rule (opening);

  if (rule != NULL)
    ptl_firewalld_call (task, PTL_FIREWALLD_ZONE_INTERFACE, "removeRichRule", g_variant_new ("(ss)", opening->zone, rule),
                        TIMEOUT_MS, on_removed);
  else
    ptl_firewalld_call (task, PTL_FIREWALLD_ZONE_INTERFACE, "removePort",
                        g_variant_new ("(sss)", opening->zone, ports, ptl_protocol_to_string (opening->protocol)), TIMEOUT_MS,
                        on_removed);
}

/* ---- The face ---- */

static void
start (PtlFirewalld *self, Change *change, PtlFirewalldBegin begin, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_task_data (task, change, change_free);
  ptl_firewalld_begin (self, task, begin);
}

void
ptl_firewalld_may_change_async (PtlFirewalld *self, gboolean ask, GAsyncReadyCallback callback, gpointer user_data)
{
  Change *change = g_new0 (Change, 1);

  change->ask = ask;
  start (self, change, begin_may, callback, user_data);
}

void
ptl_firewalld_open_async (PtlFirewalld *self,
                          const PtlFirewallOpening *opening,
                          guint seconds,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  Change *change = g_new0 (Change, 1);

  change->opening = ptl_firewall_opening_copy (opening);
  change->seconds = CLAMP (seconds, 1, G_MAXINT32);
  start (self, change, begin_change, callback, user_data);
}

void
ptl_firewalld_close_async (PtlFirewalld *self,
                           const PtlFirewallOpening *opening,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Change *change = g_new0 (Change, 1);

  change->opening = ptl_firewall_opening_copy (opening);
  start (self, change, begin_change, callback, user_data);
}

gboolean
ptl_firewalld_change_finish (PtlFirewalld *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
