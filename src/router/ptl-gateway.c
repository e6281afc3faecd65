/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-gateway-private.h"

#include <arpa/inet.h>
#include <glib/gi18n-lib.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>

#include "core/ptl-error.h"

/* IFLA_INFO_KIND of what leads through a tunnel. */
static const char *const tunnel_kinds[] = { "tun",  "wireguard", "vti",    "xfrm", "gre",  "gretap",
                                            "ipip", "sit",       "ip6tnl", "ppp",  "ovpn", NULL };
/* Names that container and virtual machine managers give their bridges. */
static const char *const bridge_names[]
    = { "docker", "br-", "virbr", "podman", "cni", "lxcbr", "lxdbr", "incusbr", NULL };

void
ptl_gateway_free (PtlGateway *self)
{
  g_free (self->id);
  g_free (self->alias);
  g_free (self->address);
  g_free (self->interface);
  g_free (self->local);
  g_free (self->url);
  g_free (self->peer);
  g_free (self->peer_local);
  g_free (self);
}

const char *
ptl_gateway_why_not (const PtlNetLink *link)
{
  if (g_strv_contains (tunnel_kinds, link->kind)
      || (link->type != ARPHRD_ETHER && link->type != ARPHRD_LOOPBACK))
    return "vpn";
  if (strcmp (link->kind, "bridge") != 0)
    return NULL;
  for (guint i = 0; bridge_names[i] != NULL; i++)
    if (g_str_has_prefix (link->name, bridge_names[i]))
      return "bridge";
  return NULL;
}

const PtlNetLink *
ptl_gateway_find_link (const PtlNetTables *tables, int index)
{
  for (guint i = 0; i < tables->links->len; i++)
    if (((PtlNetLink *) tables->links->pdata[i])->index == index)
      return tables->links->pdata[i];
  return NULL;
}

static gboolean
is_in_network (const char *address, const char *network, guint8 prefix)
{
  struct in_addr a;
  struct in_addr b;
  guint32 mask = prefix == 0 ? 0 : G_MAXUINT32 << (32 - MIN (prefix, 32));

  return inet_pton (AF_INET, address, &a) == 1 && inet_pton (AF_INET, network, &b) == 1 &&
         ((ntohl (a.s_addr) ^ ntohl (b.s_addr)) & mask) == 0;
}

/* The route's preferred source; else the address in the gateway's network; else any of the
 * interface. */
static const char *
find_local (const PtlNetTables *tables, const PtlNetRoute *route)
{
  const char *any = NULL;

  if (route->source != NULL)
    return route->source;
  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *address = tables->addresses->pdata[i];

      if (address->index != route->index || address->family != AF_INET)
        continue;
      if (is_in_network (route->gateway, address->address, address->prefix))
        return address->address;
      if (any == NULL)
        any = address->address;
    }
  return any;
}

static const PtlNetNeighbour *
find_neighbour (const PtlNetTables *tables, int index, const char *address)
{
  for (guint i = 0; i < tables->neighbours->len; i++)
    {
      const PtlNetNeighbour *neighbour = tables->neighbours->pdata[i];

      if (neighbour->index == index && strcmp (neighbour->address, address) == 0)
        return neighbour;
    }
  return NULL;
}

char *
ptl_gateway_make_alias (const char *address, const char *interface)
{
  g_autofree char *text = g_strconcat (address, "%", interface, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("a%.12s", sum);
}

char *
ptl_gateway_make_id (const PtlNetTables *tables, int index, const char *address, const char *alias)
{
  const PtlNetNeighbour *neighbour = find_neighbour (tables, index, address);

  if (neighbour == NULL)
    return g_strdup (alias);
  return g_strdup_printf ("r%02x%02x%02x%02x%02x%02x", neighbour->mac[0], neighbour->mac[1],
                          neighbour->mac[2], neighbour->mac[3], neighbour->mac[4],
                          neighbour->mac[5]);
}

static gboolean
is_candidate (const PtlNetTables *tables, const PtlNetRoute *route)
{
  const PtlNetLink *link = ptl_gateway_find_link (tables, route->index);

  return route->family == AF_INET && route->gateway != NULL && link != NULL
         && (link->flags & IFF_UP) != 0 && ptl_gateway_why_not (link) == NULL
         && find_local (tables, route) != NULL;
}

static PtlGateway *
make_gateway (const PtlNetTables *tables, const PtlNetLink *link, const char *address, const char *local)
{
  PtlGateway *self = g_new0 (PtlGateway, 1);

  self->address = g_strdup (address);
  self->interface = g_strdup (link->name);
  self->local = g_strdup (local);
  self->alias = ptl_gateway_make_alias (self->address, self->interface);
  self->id = ptl_gateway_make_id (tables, link->index, address, self->alias);
  return self;
}

int
ptl_gateway_compare_metric (gconstpointer a, gconstpointer b)
{
  const PtlNetRoute *x = *(PtlNetRoute *const *) a;
  const PtlNetRoute *y = *(PtlNetRoute *const *) b;

  return (x->metric > y->metric) - (x->metric < y->metric);
}

gboolean
ptl_gateway_has_id (GPtrArray *gateways, const char *id)
{
  for (guint i = 0; i < gateways->len; i++)
    if (strcmp (((PtlGateway *) gateways->pdata[i])->id, id) == 0)
      return TRUE;
  return FALSE;
}

GPtrArray *
ptl_gateway_choose (const PtlNetTables *tables)
{
  GPtrArray *gateways = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_gateway_free);
  g_autoptr (GPtrArray) routes = g_ptr_array_copy (tables->routes, NULL, NULL);

  g_ptr_array_set_free_func (routes, NULL);
  g_ptr_array_sort (routes, ptl_gateway_compare_metric);
  for (guint i = 0; i < routes->len; i++)
    {
      const PtlNetRoute *route = routes->pdata[i];
      PtlGateway *gateway;

      if (!is_candidate (tables, route))
        continue;
      gateway = make_gateway (tables, ptl_gateway_find_link (tables, route->index), route->gateway,
                              find_local (tables, route));
      /* The same router by cable and by air is one router. */
      if (ptl_gateway_has_id (gateways, gateway->id))
        ptl_gateway_free (gateway);
      else
        g_ptr_array_add (gateways, gateway);
    }
  return gateways;
}

