/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-way-out.h"

#include <gio/gio.h>
#include <string.h>

#include "router/ptl-address-class.h"
#include "router/ptl-gateway.h"

/* Addresses that are nobody's (RFC 5737, RFC 3849): what leads there is what leads to the internet. */
#define SOMEWHERE_IPV4 "192.0.2.1"
#define SOMEWHERE_IPV6 "2001:db8::1"

/* Connecting a datagram socket only looks up the route. */
static char *
dup_source_towards (const char *address)
{
  g_autoptr (GSocketAddress) there = g_inet_socket_address_new_from_string (address, 9);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (there), G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) here = NULL;

  if (socket == NULL || !g_socket_connect (socket, there, NULL, NULL))
    return g_strdup ("");
  here = g_socket_get_local_address (socket, NULL);
  if (here == NULL)
    return g_strdup ("");
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (here)));
}

static const PtlNetLink *
find_link (const PtlNetTables *tables, const char *address)
{
  int index = -1;

  for (guint i = 0; i < tables->addresses->len; i++)
    {
      const PtlNetAddress *known = tables->addresses->pdata[i];

      if (g_strcmp0 (known->address, address) == 0)
        index = known->index;
    }
  for (guint i = 0; i < tables->links->len; i++)
    if (((const PtlNetLink *) tables->links->pdata[i])->index == index)
      return tables->links->pdata[i];
  return NULL;
}

/* A provider's own dial-in (PPPoE) is a tunnel to the kernel, and no VPN where its address is public. */
static gboolean
is_vpn (const PtlNetLink *link, const char *address)
{
  if (g_strcmp0 (ptl_gateway_why_not (link), "vpn") != 0)
    return FALSE;
  return strcmp (link->kind, "ppp") != 0 || ptl_address_class_of (address) != PTL_ADDRESS_PUBLIC;
}

void
ptl_way_out_fill (const PtlNetTables *tables, const char *ipv4, const char *ipv6, PtlCheckFacts *facts)
{
  const PtlNetLink *link = *ipv4 != '\0' ? find_link (tables, ipv4) : NULL;

  ptl_check_facts_set (&facts->way_interface, link != NULL ? link->name : "");
  ptl_check_facts_set (&facts->way_address, ipv4);
  ptl_check_facts_set (&facts->local_ipv6, ptl_address_class_of (ipv6) == PTL_ADDRESS_PUBLIC ? ipv6 : "");
  facts->vpn = link != NULL && is_vpn (link, ipv4);
  facts->connected = *ipv4 != '\0' || *facts->local_ipv6 != '\0';
}

void
ptl_way_out_find (const PtlNetTables *tables, PtlCheckFacts *facts)
{
  g_autofree char *ipv4 = dup_source_towards (SOMEWHERE_IPV4);
  g_autofree char *ipv6 = dup_source_towards (SOMEWHERE_IPV6);

  ptl_way_out_fill (tables, ipv4, ipv6, facts);
}
