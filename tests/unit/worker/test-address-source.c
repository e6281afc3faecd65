/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <linux/if_addr.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include "worker/ptl-address-source.h"

enum
{
  LAN = 2,
  WLAN,
  VPN
};

static void
add_link (PtlNetTables *tables, int index, const char *name, const char *kind)
{
  PtlNetLink *link = g_new0 (PtlNetLink, 1);

  link->index = index;
  link->type = *kind != '\0' ? ARPHRD_NONE : ARPHRD_ETHER;
  link->flags = IFF_UP | IFF_RUNNING;
  g_strlcpy (link->name, name, sizeof link->name);
  g_strlcpy (link->kind, kind, sizeof link->kind);
  g_ptr_array_add (tables->links, link);
}

static void
add_route (PtlNetTables *tables, int index, guint32 metric)
{
  PtlNetRoute *route = g_new0 (PtlNetRoute, 1);

  route->index = index;
  route->family = AF_INET6;
  route->metric = metric;
  g_ptr_array_add (tables->routes, route);
}

static void
add_address (PtlNetTables *tables, int index, const char *text, guint32 flags)
{
  PtlNetAddress *address = g_new0 (PtlNetAddress, 1);

  address->index = index;
  address->family = AF_INET6;
  address->address = g_strdup (text);
  address->prefix = 64;
  address->flags = flags;
  g_ptr_array_add (tables->addresses, address);
}

static PtlNetTables *
new_tables (void)
{
  PtlNetTables *tables = ptl_net_tables_new ();

  add_link (tables, LAN, "eth0", "");
  add_link (tables, WLAN, "wlan0", "");
  add_link (tables, VPN, "wg0", "wireguard");
  add_route (tables, WLAN, 600);
  add_route (tables, LAN, 100);
  add_route (tables, VPN, 50);
  return tables;
}

static void
assert_chosen (const PtlNetTables *tables, const char *prefer, const char *wanted)
{
  g_autofree char *chosen = ptl_address_source_choose_ipv6 (tables, prefer);

  g_assert_cmpstr (chosen, ==, wanted);
}

/* The stable one of the best link: not what is for an hour, for this home alone, or of a VPN. */
static void
test_choice (void)
{
  g_autoptr (PtlNetTables) tables = new_tables ();

  assert_chosen (tables, NULL, NULL);
  add_address (tables, LAN, "fe80::1", 0);
  add_address (tables, LAN, "fd00::1", 0);
  add_address (tables, LAN, "2a00:1::dead", IFA_F_TEMPORARY);
  add_address (tables, LAN, "2a00:1::1", IFA_F_DEPRECATED);
  add_address (tables, LAN, "2a00:1::2", IFA_F_TENTATIVE);
  add_address (tables, VPN, "2a00:9::9", 0);
  add_address (tables, WLAN, "2a00:1::3", 0);
  assert_chosen (tables, NULL, NULL);
  add_address (tables, LAN, "2a00:1::8", IFA_F_MANAGETEMPADDR);
  add_address (tables, LAN, "2a00:1::9", IFA_F_PERMANENT);
  assert_chosen (tables, NULL, "2a00:1::8");
}

/* One of two that are as good is not left for the other. */
static void
test_kept (void)
{
  g_autoptr (PtlNetTables) tables = new_tables ();

  add_address (tables, LAN, "2a00:1::8", 0);
  add_address (tables, LAN, "2a00:1::9", 0);
  assert_chosen (tables, "2a00:1::9", "2a00:1::9");
  assert_chosen (tables, "2a00:1::7", "2a00:1::8");
}

static void
test_no_route (void)
{
  g_autoptr (PtlNetTables) tables = ptl_net_tables_new ();

  add_link (tables, LAN, "eth0", "");
  add_address (tables, LAN, "2a00:1::8", 0);
  assert_chosen (tables, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address-source/choice", test_choice);
  g_test_add_func ("/address-source/kept", test_kept);
  g_test_add_func ("/address-source/no-route", test_no_route);
  return g_test_run ();
}
