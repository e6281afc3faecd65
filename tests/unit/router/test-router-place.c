/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-router-place.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>
#include <sys/socket.h>

#include "core/ptl-error.h"
#include "router/ptl-gateway.h"
#include "router/ptl-net-interface.h"

static const struct
{
  const char *address, *interface, *url;
  gboolean good;
} places[] = {
  { "192.168.1.1", "", "", TRUE },
  { "192.168.1.1", "wlan0", "http://192.168.1.1:5000/rootDesc.xml", TRUE },
  { "100.64.0.1", "", "", TRUE },
  { "5.6.7.8", "", "", TRUE },
  { "", "", "", FALSE },
  { "0.0.0.0", "", "", FALSE },
  { "127.0.0.1", "", "", FALSE },
  { "169.254.1.1", "", "", FALSE },
  { "224.0.0.1", "", "", FALSE },
  { "255.255.255.255", "", "", FALSE },
  { "192.168.1", "", "", FALSE },
  { "192.168.1.1/24", "", "", FALSE },
  { "fe80::1", "", "", FALSE },
  { "2001:db8::1", "", "", FALSE },
  { "router.lan", "", "", FALSE },
  { "192.168.1.1", "a/b", "", FALSE },
  { "192.168.1.1", "a b", "", FALSE },
  { "192.168.1.1", "sixteen-bytes-xx", "", FALSE },
  { "192.168.1.1", "", "https://192.168.1.1/", FALSE },
  { "192.168.1.1", "", "http://192.168.1.2/", FALSE },
  { "192.168.1.1", "", "http://router.lan/", FALSE },
  { "192.168.1.1", "", "http://u@192.168.1.1/", FALSE },
};

static void
test_new (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlRouterPlace) place
          = ptl_router_place_new (places[i].address, places[i].interface, places[i].url, &error);

      g_assert_cmpint (place != NULL, ==, places[i].good);
      if (places[i].good)
        continue;
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_nonnull (strchr (error->message, '\n'));
      g_assert_null (strchr (error->message, '%'));
    }
}

static void
add (GPtrArray *list, const char *address, const char *interface, const char *url)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (list, ptl_router_place_new (address, interface, url, &error));
  g_assert_no_error (error);
}

static void
test_text (void)
{
  g_autoptr (GPtrArray) before = ptl_router_places_new ();
  g_autoptr (GPtrArray) none = ptl_router_places_from_text ("");
  g_autoptr (GPtrArray) garbage = ptl_router_places_from_text ("[('192.168.1.1',");
  g_autoptr (GPtrArray) wrong = ptl_router_places_from_text ("[('127.0.0.1', '', ''), ('10.0.0.1', "
                                                             "'', ''), ('10.0.0.1', 'x', '')]");
  g_autoptr (GPtrArray) after = NULL;
  g_autofree char *text = NULL;
  const PtlRouterPlace *second;

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (garbage->len, ==, 0);
  g_assert_cmpuint (wrong->len, ==, 1);
  add (before, "192.168.1.1", "", "");
  add (before, "192.168.2.1", "wlan0", "http://192.168.2.1/it's");
  text = ptl_router_places_to_text (before);
  after = ptl_router_places_from_text (text);
  g_assert_cmpuint (after->len, ==, 2);
  second = ptl_router_places_find (after, "192.168.2.1");
  g_assert_cmpstr (second->interface, ==, "wlan0");
  g_assert_cmpstr (second->url, ==, "http://192.168.2.1/it's");
}

/* --- among the gateways --- */

static void
add_network (PtlNetTables *tables,
             int index,
             const char *name,
             const char *kind,
             guint type,
             const char *address)
{
  PtlNetLink *link = g_new0 (PtlNetLink, 1);
  PtlNetAddress *own = g_new0 (PtlNetAddress, 1);

  link->index = own->index = index;
  g_strlcpy (link->name, name, sizeof link->name);
  g_strlcpy (link->kind, kind, sizeof link->kind);
  link->type = type;
  link->flags = IFF_UP;
  own->family = AF_INET;
  own->address = g_strdup (address);
  own->prefix = 24;
  g_ptr_array_add (tables->links, link);
  g_ptr_array_add (tables->addresses, own);
}

static void
add_route (PtlNetTables *tables, int index, const char *gateway)
{
  PtlNetRoute *route = g_new0 (PtlNetRoute, 1);

  route->index = index;
  route->family = AF_INET;
  route->gateway = g_strdup (gateway);
  g_ptr_array_add (tables->routes, route);
}

