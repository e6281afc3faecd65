/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-arp.h"

static const char table[] =
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "192.168.1.1      0x1         0x2         00:22:72:0a:0b:0c     *        eth0\n"
    "192.168.1.30     0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    "192.168.1.40     0x1         0x0         00:00:00:00:00:00     *        eth0\n"
    "192.168.1.40     0x1         0x6         00:22:72:0a:0b:0d     *        wlan0\n"
    "192.168.1.50     0x1         garbage\n";

static void
test_find (void)
{
  guint8 mac[6] = { 0 };

  g_assert_cmpint (ptl_arp_find (table, "192.168.1.1", mac), ==, PTL_ARP_THERE);
  g_assert_cmpmem (mac, 6, ((guint8[]) { 0, 0x22, 0x72, 0x0a, 0x0b, 0x0c }), 6);
  g_assert_cmpint (ptl_arp_find (table, "192.168.1.30", mac), ==, PTL_ARP_ABSENT);
  /* By cable it does not answer, by air it does. */
  g_assert_cmpint (ptl_arp_find (table, "192.168.1.40", mac), ==, PTL_ARP_THERE);
  g_assert_cmpint (ptl_arp_find (table, "192.168.1.50", mac), ==, PTL_ARP_UNKNOWN);
  g_assert_cmpint (ptl_arp_find (table, "192.168.1.3", mac), ==, PTL_ARP_UNKNOWN);
  g_assert_cmpint (ptl_arp_find ("", "192.168.1.1", mac), ==, PTL_ARP_UNKNOWN);
  g_assert_cmpint (ptl_arp_find ("\n\n\n", "192.168.1.1", mac), ==, PTL_ARP_UNKNOWN);
}

/* Whatever a router lists, nothing is sent out of this computer's own network. */
static void
test_link (void)
{
  g_assert_true (ptl_arp_is_on_link ("127.0.0.5", "127.0.0.1"));
  g_assert_false (ptl_arp_is_on_link ("8.8.8.8", "127.0.0.1"));
  g_assert_false (ptl_arp_is_on_link ("127.255.255.255", "127.0.0.1"));
  g_assert_false (ptl_arp_is_on_link ("127.0.0.0", "127.0.0.1"));
  g_assert_false (ptl_arp_is_on_link ("127.0.0.5", "203.0.113.99"));
  g_assert_false (ptl_arp_is_on_link ("router", "127.0.0.1"));
  g_assert_false (ptl_arp_is_on_link ("::1", "127.0.0.1"));
  g_assert_false (ptl_arp_ask ("127.0.0.1", "127.0.0.1"));
  g_assert_false (ptl_arp_ask ("203.0.113.7", "127.0.0.1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arp/find", test_find);
  g_test_add_func ("/arp/link", test_link);
  return g_test_run ();
}