/* --- those that the person named --- */

static gboolean
may_lead (const PtlNetTables *tables, const PtlNetAddress *address, const PtlRouterPlace *place)
{
  const PtlNetLink *link = ptl_gateway_find_link (tables, address->index);

  if (address->family != AF_INET || link == NULL || (link->flags & IFF_UP) == 0
      || (link->flags & IFF_LOOPBACK) != 0 || strcmp (address->address, place->address) == 0
      || !is_in_network (place->address, address->address, address->prefix))
    return FALSE;
  return *place->interface != '\0' ? strcmp (link->name, place->interface) == 0
                                   : ptl_gateway_why_not (link) == NULL;
}

static PtlGateway *
make_named (const PtlNetTables *tables, const PtlRouterPlace *place)
{
  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *address = tables->addresses->pdata[i];
      PtlGateway *gateway;

      if (!may_lead (tables, address, place))
        continue;
      gateway = make_gateway (tables, ptl_gateway_find_link (tables, address->index), place->address,
                              address->address);
      gateway->named = TRUE;
      gateway->url = *place->url != '\0' ? g_strdup (place->url) : NULL;
      return gateway;
    }
  return NULL;
}

static guint
find_address (GPtrArray *gateways, const char *address)
{
  for (guint i = 0; i < gateways->len; i++)
    if (strcmp (((PtlGateway *) gateways->pdata[i])->address, address) == 0)
      return i;
  return gateways->len;
}

/* It is in the routing table too, and no interface was chosen: the route knows best. */
static gboolean
name_known (GPtrArray *gateways, guint at, const PtlRouterPlace *place)
{
  PtlGateway *known = at < gateways->len ? gateways->pdata[at] : NULL;

  if (known == NULL || *place->interface != '\0')
    return FALSE;
  known->named = TRUE;
  known->url = *place->url != '\0' ? g_strdup (place->url) : NULL;
  return TRUE;
}

void
ptl_gateway_add_places (GPtrArray *gateways, const PtlNetTables *tables, GPtrArray *places)
{
  for (guint i = 0; i < places->len; i++)
    {
      const PtlRouterPlace *place = places->pdata[i];
      guint at = find_address (gateways, place->address);
      PtlGateway *gateway;

      if (name_known (gateways, at, place))
        continue;
      gateway = make_named (tables, place);
      if (gateway == NULL)
        continue;
      /* In its place: the default router stays the first. */
      if (at < gateways->len)
        g_ptr_array_remove_index (gateways, at);
      g_ptr_array_insert (gateways, (int) at, gateway);
    }
}

GError *
ptl_gateway_explain (const PtlNetTables *tables)
{
  gboolean has_v6 = FALSE;

  for (guint i = 0; i < tables->routes->len; i++)
    {
      const PtlNetRoute *route = tables->routes->pdata[i];
      const PtlNetLink *link = ptl_gateway_find_link (tables, route->index);

      has_v6 |= route->family == AF_INET6;
      if (route->family != AF_INET || link == NULL)
        continue;
      if (ptl_gateway_why_not (link) != NULL)
        return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                              _ ("End the VPN, or use a tunnel through a relay."),
                              /* Translators: %s is a network interface like tun0 */
                              _ ("This computer's only way to the internet is the VPN %s."),
                              link->name);
      if (route->gateway == NULL)
        return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                              _ ("Nothing has to be mapped: open a forward in place of a mapping."),
                              /* Translators: %s is a network interface like ppp0 */
                              _ ("This computer is connected to the internet by %s without a "
                                 "router."),
                              link->name);
    }
  if (has_v6)
    return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                          _ ("Open it by IPv6 alone, use a tunnel through a relay, or connect to a network "
                             "with IPv4."),
                          _ ("This computer's network has IPv6 alone, and no router that maps IPv4 "
                             "ports."));
  return ptl_error_new (PTL_ERROR_ROUTER_NONE, _ ("Connect this computer to a network."),
                        _ ("This computer has no way to the internet."));
}
