/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The routing table of a home of its own (tests/support/router-lab.sh), and tables that are made
 * up. */

#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "router-lab.h"
#include "router/ptl-discovery.h"
#include "router/ptl-gateway.h"

#define NO_HELPER "/nonexistent"

static GPtrArray *
choose (void)
{
  g_autoptr (PtlNetlink) netlink = ptl_netlink_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlNetTables) tables = ptl_netlink_read (netlink, &error);

  g_assert_no_error (error);
  return ptl_gateway_choose (tables);
}

static GError *
explain (void)
{
  g_autoptr (PtlNetlink) netlink = ptl_netlink_new ();
  g_autoptr (PtlNetTables) tables = ptl_netlink_read (netlink, NULL);

  return ptl_gateway_explain (tables);
}

static void
test_plain (void)
{
  g_autoptr (GPtrArray) gateways = NULL;
  const PtlGateway *gateway;

  /* The kernel learns the gateway's hardware address from the first packet. */
  router_lab_here ("ip neigh flush dev p0");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 1);
  gateway = gateways->pdata[0];
  g_assert_cmpstr (gateway->address, ==, ROUTER_LAB_GATEWAY);
  g_assert_cmpstr (gateway->local, ==, ROUTER_LAB_LOCAL);
  g_assert_cmpstr (gateway->interface, ==, "p0");
  g_assert_cmpstr (gateway->id, ==, gateway->alias);
  for (const char *p = gateway->id; *p != '\0'; p++)
    g_assert_true (g_ascii_islower (*p) || g_ascii_isdigit (*p));
  g_clear_pointer (&gateways, g_ptr_array_unref);

  router_lab_here ("ping -c1 -W2 -q " ROUTER_LAB_GATEWAY " >/dev/null");
  gateways = choose ();
  gateway = gateways->pdata[0];
  g_assert_cmpstr (gateway->id, ==, "r020000007701");
}

static void
test_metric_and_source (void)
{
  g_autoptr (GPtrArray) gateways = NULL;
  const PtlGateway *first;

  router_lab_here (
      "ip link add d0 type veth peer name d1; ip link set d1 up; ip addr add 10.0.0.2/24 dev d0; "
      "ip addr add 10.0.0.3/24 dev d0; "
      "ip link set d0 up; ip route add default via 10.0.0.1 dev d0 src 10.0.0.3 metric 50; "
      "ip route change default via 192.168.77.1 dev p0 metric 0 || true; "
      "ip route del default via 192.168.77.1; ip route add default via 192.168.77.1 metric 100");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 2);
  first = gateways->pdata[0];
  g_assert_cmpstr (first->address, ==, "10.0.0.1");
  g_assert_cmpstr (first->local, ==, "10.0.0.3");
  router_lab_here ("ip link del d0; ip route del default; ip route add default via 192.168.77.1");
}

static void
test_vpn (void)
{
  g_autoptr (GPtrArray) gateways = NULL;
  g_autoptr (GError) error = NULL;

  if (access ("/dev/net/tun", R_OK | W_OK) != 0)
    {
      g_test_skip ("no /dev/net/tun here");
      return;
    }
  router_lab_here ("ip tuntap add tun0 mode tap && ip addr add 10.8.0.2/24 dev tun0 && ip link set "
                   "tun0 up && "
                   "ip route add default via 10.8.0.1 dev tun0 metric 5 && ip route del default "
                   "via 192.168.77.1 && "
                   "ip route add default via 192.168.77.1 metric 100");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 1);
  g_assert_cmpstr (((PtlGateway *) gateways->pdata[0])->address, ==, ROUTER_LAB_GATEWAY);
  g_clear_pointer (&gateways, g_ptr_array_unref);
  /* The VPN alone: no router, and it is said why. */
  router_lab_here ("ip route del default via 192.168.77.1");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 0);
  error = explain ();
  g_assert_error (error, PTL_ERROR, PTL_ERROR_ROUTER_NONE);
  g_assert_nonnull (strstr (error->message, "tun0"));
  router_lab_here ("ip link del tun0; ip route add default via 192.168.77.1");
}

