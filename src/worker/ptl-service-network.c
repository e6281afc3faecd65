/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include <glib/gi18n-lib.h>
#include <pwd.h>

#include "core/ptl-text.h"
#include "exposure/ptl-listeners.h"
#include "worker/ptl-routers.h"

#define SHOWN_CHARS 120

/* ---- Entries in the router ---- */

typedef struct
{
  PtlService *self;
  GDBusMethodInvocation *invocation;
  char *router;
} Listing;

static gboolean
lease_is_entry (PtlService *self, const PtlLease *lease, const char *router, const PtlRouterEntry *entry)
{
  return *lease->holder != '\0' &&
         ptl_discovery_get_router (self->parts.discovery, lease->holder) ==
             ptl_discovery_get_router (self->parts.discovery, router) &&
         lease->endpoint != NULL &&
         (lease->endpoint->protocol & entry->protocol) != 0 &&
         lease->endpoint->first == entry->external_port &&
         (lease->inner == NULL || lease->inner->first == entry->port);
}

static gboolean
any_is_entry (PtlService *self, GPtrArray *leases, const char *router, const PtlRouterEntry *entry)
{
  for (guint i = 0; i < leases->len; i++)
    if (lease_is_entry (self, leases->pdata[i], router, entry))
      return TRUE;
  return FALSE;
}

/* Which rule an entry belongs to, living or still owed; "" = foreign. */
static const char *
owner_of (PtlService *self, const char *router, const PtlRouterEntry *entry)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (self->parts.inventory);
  g_autoptr (GPtrArray) debts = ptl_debts_list (self->parts.debts);

  for (guint i = 0; i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (any_is_entry (self, rule->leases, router, entry))
        return rule->id;
    }
  for (guint i = 0; i < debts->len; i++)
    {
      const PtlDebt *debt = debts->pdata[i];

      if (lease_is_entry (self, debt->lease, router, entry))
        return debt->rule_id;
    }
  return "";
}

static void
insert_safe (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *safe = ptl_text_make_safe (text != NULL ? text : "", -1, SHOWN_CHARS);

  g_variant_dict_insert (dict, key, "s", safe);
}

static GVariant *
entry_to_variant (PtlService *self, const char *router, const PtlRouterEntry *entry)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (entry->protocol));
  g_variant_dict_insert (&dict, "ExternalPort", "u", (guint32) entry->external_port);
  insert_safe (&dict, "Address", entry->address);
  g_variant_dict_insert (&dict, "Port", "u", (guint32) entry->port);
  insert_safe (&dict, "Description", entry->description);
  insert_safe (&dict, "Remote", entry->remote);
  g_variant_dict_insert (&dict, "Lifetime", "x", entry->lifetime);
  g_variant_dict_insert (&dict, "Enabled", "b", entry->enabled);
  g_variant_dict_insert (&dict, "RuleId", "s", owner_of (self, router, entry));
  g_variant_dict_insert (&dict, "Router", "s", router);
  return g_variant_dict_end (&dict);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer data)
{
  Listing *listing = data;
  g_autoptr (PtlService) self = listing->self;
  g_autofree char *router = listing->router;
  GDBusMethodInvocation *invocation = listing->invocation;
  GError *error = NULL;
  g_autoptr (GPtrArray) entries = ptl_router_list_finish (PTL_ROUTER (source), result, &error);
  GVariantBuilder builder;

  g_free (listing);
  if (entries == NULL || self->parts.inventory == NULL)
    {
      if (error == NULL)
        error = ptl_error_new (PTL_ERROR_CANCELLED, NULL, _("The worker is ending."));
      ptl_service_fail (invocation, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < entries->len; i++)
    g_variant_builder_add_value (&builder, entry_to_variant (self, router, entries->pdata[i]));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &builder));
}

static void
list_entries (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  GError *error = NULL;
  const char *id;
  PtlRouter *router;
  Listing *listing;

  g_variant_get (arguments, "(&s)", &id);
  router = ptl_routers_find (self->parts.discovery, id, &error);
  if (router == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  listing = g_new0 (Listing, 1);
  listing->self = g_object_ref (self);
  listing->invocation = invocation;
  listing->router = g_strdup (ptl_router_get_id (router));
  ptl_router_list_async (router, NULL, on_listed, listing);
}

/* ---- Search ---- */

static void
on_searched (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  if (ptl_discovery_search_finish (PTL_DISCOVERY (source), result, &error))
    g_dbus_method_invocation_return_value (data, NULL);
  else
    ptl_service_fail (data, error);
}

static void
search_routers (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  ptl_discovery_search_async (self->parts.discovery, NULL, on_searched, invocation);
}

/* ---- Listeners ---- */

static GVariant *
listener_to_variant (const PtlListener *listener)
{
  const struct passwd *entry = getpwuid (listener->uid);
  g_autofree char *number = g_strdup_printf ("%u", listener->uid);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Protocol", "s", ptl_protocol_to_string (listener->protocol));
  g_variant_dict_insert (&dict, "Address", "s", listener->address);
  g_variant_dict_insert (&dict, "Port", "u", (guint32) listener->port);
  insert_safe (&dict, "Process", listener->process);
  g_variant_dict_insert (&dict, "Pid", "u", listener->pid);
  insert_safe (&dict, "User", entry != NULL ? entry->pw_name : number);
  return g_variant_dict_end (&dict);
}

static void
list_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *listeners = ptl_listeners_list (&error);

  if (listeners != NULL)
    g_task_return_pointer (task, listeners, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_listeners (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) listeners = g_task_propagate_pointer (G_TASK (result), &error);
  GVariantBuilder builder;

  if (listeners == NULL)
    {
      ptl_service_fail (data, error);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < listeners->len; i++)
    g_variant_builder_add_value (&builder, listener_to_variant (listeners->pdata[i]));
  g_dbus_method_invocation_return_value (data, g_variant_new ("(aa{sv})", &builder));
}

static void
list_listeners (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_listeners, invocation);

  g_task_run_in_thread (task, list_in_thread);
}

const PtlServiceMethod ptl_service_network_methods[] = {
  { "handle-list-entries", list_entries, FALSE },
  { "handle-search-routers", search_routers, FALSE },
  { "handle-list-listeners", list_listeners, FALSE },
  { NULL, NULL, FALSE },
};