/* eth0 with the default route, wlan0 into the same network, eth1, a VPN and a bridge. */
static PtlNetTables *
make_tables (void)
{
  PtlNetTables *tables = ptl_net_tables_new ();

  add_network (tables, 2, "eth0", "", ARPHRD_ETHER, "192.168.1.5");
  add_network (tables, 3, "wlan0", "", ARPHRD_ETHER, "192.168.1.6");
  add_network (tables, 4, "eth1", "", ARPHRD_ETHER, "192.168.2.5");
  add_network (tables, 5, "wg0", "wireguard", ARPHRD_NONE, "10.8.0.2");
  add_network (tables, 6, "docker0", "bridge", ARPHRD_ETHER, "172.17.0.1");
  add_route (tables, 2, "192.168.1.1");
  return tables;
}

static GPtrArray *
choose (const PtlNetTables *tables, GPtrArray *named)
{
  GPtrArray *gateways = ptl_gateway_choose (tables);

  ptl_gateway_add_places (gateways, tables, named);
  return gateways;
}

static void
assert_gateway (const PtlGateway *gateway,
                const char *address,
                const char *interface,
                const char *local,
                gboolean named)
{
  g_assert_cmpstr (gateway->address, ==, address);
  g_assert_cmpstr (gateway->interface, ==, interface);
  g_assert_cmpstr (gateway->local, ==, local);
  g_assert_cmpint (gateway->named, ==, named);
}

static void
test_gateways (void)
{
  g_autoptr (PtlNetTables) tables = make_tables ();
  g_autoptr (GPtrArray) named = ptl_router_places_new ();
  g_autoptr (GPtrArray) gateways = NULL;

  add (named, "192.168.2.1", "", "http://192.168.2.1/d.xml");
  add (named, "192.168.1.1", "wlan0", "");
  add (named, "192.168.3.1", "", ""); /* in no network of ours */
  add (named, "192.168.2.5", "", ""); /* this computer itself */
  add (named, "10.8.0.1", "", "");    /* a VPN, which nobody chose */
  add (named, "172.17.0.2", "docker0", "");
  gateways = choose (tables, named);
  g_assert_cmpuint (gateways->len, ==, 3);
  /* The default one stays the first, by the interface that was chosen. */
  assert_gateway (gateways->pdata[0], "192.168.1.1", "wlan0", "192.168.1.6", TRUE);
  assert_gateway (gateways->pdata[1], "192.168.2.1", "eth1", "192.168.2.5", TRUE);
  g_assert_cmpstr (((PtlGateway *) gateways->pdata[1])->url, ==, "http://192.168.2.1/d.xml");
  /* A bridge that was chosen by name is the person's own decision. */
  assert_gateway (gateways->pdata[2], "172.17.0.2", "docker0", "172.17.0.1", TRUE);
}

/* The default router, only named for its description: the route says by which interface. */
static void
test_known_gateway (void)
{
  g_autoptr (PtlNetTables) tables = make_tables ();
  g_autoptr (GPtrArray) named = ptl_router_places_new ();
  g_autoptr (GPtrArray) gateways = NULL;

  add (named, "192.168.1.1", "", "http://192.168.1.1/d.xml");
  ((PtlNetRoute *) tables->routes->pdata[0])->index = 3;
  gateways = choose (tables, named);
  g_assert_cmpuint (gateways->len, ==, 1);
  assert_gateway (gateways->pdata[0], "192.168.1.1", "wlan0", "192.168.1.6", TRUE);
  g_assert_cmpstr (((PtlGateway *) gateways->pdata[0])->url, ==, "http://192.168.1.1/d.xml");
}

static void
test_interfaces (void)
{
  static const char *const why_not[] = { "", "", "", "vpn", "bridge" };
  g_autoptr (PtlNetTables) tables = make_tables ();
  g_autoptr (GPtrArray) interfaces = ptl_net_interfaces_list (tables);
  g_autoptr (GPtrArray) none = ptl_net_interfaces_list (NULL);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (interfaces->len, ==, G_N_ELEMENTS (why_not));
  for (guint i = 0; i < interfaces->len; i++)
    g_assert_cmpstr (((PtlNetInterface *) interfaces->pdata[i])->why_not, ==, why_not[i]);
  g_assert_cmpstr (((PtlNetInterface *) interfaces->pdata[0])->addresses[0], ==, "192.168.1.5/24");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/place/new", test_new);
  g_test_add_func ("/router/place/text", test_text);
  g_test_add_func ("/router/place/gateways", test_gateways);
  g_test_add_func ("/router/place/known-gateway", test_known_gateway);
  g_test_add_func ("/router/place/interfaces", test_interfaces);
  return g_test_run ();
}