static void
test_bridges (void)
{
  g_autoptr (GPtrArray) gateways = NULL;

  router_lab_here ("ip link add docker0 type bridge && ip addr add 172.17.0.1/16 dev docker0 && ip "
                   "link set docker0 up && "
                   "ip route add default via 172.17.0.9 dev docker0 metric 5; ip route del default "
                   "via 192.168.77.1; "
                   "ip route add default via 192.168.77.1 metric 100");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 1);
  g_assert_cmpstr (((PtlGateway *) gateways->pdata[0])->interface, ==, "p0");
  g_clear_pointer (&gateways, g_ptr_array_unref);
  router_lab_here ("ip link del docker0; ip route del default; ip route add default via "
                   "192.168.77.1");
  /* A bridge of the person's own, with the way out on it, is a network like any other. */
  router_lab_here ("ip link add br0 type bridge && ip addr add 10.9.0.2/24 dev br0 && ip link set "
                   "br0 up && "
                   "ip route add default via 10.9.0.1 dev br0 metric 500");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 2);
  g_assert_cmpstr (((PtlGateway *) gateways->pdata[1])->interface, ==, "br0");
  router_lab_here ("ip link del br0");
}

static void
test_nothing (void)
{
  g_autoptr (GError) offline = NULL;
  g_autoptr (GError) v6 = NULL;
  g_autoptr (GPtrArray) gateways = NULL;

  router_lab_here ("ip route del default");
  offline = explain ();
  g_assert_nonnull (strstr (offline->message, "no way to the internet"));
  router_lab_here ("ip -6 route add default via fe80::1 dev p0");
  gateways = choose ();
  g_assert_cmpuint (gateways->len, ==, 0);
  v6 = explain ();
  g_assert_nonnull (strstr (v6->message, "IPv6"));
  router_lab_here ("ip -6 route del default; ip route add default via 192.168.77.1");
}

/* --- discovery follows --- */

static void
on_flag (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
test_follow (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  g_autoptr (PtlDiscovery) discovery = ptl_discovery_new (clock, NO_HELPER);
  PtlRouter *router = ptl_discovery_get_default (discovery);
  g_autoptr (GError) problem = NULL;
  gboolean changed = FALSE;
  gboolean address_changed = FALSE;

  g_signal_connect_swapped (discovery, "items-changed", G_CALLBACK (on_flag), &changed);
  g_assert_nonnull (router);
  g_assert_null (ptl_discovery_dup_problem (discovery));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (discovery)), ==, 1);

  /* This computer gets another address: the router stays the same object. */
  g_signal_connect_swapped (router, "notify::local-address", G_CALLBACK (on_flag),
                            &address_changed);
  router_lab_here ("ip addr del 192.168.77.10/24 dev p0; ip addr add 192.168.77.11/24 dev p0; "
                   "ip route replace default via 192.168.77.1");
  router_lab_wait (&address_changed, 5);
  while (ptl_discovery_get_default (discovery) != router)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (ptl_router_get_local_address (router), ==, "192.168.77.11");

  /* The network goes, and comes back. */
  changed = FALSE;
  g_signal_handlers_disconnect_by_data (router, &address_changed);
  router_lab_here ("ip route del default");
  router_lab_wait (&changed, 5);
  g_assert_null (ptl_discovery_get_default (discovery));
  problem = ptl_discovery_dup_problem (discovery);
  g_assert_error (problem, PTL_ERROR, PTL_ERROR_ROUTER_NONE);
  changed = FALSE;
  router_lab_here ("ip addr del 192.168.77.11/24 dev p0; ip addr add 192.168.77.10/24 dev p0; "
                   "ip route add default via 192.168.77.1");
  router_lab_wait (&changed, 5);
  g_assert_nonnull (ptl_discovery_get_default (discovery));
  g_signal_handlers_disconnect_by_data (discovery, &changed);
}

/* An id that was stored before the hardware address was known finds the router later, too. */
static void
test_ids (void)
{
  g_autoptr (PtlClock) clock = ptl_clock_new ();
  g_autoptr (PtlDiscovery) before = NULL;
  g_autoptr (PtlDiscovery) after = NULL;
  g_autofree char *early = NULL;

  router_lab_here ("ip neigh flush dev p0");
  before = ptl_discovery_new (clock, NO_HELPER);
  early = g_strdup (ptl_router_get_id (ptl_discovery_get_default (before)));
  router_lab_here ("ping -c1 -W2 -q " ROUTER_LAB_GATEWAY " >/dev/null");
  after = ptl_discovery_new (clock, NO_HELPER);
  g_assert_cmpstr (ptl_router_get_id (ptl_discovery_get_default (after)), ==, "r020000007701");
  g_assert_true (ptl_discovery_get_router (after, early) == ptl_discovery_get_default (after));
  g_assert_true (ptl_discovery_get_router (after, "r020000007701")
                 == ptl_discovery_get_default (after));
  g_assert_null (ptl_discovery_get_router (after, "r020000007702"));
}

