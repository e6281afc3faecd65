/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <string.h>
#include <sys/socket.h>

#include "core/ptl-error.h"
#include "ptl-address-class.h"
#include "ptl-gateway-private.h"

/* What will be gone tomorrow, or is not ours yet. */
#define UNSTABLE (IFA_F_TEMPORARY | IFA_F_DEPRECATED | IFA_F_TENTATIVE | IFA_F_DADFAILED)

static gboolean
is_stable (const PtlNetAddress *address, int index)
{
  return address->index == index && address->family == AF_INET6 && (address->flags & UNSTABLE) == 0
         && ptl_address_class_of (address->address) == PTL_ADDRESS_PUBLIC;
}

/* Of several always the same one, in whatever order the kernel tells them. */
static const char *
find_local (const PtlNetTables *tables, const PtlNetRoute *route)
{
  const char *best = NULL;

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *address = tables->addresses->pdata[i];

      if (is_stable (address, route->index) && (best == NULL || strcmp (address->address, best) < 0))
        best = address->address;
    }
  return best;
}

static gboolean
is_usable (const PtlNetTables *tables, const PtlNetRoute *route)
{
  const PtlNetLink *link = ptl_gateway_find_link (tables, route->index);

  return route->family == AF_INET6 && route->gateway != NULL && link != NULL
         && (link->flags & IFF_UP) != 0 && ptl_gateway_why_not (link) == NULL;
}

static char *
dup_scoped (const char *address, const char *interface)
{
  return ptl_address_class_of (address) == PTL_ADDRESS_LINK_LOCAL
             ? g_strconcat (address, "%", interface, NULL)
             : g_strdup (address);
}

/* The IPv4 side of the same box, where UPnP is described. */
static void
take_peer (PtlGateway *self, GPtrArray *ipv4)
{
  for (guint i = 0; i < ipv4->len; i++)
    {
      const PtlGateway *other = ipv4->pdata[i];

      if (strcmp (other->interface, self->interface) != 0)
        continue;
      self->peer = g_strdup (other->address);
      self->peer_local = g_strdup (other->local);
      return;
    }
}

static PtlGateway *
make_gateway (const PtlNetTables *tables, const PtlNetRoute *route, GPtrArray *ipv4)
{
  const char *local = find_local (tables, route);
  PtlGateway *self;

  if (local == NULL)
    return NULL;
  self = g_new0 (PtlGateway, 1);
  self->interface = g_strdup (ptl_gateway_find_link (tables, route->index)->name);
  self->address = dup_scoped (route->gateway, self->interface);
  self->local = g_strdup (local);
  self->alias = ptl_gateway_make_alias (route->gateway, self->interface);
  self->id = ptl_gateway_make_id (tables, route->index, route->gateway, self->alias);
  take_peer (self, ipv4);
  return self;
}

GPtrArray *
ptl_gateway_choose_ipv6 (const PtlNetTables *tables)
{
  GPtrArray *gateways = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_gateway_free);
  g_autoptr (GPtrArray) ipv4 = ptl_gateway_choose (tables);
  g_autoptr (GPtrArray) routes = g_ptr_array_copy (tables->routes, NULL, NULL);

  g_ptr_array_set_free_func (routes, NULL);
  g_ptr_array_sort (routes, ptl_gateway_compare_metric);
  for (guint i = 0; i < routes->len; i++)
    {
      PtlGateway *gateway;

      if (!is_usable (tables, routes->pdata[i]))
        continue;
      gateway = make_gateway (tables, routes->pdata[i], ipv4);
      if (gateway == NULL)
        continue;
      if (ptl_gateway_has_id (gateways, gateway->id))
        ptl_gateway_free (gateway);
      else
        g_ptr_array_add (gateways, gateway);
    }
  return gateways;
}

GError *
ptl_gateway_explain_ipv6 (const PtlNetTables *tables)
{
  for (guint i = 0; i < tables->routes->len; i++)
    if (is_usable (tables, tables->routes->pdata[i]))
      return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                            _("Switch IPv6 on in the router's settings, or ask your provider for it."),
                            _("This computer has no lasting IPv6 address that the internet can reach."));
  return ptl_error_new (PTL_ERROR_ROUTER_NONE,
                        _("Use IPv4, or ask your provider for IPv6."),
                        _("This network has no IPv6 router."));
}

/* --- other hosts --- */

static const PtlNetNeighbour *
find_by_address (const PtlNetTables *tables, const char *address)
{
  for (guint i = 0; i < tables->neighbours->len; i++)
    if (strcmp (((const PtlNetNeighbour *) tables->neighbours->pdata[i])->address, address) == 0)
      return tables->neighbours->pdata[i];
  return NULL;
}

char *
ptl_gateway_find_ipv6_of (const PtlNetTables *tables, const char *address)
{
  const PtlNetNeighbour *host = find_by_address (tables, address);
  const char *best = NULL;

  for (guint i = 0; host != NULL && i < tables->neighbours->len; i++)
    {
      const PtlNetNeighbour *other = tables->neighbours->pdata[i];

      if (other->index != host->index || memcmp (other->mac, host->mac, sizeof host->mac) != 0
          || strchr (other->address, ':') == NULL
          || ptl_address_class_of (other->address) != PTL_ADDRESS_PUBLIC)
        continue;
      if (best == NULL || strcmp (other->address, best) < 0)
        best = other->address;
    }
  return g_strdup (best);
}
