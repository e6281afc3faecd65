/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-service-private.h"

#include "worker/ptl-named-routers.h"
#include "worker/ptl-request.h"

static void
on_probed (GObject *source, GAsyncResult *result, gpointer data)
{
  /* Its state says what came of it. */
  ptl_router_probe_finish (PTL_ROUTER (source), result, NULL);
}

static void
add_router (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GVariant) request = g_variant_get_child_value (arguments, 0);
  g_autoptr (PtlRouterPlace) place = NULL;
  g_autofree char *id = NULL;
  GError *error = NULL;

  place = ptl_request_to_router_place (request, &error);
  if (place != NULL && ptl_changes_may_write (self->parts.changes, &error))
    id = ptl_named_routers_add (self->parts.store, self->parts.discovery, place, who, &error);
  if (id == NULL)
    {
      ptl_service_fail (invocation, error);
      return;
    }
  ptl_router_probe_async (ptl_discovery_get_router (self->parts.discovery, id), NULL, on_probed, NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", id));
}

static void
remove_router (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  const char *router;
  GError *error = NULL;

  g_variant_get (arguments, "(&s)", &router);
  if (ptl_changes_may_write (self->parts.changes, &error) &&
      ptl_named_routers_remove (self->parts.store, self->parts.discovery, self->parts.inventory,
                                router, who, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    ptl_service_fail (invocation, error);
}

static GVariant *
interface_to_variant (const PtlNetInterface *interface)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "Name", "s", interface->name);
  g_variant_dict_insert (&dict, "WhyNot", "s", interface->why_not);
  g_variant_dict_insert_value (&dict, "Addresses",
                               g_variant_new_strv ((const char *const *) interface->addresses, -1));
  return g_variant_dict_end (&dict);
}

static void
list_interfaces (PtlService *self, GDBusMethodInvocation *invocation, GVariant *arguments, const char *who)
{
  g_autoptr (GPtrArray) interfaces = ptl_discovery_list_interfaces (self->parts.discovery);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < interfaces->len; i++)
    g_variant_builder_add_value (&builder, interface_to_variant (interfaces->pdata[i]));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(aa{sv})", &builder));
}

const PtlServiceMethod ptl_service_router_methods[] = {
  { "handle-add-router", add_router, TRUE },
  { "handle-remove-router", remove_router, TRUE },
  { "handle-list-interfaces", list_interfaces, FALSE },
  { NULL, NULL, FALSE },
};
