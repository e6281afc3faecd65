/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "routers add" and "routers remove": those that are not found by themselves. */

#include "ptl-ctl-verbs.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-ctl-json.h"
#include "ptl-ctl-output.h"

/* The worker gives up on a router that is silent before this. */
#define PATIENCE_SECONDS 15

static const PtlCtlOption add_options[] = {
  { "url", PTL_CTL_VALUE, "URL", N_("Where its UPnP description is, http://ADDRESS:PORT/...") },
  { "interface", PTL_CTL_VALUE, "NAME", N_("The network interface that leads to it") },
  PTL_CTL_OPTIONS_END,
};

/* --- adding --- */

static PtlRouterItem *
dup_router (PtlCtl *self, const char *address)
{
  GListModel *routers = ptl_client_get_routers (self->client);

  /* By its address: its id is another once its hardware address is known. */
  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) router = g_list_model_get_item (routers, i);

      if (g_str_equal (ptl_router_item_get (router, "Address"), address))
        return g_steal_pointer (&router);
    }
  return NULL;
}

static gboolean
is_settled (PtlCtl *self, const char *address)
{
  g_autoptr (PtlRouterItem) router = dup_router (self, address);

  return router != NULL && !g_str_equal (ptl_router_item_get (router, "State"), "searching");
}

static gboolean
on_patience_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
wait_until_settled (PtlCtl *self, const char *address)
{
  gboolean over = FALSE;
  guint id = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_over, &over);

  while (!over && !is_settled (self, address))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static void
print_router (PtlCtl *self, PtlRouterItem *router)
{
  g_autofree char *spoken = g_strjoinv (" ", (char **) ptl_router_item_get_protocols (router));
  const char *message = ptl_router_item_get (router, "Message");

  /* Translators: a router's address, its id */
  ptl_ctl_print (self, _("The router %s was added: %s.\n"), ptl_router_item_get (router, "Address"),
                 ptl_router_item_get (router, "Id"));
  if (*spoken != '\0')
    /* Translators: a list like "pcp upnp" */
    ptl_ctl_print (self, _("It speaks %s.\n"), spoken);
  if (*message != '\0')
    ptl_ctl_note (self, "%s %s", message, ptl_router_item_get (router, "Advice"));
}

static void
print_added (PtlCtl *self, const char *address)
{
  g_autoptr (PtlRouterItem) router = dup_router (self, address);
  g_autoptr (JsonBuilder) builder = NULL;

  if (router == NULL)
    return;
  if (!self->json)
    {
      print_router (self, router);
      return;
    }
  builder = json_builder_new ();
  ptl_ctl_json_router (builder, router);
  ptl_ctl_print_json (self, builder, FALSE);
}

static void
take (PtlCtl *self, GVariantDict *request, const char *option, const char *key)
{
  if (ptl_ctl_has (self, option))
    g_variant_dict_insert (request, key, "s", ptl_ctl_get (self, option));
}

static gboolean
run_add (PtlCtl *self, GError **error)
{
  const char *address = ptl_ctl_get_argument (self, 0);
  g_auto (GVariantDict) request = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) answer = NULL;

  if (!ptl_ctl_connect (self, error))
    return FALSE;
  g_variant_dict_insert (&request, "Address", "s", address);
  take (self, &request, "url", "Url");
  take (self, &request, "interface", "Interface");
  answer = ptl_ctl_call (self, "AddRouter", g_variant_new ("(@a{sv})", g_variant_dict_end (&request)), error);
  if (answer == NULL)
    return FALSE;
  wait_until_settled (self, address);
  print_added (self, address);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_routers_add = {
  .name = "routers add",
  .arguments = "ADDRESS",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Give the router's address in your network, like 192.168.1.1."),
  .summary = N_("Add a router that is not found by itself, or choose its interface"),
  .options = add_options,
  .run = run_add,
};

/* --- removing --- */

static gboolean
run_remove (PtlCtl *self, GError **error)
{
  const char *router = ptl_ctl_get_argument (self, 0);
  g_autoptr (GVariant) answer = ptl_ctl_call (self, "RemoveRouter", g_variant_new ("(s)", router), error);
  g_autoptr (JsonBuilder) builder = NULL;

  if (answer == NULL)
    return FALSE;
  if (!self->json)
    {
      /* Translators: a router's address or id */
      ptl_ctl_print (self, _("The router %s was removed.\n"), router);
      return TRUE;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  ptl_json_add_text (builder, "removed", router);
  json_builder_end_object (builder);
  ptl_ctl_print_json (self, builder, FALSE);
  return TRUE;
}

const PtlCtlVerb ptl_ctl_verb_routers_remove = {
  .name = "routers remove",
  .arguments = "ROUTER",
  .min_arguments = 1,
  .max_arguments = 1,
  .missing = N_("Give the address or id of a router that was added."),
  .summary = N_("Remove a router that was added"),
  .run = run_remove,
};
