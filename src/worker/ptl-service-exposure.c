/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "core/ptl-finding-way.h"
#include "exposure/vantage/ptl-vantage.h"
#include "secret/ptl-secret.h"

/* Checks of the exposure and their reports. */

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
  g_autofree char *id = ptl_exposure_check_finish (PTL_EXPOSURE (source), result, &error);

  g_bus_unwatch_name (call->watch_id);
  if (id != NULL)
    g_dbus_method_invocation_return_value (call->invocation, g_variant_new ("(s)", id));
  else
    ptl_service_fail (call->invocation, error);
  g_object_unref (call->self);
  g_free (call);
}

static void
on_caller_gone (GDBusConnection *connection, const char *name, gpointer data)
{
  Call *call = data;

  if (call->self->parts.exposure != NULL)
    ptl_exposure_leave (call->self->parts.exposure, name);
}

static void
check_exposure (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (arguments, 0);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  Call *call = g_new0 (Call, 1);

  call->self = g_object_ref (self);
  call->invocation = invocation;
  call->watch_id = g_bus_watch_name_on_connection (self->connection, sender, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                   on_caller_gone, call, NULL);
  ptl_exposure_check_async (self->parts.exposure, options, sender, who, on_checked, call);
}

static void
cancel_exposure_check (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  ptl_exposure_leave (self->parts.exposure, g_dbus_method_invocation_get_sender (invocation));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* With the ways that lead to it, hop by hop. */
static GVariant *
findings_to_variant (const GPtrArray *findings)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < findings->len; i++)
    {
      g_autoptr (GVariant) finding = g_variant_ref_sink (ptl_finding_to_variant (findings->pdata[i]));
      g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (finding);

      g_variant_dict_insert_value (&dict, "Ways", ptl_finding_ways_to_variant (findings->pdata[i]));
      g_variant_builder_add_value (&builder, g_variant_dict_end (&dict));
    }
  return g_variant_builder_end (&builder);
}

static void
get_exposure_report (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (PtlReport) report = NULL;
  GError *error = NULL;
  const char *id;

  g_variant_get (arguments, "(&s)", &id);
  report = ptl_exposure_get_report (self->parts.exposure, id, &error);
  if (report == NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation,
                                           g_variant_new ("(@a{sv}@aa{sv})", ptl_report_to_variant (report),
                                                          findings_to_variant (report->findings)));
}

static void
list_exposure_reports (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) reports = ptl_exposure_list_reports (self->parts.exposure, &error);
  GVariantBuilder builder;

  if (reports == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < reports->len; i++)
    g_variant_builder_add_value (&builder, ptl_report_to_variant (reports->pdata[i]));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &builder));
}

static void
get_exposure_difference (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GPtrArray) findings = NULL;
  GError *error = NULL;
  const char *from, *to;

  g_variant_get (arguments, "(&s&s)", &from, &to);
  findings = ptl_exposure_compare_reports (self->parts.exposure, from, to, &error);
  if (findings == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(@aa{sv})", findings_to_variant (findings)));
}

static void
answer (GDBusMethodInvocation *invocation, gboolean done, GError *error)
{
  if (done)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    ptl_service_fail (invocation, error);
}

static void
accept_finding (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  const char *key, *reason;
  gint64 until;
  gboolean done;

  g_variant_get (arguments, "(&sx&s)", &key, &until, &reason);
  done = ptl_changes_may_write (self->parts.changes, &error) &&
         ptl_exposure_accept (self->parts.exposure, key, until, reason, who, &error);
  answer (invocation, done, error);
}

static void
set_exposure_check (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GVariant) changes = g_variant_get_child_value (arguments, 0);
  GError *error = NULL;
  gboolean done = ptl_changes_may_write (self->parts.changes, &error) &&
                  ptl_exposure_set (self->parts.exposure, changes, who, &error);

  answer (invocation, done, error);
}

/* ---- Keys ---- */

#define KEY_MAX_BYTES 512

typedef struct
{
  PtlService *self;
  GDBusMethodInvocation *invocation;
  PtlVantageKind kind;
  gboolean given;
  char *who;
} KeyChange;

/* @error: (transfer full) (nullable) */
static void
end_key_change (KeyChange *change, GError *error)
{
  g_autoptr (PtlService) self = change->self;
  g_autofree char *who = change->who;
  PtlStore *store = self->parts.store;

  /* What is in the keyring is there: that it could not be logged is said all the same. */
  if (error == NULL && store != NULL && ptl_store_begin (store, &error)
      && ptl_store_add_event (store, who, change->given ? "set-exposure-key" : "forget-exposure-key", "", "ok",
                              ptl_vantage_to_string (change->kind), &error))
    ptl_store_commit (store, &error);
  answer (change->invocation, error == NULL, error);
  g_free (change);
}

static void
on_key_stored (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  ptl_secret_store_finish (result, &error);
  end_key_change (data, error);
}

static void
on_key_cleared (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  ptl_secret_clear_finish (result, &error);
  end_key_change (data, error);
}

static gboolean
check_key (const char *name, const char *key, PtlVantageKind *kind, GError **error)
{
  gsize length = strlen (key);

  if (!ptl_vantage_from_string (name, kind) || !ptl_vantage_needs_key (*kind))
    ptl_error_set (error, PTL_ERROR_INVALID, _("Name shodan or censys."), _("No key is known for this."));
  else if (length > KEY_MAX_BYTES)
    ptl_error_set (error, PTL_ERROR_INVALID, _("Copy it anew."), _("The key is too long."));
  else
    {
      for (gsize i = 0; i < length; i++)
        if (!g_ascii_isgraph (key[i]))
          {
            ptl_error_set (error, PTL_ERROR_INVALID, _("Copy it anew."), _("A key has neither spaces nor line ends."));
            return FALSE;
          }
      return TRUE;
    }
  return FALSE;
}

static void
set_exposure_key (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  PtlVantageKind kind;
  const char *name, *key;
  KeyChange *change;

  g_variant_get (arguments, "(&s&s)", &name, &key);
  if (!check_key (name, key, &kind, &error) || !ptl_changes_may_write (self->parts.changes, &error))
    {
      ptl_service_fail (invocation, error);
      return;
    }
  change = g_new0 (KeyChange, 1);
  change->self = g_object_ref (self);
  change->invocation = invocation;
  change->kind = kind;
  change->given = *key != '\0';
  change->who = g_strdup (who);
  if (change->given)
    {
      /* Translators: %s is Shodan or Censys */
      g_autofree char *label = g_strdup_printf (_("Portolan: key for %s"), ptl_vantage_to_title (kind));

      ptl_secret_store_async (PTL_SECRET_RECORD, ptl_vantage_to_string (kind), label, key, NULL, on_key_stored, change);
    }
  else
    ptl_secret_clear_async (PTL_SECRET_RECORD, ptl_vantage_to_string (kind), NULL, on_key_cleared, change);
}

const PtlServiceMethod ptl_service_exposure_methods[] = {
  { "handle-check-exposure", check_exposure, TRUE },
  { "handle-cancel-exposure-check", cancel_exposure_check, FALSE },
  { "handle-get-exposure-report", get_exposure_report, FALSE },
  { "handle-list-exposure-reports", list_exposure_reports, FALSE },
  { "handle-get-exposure-difference", get_exposure_difference, FALSE },
  { "handle-accept-finding", accept_finding, TRUE },
  { "handle-set-exposure-check", set_exposure_check, TRUE },
  { "handle-set-exposure-key", set_exposure_key, TRUE },
  { NULL, NULL, FALSE },
};
