/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which IPv6 gateway and which of our addresses, by tables that are made up. */

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include "core/ptl-error.h"
#include "router/ptl-gateway.h"

static void
add_link (PtlNetTables *tables, int index, const char *name, const char *kind)
{
  PtlNetLink *link = g_new0 (PtlNetLink, 1);

  link->index = index;
  link->type = ARPHRD_ETHER;
  link->flags = IFF_UP;
  g_strlcpy (link->name, name, sizeof link->name);
  g_strlcpy (link->kind, kind, sizeof link->kind);
  g_ptr_array_add (tables->links, link);
}

static void
add_address (PtlNetTables *tables, int index, const char *text, guint32 flags)
{
  PtlNetAddress *address = g_new0 (PtlNetAddress, 1);

  address->index = index;
  address->family = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
  address->address = g_strdup (text);
  address->prefix = address->family == AF_INET6 ? 64 : 24;
  address->flags = flags;
  g_ptr_array_add (tables->addresses, address);
}

static void
add_route (PtlNetTables *tables, int index, const char *gateway, guint32 metric)
{
  PtlNetRoute *route = g_new0 (PtlNetRoute, 1);

  route->index = index;
  route->family = strchr (gateway, ':') != NULL ? AF_INET6 : AF_INET;
  route->gateway = g_strdup (gateway);
  route->metric = metric;
  g_ptr_array_add (tables->routes, route);
}

static void
add_neighbour (PtlNetTables *tables, int index, const char *text, guint8 last)
{
  PtlNetNeighbour *neighbour = g_new0 (PtlNetNeighbour, 1);

  neighbour->index = index;
  neighbour->address = g_strdup (text);
  neighbour->mac[0] = 2;
  neighbour->mac[5] = last;
  g_ptr_array_add (tables->neighbours, neighbour);
}

static PtlNetTables *
home (void)
{
  PtlNetTables *tables = ptl_net_tables_new ();

  add_link (tables, 2, "eth0", "");
  add_address (tables, 2, "192.168.1.10", 0);
  add_route (tables, 2, "192.168.1.1", 100);
  add_route (tables, 2, "fe80::1", 100);
  return tables;
}

static void
test_plain (void)
{
  g_autoptr (PtlNetTables) tables = home ();
  g_autoptr (GPtrArray) gateways = NULL;
  g_autoptr (GPtrArray) ipv4 = ptl_gateway_choose (tables);
  const PtlGateway *gateway;

  add_address (tables, 2, "fe80::10", 0);
  add_address (tables, 2, "2001:db8::10", 0);
  gateways = ptl_gateway_choose_ipv6 (tables);
  g_assert_cmpuint (gateways->len, ==, 1);
  gateway = gateways->pdata[0];
  g_assert_cmpstr (gateway->address, ==, "fe80::1%eth0");
  g_assert_cmpstr (gateway->local, ==, "2001:db8::10");
  g_assert_cmpstr (gateway->peer, ==, "192.168.1.1");
  g_assert_cmpstr (gateway->peer_local, ==, "192.168.1.10");
  g_assert_cmpstr (gateway->id, ==, gateway->alias);
  for (const char *p = gateway->id; *p != '\0'; p++)
    g_assert_true (g_ascii_islower (*p) || g_ascii_isdigit (*p));
  /* IPv4 is chosen as if there were no IPv6. */
  g_assert_cmpuint (ipv4->len, ==, 1);
}

/* One box has one id, on both sides. */
static void
test_same_box (void)
{
  g_autoptr (PtlNetTables) tables = home ();
  g_autoptr (GPtrArray) ipv4 = NULL;
  g_autoptr (GPtrArray) ipv6 = NULL;

  add_address (tables, 2, "2001:db8::10", 0);
  add_neighbour (tables, 2, "192.168.1.1", 1);
  add_neighbour (tables, 2, "fe80::1", 1);
  ipv4 = ptl_gateway_choose (tables);
  ipv6 = ptl_gateway_choose_ipv6 (tables);
  g_assert_cmpstr (((PtlGateway *) ipv4->pdata[0])->id, ==, ((PtlGateway *) ipv6->pdata[0])->id);
}

