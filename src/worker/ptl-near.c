/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-near.h"

#include <ifaddrs.h>
#include <netinet/in.h>

static const guint8 all_bits[16] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };

/* The bytes of @address, which is of @family; NULL where it is of another, or none. */
static const guint8 *
bytes_of (const struct sockaddr *address, GSocketFamily family)
{
  if (address == NULL || address->sa_family != (int) family)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV4)
    return (const guint8 *) &((const struct sockaddr_in *) (const void *) address)->sin_addr;
  return (const guint8 *) &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr;
}

/* Whether @address is that of @entry or, @by_network, in the network of it. */
static gboolean
is_of_interface (const struct ifaddrs *entry, GInetAddress *address, gboolean by_network)
{
  GSocketFamily family = g_inet_address_get_family (address);
  const guint8 *wanted = g_inet_address_to_bytes (address);
  const guint8 *own = bytes_of (entry->ifa_addr, family);
  const guint8 *mask = by_network ? bytes_of (entry->ifa_netmask, family) : all_bits;

  if (own == NULL || mask == NULL)
    return FALSE;
  for (gsize i = 0; i < g_inet_address_get_native_size (address); i++)
    if ((wanted[i] & mask[i]) != (own[i] & mask[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_of_any_interface (GInetAddress *address, gboolean by_network)
{
  struct ifaddrs *list = NULL;
  gboolean found = FALSE;

  if (getifaddrs (&list) != 0)
    return FALSE;
  for (struct ifaddrs *entry = list; entry != NULL && !found; entry = entry->ifa_next)
    found = is_of_interface (entry, address, by_network);
  freeifaddrs (list);
  return found;
}

gboolean
ptl_near_is_own (GInetAddress *address)
{
  return is_of_any_interface (address, FALSE);
}

gboolean
ptl_near_has (GInetAddress *address)
{
  gboolean ipv6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  if (g_inet_address_get_is_any (address) || g_inet_address_get_is_multicast (address))
    return FALSE;
  if (g_inet_address_get_is_loopback (address) || g_inet_address_get_is_site_local (address)
      || g_inet_address_get_is_link_local (address)
      || (ipv6 && (g_inet_address_to_bytes (address)[0] & 0xfe) == 0xfc))
    return TRUE;
  /* Of IPv6 the networks too, where no address is private. */
  return is_of_any_interface (address, ipv6);
}
