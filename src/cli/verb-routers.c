/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"
#include "ptl-ctl-table.h"
#include "ptl-ctl-text.h"

static const PtlCtlOption options[] = {
  { "search", PTL_CTL_FLAG, NULL, N_("Look for routers again first") },
  PTL_CTL_OPTIONS_END,
};

static void
add_row (PtlCtlTable *table, PtlRouterItem *router)
{
  const char *const *protocols = ptl_router_item_get_protocols (router);
  g_autofree char *spoken = g_strjoinv (" ", (char **) protocols);

  ptl_ctl_table_add (table, (const char *[]) {
    ptl_router_item_get (router, "Id"),
    ptl_router_item_get (router, "State"),
    ptl_router_item_get (router, "Name"),
    ptl_router_item_get (router, "Address"),
    ptl_router_item_get (router, "Interface"),
    ptl_router_item_get (router, "ExternalAddress"),
    spoken,
  });
}

static void
print_table (PtlCtl *self, GListModel *routers)
{
  g_autofree char *text = NULL;
  g_autoptr (PtlCtlTable) table = ptl_ctl_table_new ((const char *[]) {
    _("ID"), _("STATE"), _("NAME"), _("ADDRESS"), _("INTERFACE"), _("PUBLIC"), _("PROTOCOLS"), NULL,
  });

  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) router = g_list_model_get_item (routers, i);

      add_row (table, router);
    }
  text = ptl_ctl_table_to_string (table, ptl_ctl_table_get_terminal_width ());
  ptl_ctl_print (self, "%s", text);
}

static void
print_network (PtlCtl *self)
{
  g_autofree char *message = NULL;

  g_object_get (self->client, "network-message", &message, NULL);
  g_strdelimit (message, "\n", ' ');
  ptl_ctl_print_field (self, _("Network"), message);
}

/* Where routers are not looked for: "tun0 (VPN), docker0 (containers)". */
static void
print_unused (PtlCtl *self, GVariant *interfaces)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      const char *name = "", *why_not = "";

      g_variant_lookup (interface, "Name", "&s", &name);
      g_variant_lookup (interface, "WhyNot", "&s", &why_not);
      if (*why_not == '\0')
        continue;
      g_string_append_printf (text, "%s%s (%s)", text->len > 0 ? ", " : "", name,
                              g_str_equal (why_not, "vpn") ? _("VPN")
                                                           : _("containers or virtual machines"));
    }
  if (text->len > 0)
    ptl_ctl_print_field (self, _("Not used"), text->str);
}

static void
json_interface (JsonBuilder *builder, GVariant *interface)
{
  const char *name = "", *why_not = "";
  g_autofree const char **addresses = NULL;

  g_variant_lookup (interface, "Name", "&s", &name);
  g_variant_lookup (interface, "WhyNot", "&s", &why_not);
  g_variant_lookup (interface, "Addresses", "^a&s", &addresses);
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "name", name);
  ptl_json_add_texts (builder, "addresses", addresses);
  ptl_json_add_text_or_null (builder, "why_not_used", why_not);
  json_builder_end_object (builder);
}

static void
json_interfaces (JsonBuilder *builder, GVariant *interfaces)
{
  json_builder_set_member_name (builder, "interfaces");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);

      json_interface (builder, interface);
    }
  json_builder_end_array (builder);
}

static void
print (PtlCtl *self, GVariant *interfaces)
{
  GListModel *routers = ptl_client_get_routers (self->client);
  g_autoptr (JsonBuilder) builder = NULL;

  if (!self->json && g_list_model_get_n_items (routers) == 0)
    ptl_ctl_print (self, "%s\n", _("There is no router."));
  else if (!self->json)
    print_table (self, routers);
  if (!self->json)
    {
      print_network (self);
      print_unused (self, interfaces);
      return;
    }
  builder = ptl_ctl_json_begin_list ("routers");
  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) router = g_list_model_get_item (routers, i);

      ptl_ctl_json_router (builder, router);
    }
  json_builder_end_array (builder);
  json_interfaces (builder, interfaces);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
}

static gboolean
run (PtlCtl *self, GError **error)
{
  g_autofree char *state = NULL;
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) interfaces = NULL;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  g_object_get (self->client, "network-state", &state, NULL);
  /* A worker that has just been started is still looking: its answer is waited for. */
  if (ptl_ctl_has (self, "search") || g_str_equal (state, "searching"))
    {
      g_autoptr (GVariant) searched = ptl_ctl_call (self, "SearchRouters", NULL, error);

      if (searched == NULL)
        return FALSE;
    }
  answer = ptl_ctl_call (self, "ListInterfaces", NULL, error);
  if (answer == NULL)
    return FALSE;
  interfaces = g_variant_get_child_value (answer, 0);
  print (self, interfaces);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_routers = {
  .name = "routers",
  .summary = N_("Show the routers and what they speak"),
  .options = options,
  .run = run,
};
