/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-named-routers.h"

#include <glib/gi18n-lib.h>

#define SETTING "routers"

static GPtrArray *
read_places (PtlStore *store)
{
  g_autofree char *text = ptl_store_dup_setting (store, SETTING);

  return ptl_router_places_from_text (text);
}

static gboolean
write_places (PtlStore *store,
              GPtrArray *places,
              const char *what,
              const char *address,
              const char *who,
              GError **error)
{
  g_autofree char *text = ptl_router_places_to_text (places);

  return ptl_store_begin (store, error) && ptl_store_put_setting (store, SETTING, text, error) &&
         ptl_store_add_event (store, who, what, "", "ok", address, error) &&
         ptl_store_commit (store, error);
}

static PtlRouter *
find_by_address (PtlDiscovery *discovery, const char *address)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (discovery));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PtlRouter) router = g_list_model_get_item (G_LIST_MODEL (discovery), i);

      if (g_str_equal (ptl_router_get_address (router), address))
        return router; /* discovery holds it */
    }
  return NULL;
}

void
ptl_named_routers_load (PtlStore *store, PtlDiscovery *discovery)
{
  g_autoptr (GPtrArray) places = read_places (store);

  if (places->len > 0)
    ptl_discovery_set_places (discovery, places);
}

/* ---- Adding ---- */

static gboolean
check_room (GPtrArray *places, GError **error)
{
  if (places->len < PTL_ROUTER_PLACES_MAX)
    return TRUE;
  ptl_error_set (error, PTL_ERROR_INVALID, _("Remove one that is not needed any more."),
                 /* Translators: %u is a number */
                 _("At most %u routers can be named."), PTL_ROUTER_PLACES_MAX);
  return FALSE;
}

static void
put_place (GPtrArray *places, const PtlRouterPlace *place)
{
  PtlRouterPlace *known = ptl_router_places_find (places, place->address);

  if (known != NULL)
    g_ptr_array_remove (places, known);
  g_ptr_array_add (places, ptl_router_place_copy (place));
}

/* Whether this computer has a way to it, by the interface that was chosen. */
static PtlRouter *
find_there (PtlDiscovery *discovery, const PtlRouterPlace *place, GError **error)
{
  PtlRouter *router = find_by_address (discovery, place->address);

  if (router != NULL && ptl_router_get_is_named (router))
    return router;
  if (*place->interface != '\0')
    ptl_error_set (error, PTL_ERROR_INVALID, _("Leave the interface out, or take another one."),
                   /* Translators: a network interface like wlan0, a router's address */
                   _("By the interface %s this computer is not in the network of the router %s."),
                   place->interface, place->address);
  else
    ptl_error_set (error, PTL_ERROR_INVALID,
                   _("Connect to its network first, and type the address that it has there."),
                   /* Translators: a router's address */
                   _("This computer is in no network that the router %s is in."), place->address);
  return NULL;
}

char *
ptl_named_routers_add (PtlStore *store,
                       PtlDiscovery *discovery,
                       const PtlRouterPlace *place,
                       const char *who,
                       GError **error)
{
  g_autoptr (GPtrArray) before = read_places (store);
  g_autoptr (GPtrArray) after = ptl_router_places_copy (before);
  PtlRouter *router;

  put_place (after, place);
  if (after->len > before->len && !check_room (before, error))
    return NULL;
  ptl_discovery_set_places (discovery, after);
  router = find_there (discovery, place, error);
  if (router != NULL && write_places (store, after, "add-router", place->address, who, error))
    return g_strdup (ptl_router_get_id (router));
  ptl_discovery_set_places (discovery, before);
  return NULL;
}

/* ---- Removing ---- */

static gboolean
holds_in (PtlDiscovery *discovery, const PtlRule *rule, PtlRouter *router)
{
  for (guint i = 0; i < rule->leases->len; i++)
    {
      const PtlLease *lease = rule->leases->pdata[i];

      if (*lease->holder != '\0' && ptl_discovery_get_router (discovery, lease->holder) == router)
        return TRUE;
    }
  return rule->kind == PTL_KIND_MAPPING && *rule->backend != '\0' &&
         ptl_discovery_get_router (discovery, rule->backend) == router;
}

static gboolean
check_unused (PtlDiscovery *discovery, PtlInventory *inventory, PtlRouter *router, GError **error)
{
  g_autoptr (GPtrArray) rules = ptl_inventory_list (inventory);

  for (guint i = 0; router != NULL && i < rules->len; i++)
    {
      const PtlRule *rule = rules->pdata[i];

      if (!holds_in (discovery, rule, router))
        continue;
      ptl_error_set (error, PTL_ERROR_STATE, _("Close it, or move it to another router, first."),
                     /* Translators: a rule's name */
                     _("The rule “%s” is open in this router."), rule->name);
      return FALSE;
    }
  return TRUE;
}

static PtlRouterPlace *
find_place (PtlDiscovery *discovery, GPtrArray *places, const char *name, GError **error)
{
  PtlRouter *router = ptl_discovery_get_router (discovery, name);
  const char *address = router != NULL ? ptl_router_get_address (router) : name;
  PtlRouterPlace *place = ptl_router_places_find (places, address);

  if (place != NULL)
    return place;
  if (router != NULL || find_by_address (discovery, name) != NULL)
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, NULL,
                   _("This router was found, not added: there is nothing to remove."));
  else
    ptl_error_set (error, PTL_ERROR_NOT_FOUND, _("Look at the list of routers."),
                   _("No router of this id or address was added."));
  return NULL;
}

gboolean
ptl_named_routers_remove (PtlStore *store,
                          PtlDiscovery *discovery,
                          PtlInventory *inventory,
                          const char *router,
                          const char *who,
                          GError **error)
{
  g_autoptr (GPtrArray) places = read_places (store);
  PtlRouterPlace *place = find_place (discovery, places, router, error);
  g_autofree char *address = NULL;

  if (place == NULL ||
      !check_unused (discovery, inventory, find_by_address (discovery, place->address), error))
    return FALSE;
  address = g_strdup (place->address);
  g_ptr_array_remove (places, place);
  if (!write_places (store, places, "remove-router", address, who, error))
    return FALSE;
  ptl_discovery_set_places (discovery, places);
  return TRUE;
}
