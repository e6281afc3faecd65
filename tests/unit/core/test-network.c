/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "core/ptl-audience.h"
#include "core/ptl-error.h"

static void
test_good (void)
{
  const struct
  {
    const char *text;
    const char *kept;
  } cases[] = {
    { "10.0.0.0/8", "10.0.0.0/8" },
    { "203.0.113.7", "203.0.113.7/32" },
    { "203.0.113.7/32", "203.0.113.7/32" },
    { "203.0.113.128/25", "203.0.113.128/25" },
    { "0.0.0.0/0", "0.0.0.0/0" },
    { "::/0", "::/0" },
    { "::1", "::1/128" },
    { "fe80::/10", "fe80::/10" },
    { "2001:DB8::/32", "2001:db8::/32" },
    { "::ffff:10.0.0.0/104", "10.0.0.0/8" },
    { "::ffff:10.1.2.3", "10.1.2.3/32" },
    { "::ffff:0:0/96", "0.0.0.0/0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      PtlNetwork network;

      g_test_message ("%s", cases[i].text);
      g_assert_true (ptl_network_parse (cases[i].text, &network, &error));
      g_assert_no_error (error);
      text = ptl_network_to_string (&network);
      g_assert_cmpstr (text, ==, cases[i].kept);
    }
}

static void
test_bad (void)
{
  const char *const cases[] = {
    "",
    "/",
    "/8",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/08",
    "10.0.0.0/+8",
    "10.0.0.0/8/8",
    "10.0.0.0/8 ",
    " 10.0.0.0/8",
    "10.0.0.0/255.0.0.0",
    "10.0.0/8",
    "010.0.0.0/8",
    "256.0.0.0/8",
    "10.0.0.0/999",
    "10.0.0.0/4294967304",
    "::/129",
    "::1/128x",
    "fe80::1%eth0",
    "fe80::%eth0/10",
    "nas.lan",
    "anyone",
    "10.0.0.0-10.0.0.9",
    "[::1]",
    "::ffff:10.0.0.0/129",
    "\xff\xfe",
    "10.0.0.0\n/8",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      PtlNetwork network = { .family = 9 };

      g_assert_false (ptl_network_parse (cases[i], &network, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpuint (network.family, ==, 9);
    }
  g_assert_false (ptl_network_parse (NULL, NULL, NULL));
}

static void
test_host_bits (void)
{
  const struct
  {
    const char *text;
    const char *meant;
  } cases[] = {
    { "10.0.0.5/8", "10.0.0.0/8" },
    { "192.168.1.129/25", "192.168.1.128/25" },
    { "1.1.1.1/0", "0.0.0.0/0" },
    { "2001:db8::1/64", "2001:db8::/64" },
    { "::ffff:10.0.0.5/104", "10.0.0.0/8" },
    { "::ffff:10.0.0.0/90", "::ffc0:0:0/90" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *end = g_strconcat (" ", cases[i].meant, ".\n", NULL);
      PtlNetwork network;

      g_assert_false (ptl_network_parse (cases[i].text, &network, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, end));
    }
}

static void
test_contains (void)
{
  const struct
  {
    const char *network;
    const char *address;
    gboolean contains;
  } cases[] = {
    { "10.0.0.0/8", "10.255.255.255", TRUE },
    { "10.0.0.0/8", "11.0.0.0", FALSE },
    { "192.168.1.128/25", "192.168.1.127", FALSE },
    { "192.168.1.128/25", "192.168.1.128", TRUE },
    { "203.0.113.7", "203.0.113.7", TRUE },
    { "203.0.113.7", "203.0.113.6", FALSE },
    { "0.0.0.0/0", "8.8.8.8", TRUE },
    { "0.0.0.0/0", "2001:db8::1", FALSE },
    { "::/0", "2001:db8::1", TRUE },
    { "::/0", "8.8.8.8", FALSE },
    { "10.0.0.0/8", "::ffff:10.1.1.1", TRUE },
    { "10.0.0.0/8", "::ffff:11.1.1.1", FALSE },
    { "::ffff:10.0.0.0/104", "10.1.1.1", TRUE },
    { "::/0", "::ffff:8.8.8.8", FALSE },
    { "fe80::/10", "febf::1", TRUE },
    { "fe80::/10", "fec0::1", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlNetwork network;
      guint8 bytes[16];
      gboolean six = strchr (cases[i].address, ':') != NULL;

      g_test_message ("%s in %s", cases[i].address, cases[i].network);
      g_assert_true (ptl_network_parse (cases[i].network, &network, NULL));
      g_assert_cmpint (inet_pton (six ? AF_INET6 : AF_INET, cases[i].address, bytes), ==, 1);
      g_assert_cmpint (ptl_network_contains (&network, six ? 6 : 4, bytes), ==, cases[i].contains);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/good", test_good);
  g_test_add_func ("/network/bad", test_bad);
  g_test_add_func ("/network/host-bits", test_host_bits);
  g_test_add_func ("/network/contains", test_contains);
  return g_test_run ();
}
