/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-arp.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DISCARD_PORT 9
/* ATF_COM of <linux/if_arp.h>: the hardware address is known. */
#define FLAG_COMPLETE 0x2u

char *
ptl_arp_read (void)
{
  char *table = NULL;

  return g_file_get_contents ("/proc/net/arp", &table, NULL, NULL) ? table : g_strdup ("");
}

static gboolean
read_mac (const char *text, guint8 mac[6])
{
  guint bytes[6];

  if (sscanf (text, "%2x:%2x:%2x:%2x:%2x:%2x", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4],
              &bytes[5]) != 6)
    return FALSE;
  for (guint i = 0; i < 6; i++)
    mac[i] = (guint8) bytes[i];
  return TRUE;
}

static PtlArpState
read_line (const char *line, const char *address, guint8 mac[6])
{
  char found[64], hardware[64];
  guint flags;

  /* IP address, HW type, Flags, HW address, Mask, Device */
  if (sscanf (line, "%63s 0x%*x 0x%x %63s", found, &flags, hardware) != 3 || strcmp (found, address) != 0)
    return PTL_ARP_UNKNOWN;
  if ((flags & FLAG_COMPLETE) == 0)
    return PTL_ARP_ABSENT;
  return read_mac (hardware, mac) ? PTL_ARP_THERE : PTL_ARP_UNKNOWN;
}

PtlArpState
ptl_arp_find (const char *table, const char *address, guint8 mac[6])
{
  PtlArpState state = PTL_ARP_UNKNOWN;

  /* By cable and by air there may be two: one that answers is enough. */
  for (const char *line = table; line != NULL && *line != '\0'; line = strchr (line, '\n'))
    {
      PtlArpState one;

      line += *line == '\n';
      one = read_line (line, address, mac);
      if (one == PTL_ARP_THERE)
        return one;
      if (one == PTL_ARP_ABSENT)
        state = one;
    }
  return state;
}

static gboolean
is_in_network (const struct ifaddrs *entry, struct in_addr address, struct in_addr local)
{
  const struct sockaddr_in *own = (const struct sockaddr_in *) (const void *) entry->ifa_addr;
  const struct sockaddr_in *mask = (const struct sockaddr_in *) (const void *) entry->ifa_netmask;

  if (own == NULL || mask == NULL || own->sin_family != AF_INET || own->sin_addr.s_addr != local.s_addr)
    return FALSE;
  /* Nor to everybody in it, nor to the network as such. */
  return ((address.s_addr ^ local.s_addr) & mask->sin_addr.s_addr) == 0 &&
         (address.s_addr | mask->sin_addr.s_addr) != G_MAXUINT32 &&
         (address.s_addr & ~mask->sin_addr.s_addr) != 0;
}

gboolean
ptl_arp_is_on_link (const char *address, const char *local)
{
  struct ifaddrs *list = NULL;
  struct in_addr a, b;
  gboolean found = FALSE;

  if (inet_pton (AF_INET, address, &a) != 1 || inet_pton (AF_INET, local, &b) != 1 || getifaddrs (&list) != 0)
    return FALSE;
  for (const struct ifaddrs *entry = list; entry != NULL && !found; entry = entry->ifa_next)
    found = is_in_network (entry, a, b);
  freeifaddrs (list);
  return found;
}

gboolean
ptl_arp_ask (const char *address, const char *local)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (DISCARD_PORT) };
  gboolean sent;
  int fd;

  if (strcmp (address, local) == 0 || !ptl_arp_is_on_link (address, local))
    return FALSE;
  inet_pton (AF_INET, address, &to.sin_addr);
  fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  sent = sendto (fd, "", 0, 0, (const struct sockaddr *) &to, sizeof to) == 0;
  close (fd);
  return sent;
}