/* --- tables that are made up --- */

static const struct
{
  const char *name;
  const char *kind;
  guint type;
  const char *why_not;
} links[] = {
  { "eth0", "", ARPHRD_ETHER, NULL },
  { "wlan0", "", ARPHRD_ETHER, NULL },
  { "eth0.7", "vlan", ARPHRD_ETHER, NULL },
  { "eth0", "veth", ARPHRD_ETHER, NULL }, /* in a container */
  { "br0", "bridge", ARPHRD_ETHER, NULL },
  { "bond0", "bond", ARPHRD_ETHER, NULL },
  { "tun0", "tun", ARPHRD_NONE, "vpn" },
  { "tap0", "tun", ARPHRD_ETHER, "vpn" },
  { "wg0", "wireguard", ARPHRD_NONE, "vpn" },
  { "ppp0", "ppp", ARPHRD_PPP, "vpn" },
  { "gre1", "gre", ARPHRD_IPGRE, "vpn" },
  { "docker0", "bridge", ARPHRD_ETHER, "bridge" },
  { "br-0123456789ab", "bridge", ARPHRD_ETHER, "bridge" },
  { "virbr0", "bridge", ARPHRD_ETHER, "bridge" },
  { "podman1", "bridge", ARPHRD_ETHER, "bridge" },
};

static void
test_kinds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autoptr (PtlNetTables) tables = ptl_net_tables_new ();
      g_autoptr (GPtrArray) gateways = NULL;
      PtlNetLink *link = g_new0 (PtlNetLink, 1);
      PtlNetRoute *route = g_new0 (PtlNetRoute, 1);
      PtlNetAddress *address = g_new0 (PtlNetAddress, 1);

      g_strlcpy (link->name, links[i].name, sizeof link->name);
      g_strlcpy (link->kind, links[i].kind, sizeof link->kind);
      link->type = links[i].type;
      link->flags = IFF_UP;
      route->family = address->family = AF_INET;
      route->gateway = g_strdup ("10.0.0.1");
      address->address = g_strdup ("10.0.0.2");
      address->prefix = 24;
      g_ptr_array_add (tables->links, link);
      g_ptr_array_add (tables->routes, route);
      g_ptr_array_add (tables->addresses, address);
      gateways = ptl_gateway_choose (tables);
      g_test_message ("%s", links[i].name);
      g_assert_cmpstr (ptl_gateway_why_not (link), ==, links[i].why_not);
      g_assert_cmpuint (gateways->len, ==, links[i].why_not == NULL ? 1 : 0);
    }
}

static void
test_malformed (void)
{
  guint32 buffer[64];

  for (guint length = 0; length <= sizeof buffer; length++)
    for (guint seed = 0; seed < 20; seed++)
      {
        g_autoptr (PtlNetTables) tables = ptl_net_tables_new ();
        GRand *random = g_rand_new_with_seed (seed);
        guint8 *bytes = (guint8 *) buffer;

        for (guint i = 0; i < sizeof buffer; i++)
          bytes[i] = (guint8) g_rand_int_range (random, 0, seed % 2 ? 256 : 40);
        /* One that is long enough to be looked at, of each type that is read. */
        buffer[0] = seed < 10 ? length : buffer[0];
        bytes[4] = (guint8) (16 + 4 * (seed % 4));
        bytes[5] = 0;
        ptl_net_tables_read (tables, buffer, length);
        g_rand_free (random);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/netlink/plain", test_plain);
  g_test_add_func ("/router/netlink/metric-and-source", test_metric_and_source);
  g_test_add_func ("/router/netlink/vpn", test_vpn);
  g_test_add_func ("/router/netlink/bridges", test_bridges);
  g_test_add_func ("/router/netlink/nothing", test_nothing);
  g_test_add_func ("/router/netlink/follow", test_follow);
  g_test_add_func ("/router/netlink/ids", test_ids);
  g_test_add_func ("/router/netlink/kinds", test_kinds);
  g_test_add_func ("/router/netlink/malformed", test_malformed);
  return g_test_run ();
}
