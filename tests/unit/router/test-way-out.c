/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/check/ptl-way-out.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <sys/socket.h>

static void
add_link (PtlNetTables *tables, int index, const char *name, const char *kind, guint type, const char *address)
{
  PtlNetLink *link = g_new0 (PtlNetLink, 1);
  PtlNetAddress *one = g_new0 (PtlNetAddress, 1);

  link->index = index;
  g_strlcpy (link->name, name, sizeof link->name);
  g_strlcpy (link->kind, kind, sizeof link->kind);
  link->type = type;
  link->flags = IFF_UP;
  g_ptr_array_add (tables->links, link);
  one->index = index;
  one->family = AF_INET;
  one->address = g_strdup (address);
  one->prefix = 24;
  g_ptr_array_add (tables->addresses, one);
}

static PtlNetTables *
make_tables (void)
{
  PtlNetTables *tables = ptl_net_tables_new ();

  add_link (tables, 1, "lo", "", ARPHRD_LOOPBACK, "127.0.0.1");
  add_link (tables, 2, "eth0", "", ARPHRD_ETHER, "192.168.77.10");
  add_link (tables, 3, "wg0", "wireguard", ARPHRD_NONE, "10.8.0.2");
  add_link (tables, 4, "ppp0", "ppp", ARPHRD_PPP, "5.6.7.8");
  add_link (tables, 5, "ppp1", "ppp", ARPHRD_PPP, "10.9.0.2");
  return tables;
}

static void
test_fill (void)
{
  static const struct
  {
    const char *ipv4, *ipv6, *interface, *local_ipv6;
    gboolean vpn, connected;
  } cases[] = {
    { "192.168.77.10", "", "eth0", "", FALSE, TRUE },
    { "10.8.0.2", "", "wg0", "", TRUE, TRUE },
    { "5.6.7.8", "", "ppp0", "", FALSE, TRUE }, /* a provider's dial-in */
    { "10.9.0.2", "", "ppp1", "", TRUE, TRUE },
    { "", "2001:db8::10", "", "2001:db8::10", FALSE, TRUE },
    { "", "fd00::10", "", "", FALSE, FALSE }, /* leads nowhere by itself */
    { "", "", "", "", FALSE, FALSE },
    { "192.168.5.5", "", "", "", FALSE, TRUE }, /* gone since the tables were read */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlNetTables) tables = make_tables ();
      g_autoptr (PtlCheckFacts) facts = ptl_check_facts_new ();

      g_test_message ("%s %s", cases[i].ipv4, cases[i].ipv6);
      ptl_way_out_fill (tables, cases[i].ipv4, cases[i].ipv6, facts);
      g_assert_cmpstr (facts->way_interface, ==, cases[i].interface);
      g_assert_cmpstr (facts->local_ipv6, ==, cases[i].local_ipv6);
      g_assert_cmpint (facts->vpn, ==, cases[i].vpn);
      g_assert_cmpint (facts->connected, ==, cases[i].connected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/way-out/fill", test_fill);
  return g_test_run ();
}
