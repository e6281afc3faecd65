/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "router/ptl-vendor.h"

static char *
search (const char *list, const char *mac)
{
  guint bytes[6];
  guint8 address[6];

  g_assert_cmpint (sscanf (mac, "%x:%x:%x:%x:%x:%x", &bytes[0], &bytes[1], &bytes[2], &bytes[3], &bytes[4], &bytes[5]), ==, 6);
  for (guint i = 0; i < 6; i++)
    address[i] = (guint8) bytes[i];
  return ptl_vendor_search (list, strlen (list), address);
}

static void
assert_vendor (const char *list, const char *mac, const char *vendor)
{
  g_autofree char *found = search (list, mac);

  g_assert_cmpstr (found, ==, vendor);
}

static void
test_formats (void)
{
  static const char hwdb[] = "# comment\n\nOUI:002272*\n ID_OUI_FROM_DATABASE=American Micro-Fuel Device Corp.\n\n"
                             "OUI:B8D8127*\n ID_OUI_FROM_DATABASE=Smaller\n\nOUI:B8D812*\n ID_OUI_FROM_DATABASE=IEEE\n";
  static const char ieee[] = "OUI/MA-L\t\t\tOrganization\ncompany_id\n\n00-22-72   (hex)\t\tAmerican Micro-Fuel Device Corp.\r\n"
                             "002272     (base 16)\t\tAmerican Micro-Fuel Device Corp.\r\n\t\t\t\t2181 Buchanan Loop\r\n";
  static const char nmap[] = "# comment\n002271 Jaeger\n002272 American Micro-Fuel Device\nB8D8127 Smaller\n";

  assert_vendor (hwdb, "00:22:72:01:02:03", "American Micro-Fuel Device Corp.");
  assert_vendor (hwdb, "b8:d8:12:70:00:01", "Smaller");
  assert_vendor (hwdb, "b8:d8:12:80:00:01", "IEEE");
  assert_vendor (ieee, "00:22:72:01:02:03", "American Micro-Fuel Device Corp.");
  assert_vendor (nmap, "00:22:72:01:02:03", "American Micro-Fuel Device");
  assert_vendor (nmap, "b8:d8:12:7f:00:01", "Smaller");
  assert_vendor (nmap, "00:22:73:01:02:03", NULL);
}

/* Lists that end anywhere. */
static void
test_cut (void)
{
  static const char whole[] = "OUI:002272*\n ID_OUI_FROM_DATABASE=Name\n002272 Other\n00-22-72   (hex)\t\tThird";
  const guint8 mac[6] = { 0x00, 0x22, 0x72, 1, 2, 3 };

  for (gsize n = 0; n <= strlen (whole); n++)
    {
      g_autofree char *copy = g_memdup2 (whole, MAX (n, 1));
      g_autofree char *found = ptl_vendor_search (copy, n, mac);

      if (n == strlen (whole))
        g_assert_cmpstr (found, ==, "Name");
    }
}

/* Telephones make their address up; no list has it, and a group has no maker. */
static void
test_made_up (void)
{
  g_autofree char *local = ptl_vendor_find ((guint8[]) { 0x02, 0x22, 0x72, 1, 2, 3 });
  g_autofree char *group = ptl_vendor_find ((guint8[]) { 0x01, 0x00, 0x5e, 1, 2, 3 });

  g_assert_null (local);
  g_assert_null (group);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/vendor/formats", test_formats);
  g_test_add_func ("/vendor/cut", test_cut);
  g_test_add_func ("/vendor/made-up", test_made_up);
  return g_test_run ();
}
