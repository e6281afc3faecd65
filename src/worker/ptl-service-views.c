/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "ptl-api.h"
#include "worker/ptl-routers.h"

#define SEARCH_MAX_BYTES 1024

static gboolean
check_page (guint32 limit, GError **error)
{
  if (limit >= 1 && limit <= PTL_API_PAGE_MAX)
    return TRUE;
  /* Translators: %d is a number */
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("A page has 1 to %d lines."), PTL_API_PAGE_MAX);
  return FALSE;
}

static void
find_rule (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (PtlRule) closed = NULL;
  g_autofree char *id = NULL;
  const PtlRule *rule = NULL;
  const char *prefix;

  g_variant_get (arguments, "(&s)", &prefix);
  id = ptl_service_resolve (self, prefix, &error);
  if (id != NULL)
    rule = ptl_inventory_get (self->parts.inventory, id);
  if (id != NULL && rule == NULL)
    rule = closed = ptl_store_get_rule (self->parts.store, id, &error);
  if (rule == NULL)
    ptl_service_fail (invocation, error);
  else
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new ("(@a{sv})", ptl_service_rule_to_variant (self, rule)));
}

static GPtrArray *
read_closed (PtlService *self, GVariant *arguments, guint *total, GError **error)
{
  guint32 offset, limit;
  const char *search;

  g_variant_get (arguments, "(uu&s)", &offset, &limit, &search);
  if (!check_page (limit, error))
    return NULL;
  if (strlen (search) > SEARCH_MAX_BYTES)
    {
      ptl_error_set (error, PTL_ERROR_INVALID, NULL, _("The search is too long."));
      return NULL;
    }
  return ptl_store_list_closed (self->parts.store, offset, limit, search, total, error);
}

static void
list_closed (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  guint total = 0;
  g_autoptr (GPtrArray) rules = read_closed (self, arguments, &total, &error);
  GVariantBuilder builder;

  if (rules == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < rules->len; i++)
    g_variant_builder_add_value (&builder, ptl_rule_to_variant (rules->pdata[i]));
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(aa{sv}u)", &builder, (guint32) total));
}

static GPtrArray *
read_events (PtlService *self, GVariant *arguments, GError **error)
{
  g_autofree char *id = NULL;
  const char *prefix;
  gint64 before;
  guint32 limit;

  g_variant_get (arguments, "(&sxu)", &prefix, &before, &limit);
  if (!check_page (limit, error))
    return NULL;
  id = *prefix == '\0' ? g_strdup ("") : ptl_service_resolve (self, prefix, error);
  if (id == NULL)
    return NULL;
  return ptl_store_list_events (self->parts.store, id, before, limit, error);
}

static void
list_events (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) events = read_events (self, arguments, &error);
  GVariantBuilder builder;

  if (events == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < events->len; i++)
    g_variant_builder_add_value (&builder, ptl_event_to_variant (events->pdata[i]));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &builder));
}

static void
verify_log (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  gint64 count = 0, bad_seq = 0;

  if (ptl_store_verify_log (self->parts.store, &count, &bad_seq, &error))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(xx)", count, bad_seq));
  else
    ptl_service_fail (invocation, error);
}

static guint64
count_connections (PtlService *self)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->parts.inventory);
  guint64 n = 0;

  for (guint i = 0; i < rules->len; i++)
    n += ((const PtlRule *) rules->pdata[i])->traffic.connections_now;
  return n;
}

static void
add_store (PtlService *self, GVariantDict *status)
{
  PtlStore *store = self->parts.store;
  const GError *error = ptl_store_get_error (store);

  g_variant_dict_insert (status, "StoreState", "s",
                         ptl_store_state_to_string (ptl_store_get_state (store)));
  g_variant_dict_insert (status, "StoreMessage", "s", error != NULL ? error->message : "");
  g_variant_dict_insert (status, "Closed", "u", (guint32) ptl_store_get_n_closed (store));
  g_variant_dict_insert (status, "Events", "x", ptl_store_get_n_events (store));
}

static void
get_status (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autofree char *network = ptl_routers_dup_network_message (self->parts.discovery);
  PtlInventory *inventory = self->parts.inventory;
  GVariantDict status;

  g_variant_dict_init (&status, NULL);
  g_variant_dict_insert (&status, "Version", "s", ptl_bus_worker1_get_version (self->worker));
  g_variant_dict_insert (&status, "Pid", "u", (guint32) getpid ());
  g_variant_dict_insert (&status, "Started", "x", self->parts.started);
  g_variant_dict_insert (&status, "Open", "u",
                         (guint32) ptl_inventory_count (inventory, PTL_RULE_STATE_OPEN));
  g_variant_dict_insert (&status, "Degraded", "u",
                         (guint32) ptl_inventory_count (inventory, PTL_RULE_STATE_DEGRADED));
  g_variant_dict_insert (&status, "Debts", "u", (guint32) ptl_debts_get_n_debts (self->parts.debts));
  g_variant_dict_insert (&status, "Connections", "t", count_connections (self));
  g_variant_dict_insert (&status, "NetworkState", "s",
                         ptl_routers_get_network_state (self->parts.discovery));
  g_variant_dict_insert (&status, "NetworkMessage", "s", network);
  g_variant_dict_insert (&status, "MetricsPort", "u", (guint32) ptl_metrics_get_port (self->parts.metrics));
  add_store (self, &status);
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(@a{sv})", g_variant_dict_end (&status)));
}

const PtlServiceMethod ptl_service_view_methods[] = {
  { "handle-find-rule", find_rule, FALSE },
  { "handle-list-closed", list_closed, FALSE },
  { "handle-list-events", list_events, FALSE },
  { "handle-verify-log", verify_log, FALSE },
  { "handle-get-status", get_status, FALSE },
  { NULL, NULL, FALSE },
};