/* Whatever the order: never one that is gone tomorrow, that is not ours yet, or that the internet cannot reach. */
static void
test_stable_address (void)
{
  static const char *const left_out[] = { "fe80::10", "fd00::10", "::1", "ff02::1" };
  g_autoptr (PtlNetTables) tables = home ();

  for (guint i = 0; i < G_N_ELEMENTS (left_out); i++)
    add_address (tables, 2, left_out[i], 0);
  add_address (tables, 2, "2001:db8::1", IFA_F_TEMPORARY);
  add_address (tables, 2, "2001:db8::2", IFA_F_DEPRECATED);
  add_address (tables, 2, "2001:db8::3", IFA_F_TENTATIVE);
  add_address (tables, 2, "2001:db8::4", IFA_F_DADFAILED | IFA_F_PERMANENT);
  add_address (tables, 3, "2001:db8::5", 0);
  {
    g_autoptr (GPtrArray) none = ptl_gateway_choose_ipv6 (tables);
    g_autoptr (GError) why = ptl_gateway_explain_ipv6 (tables);

    g_assert_cmpuint (none->len, ==, 0);
    g_assert_error (why, PTL_ERROR, PTL_ERROR_ROUTER_NONE);
    g_assert_nonnull (strstr (why->message, "lasting IPv6 address"));
  }
  add_address (tables, 2, "2001:db8::20", IFA_F_MANAGETEMPADDR);
  add_address (tables, 2, "2001:db8::11", IFA_F_PERMANENT);
  {
    g_autoptr (GPtrArray) some = ptl_gateway_choose_ipv6 (tables);

    g_assert_cmpstr (((PtlGateway *) some->pdata[0])->local, ==, "2001:db8::11");
  }
}

static void
test_not_chosen (void)
{
  g_autoptr (PtlNetTables) tables = ptl_net_tables_new ();
  g_autoptr (GPtrArray) gateways = NULL;
  g_autoptr (GError) why = NULL;

  add_link (tables, 4, "tun0", "tun");
  add_address (tables, 4, "2001:db8::10", 0);
  add_route (tables, 4, "fe80::1", 0);
  gateways = ptl_gateway_choose_ipv6 (tables);
  why = ptl_gateway_explain_ipv6 (tables);
  g_assert_cmpuint (gateways->len, ==, 0);
  g_assert_nonnull (strstr (why->message, "no IPv6 router"));
}

static void
test_metric (void)
{
  g_autoptr (PtlNetTables) tables = home ();
  g_autoptr (GPtrArray) gateways = NULL;

  add_link (tables, 3, "wlan0", "");
  add_address (tables, 2, "2001:db8::10", 0);
  add_address (tables, 3, "2001:db8:1::10", 0);
  add_route (tables, 3, "2001:db8:1::1", 50);
  gateways = ptl_gateway_choose_ipv6 (tables);
  g_assert_cmpuint (gateways->len, ==, 2);
  /* A global gateway needs no interface beside it; and no IPv4 is on that one. */
  g_assert_cmpstr (((PtlGateway *) gateways->pdata[0])->address, ==, "2001:db8:1::1");
  g_assert_null (((PtlGateway *) gateways->pdata[0])->peer);
}

static void
test_other_hosts (void)
{
  g_autoptr (PtlNetTables) tables = home ();
  g_autofree char *found = NULL;

  add_neighbour (tables, 2, "192.168.1.20", 20);
  add_neighbour (tables, 2, "fe80::20", 20);
  add_neighbour (tables, 2, "2001:db8::21", 20);
  add_neighbour (tables, 2, "2001:db8::20", 20);
  add_neighbour (tables, 3, "2001:db8::19", 20); /* another network */
  add_neighbour (tables, 2, "192.168.1.30", 30);
  add_neighbour (tables, 2, "fe80::30", 30);
  found = ptl_gateway_find_ipv6_of (tables, "192.168.1.20");
  g_assert_cmpstr (found, ==, "2001:db8::20");
  g_assert_null (ptl_gateway_find_ipv6_of (tables, "192.168.1.30"));
  g_assert_null (ptl_gateway_find_ipv6_of (tables, "192.168.1.99"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gateway6/plain", test_plain);
  g_test_add_func ("/gateway6/same-box", test_same_box);
  g_test_add_func ("/gateway6/stable-address", test_stable_address);
  g_test_add_func ("/gateway6/not-chosen", test_not_chosen);
  g_test_add_func ("/gateway6/metric", test_metric);
  g_test_add_func ("/gateway6/other-hosts", test_other_hosts);
  return g_test_run ();
}
