/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-host.h"

#include <string.h>

#include "core/ptl-endpoint.h"

static void
test_valid (void)
{
  const struct
  {
    const char *host;
    gboolean valid;
    gboolean address;
    gboolean loopback;
  } cases[] = {
    { "nas", TRUE, FALSE, FALSE },
    { "nas.lan", TRUE, FALSE, FALSE },
    { "nas.lan.", TRUE, FALSE, FALSE },
    { "my_container", TRUE, FALSE, FALSE },
    { "xn--bcher-kva.example", TRUE, FALSE, FALSE },
    { "1password.com", TRUE, FALSE, FALSE },
    { "localhost", TRUE, FALSE, TRUE },
    { "LocalHost", TRUE, FALSE, TRUE },
    { "localhost.example.org", TRUE, FALSE, FALSE },
    { "127.0.0.1", TRUE, TRUE, TRUE },
    { "127.9.9.9", TRUE, TRUE, TRUE },
    { "::1", TRUE, TRUE, TRUE },
    { "::ffff:127.0.0.1", TRUE, TRUE, TRUE },
    { "::ffff:10.0.0.1", TRUE, TRUE, FALSE },
    { "192.168.1.5", TRUE, TRUE, FALSE },
    { "0.0.0.0", TRUE, TRUE, FALSE },
    { "fe80::1", TRUE, TRUE, FALSE },
    { "fe80::1%eth0", FALSE, FALSE, FALSE },
    { "", FALSE, FALSE, FALSE },
    { ".", FALSE, FALSE, FALSE },
    { "a..b", FALSE, FALSE, FALSE },
    { ".a", FALSE, FALSE, FALSE },
    { "-oProxyCommand=x", FALSE, FALSE, FALSE },
    { "-a.lan", FALSE, FALSE, FALSE },
    { "a.-b", FALSE, FALSE, FALSE },
    { "a-.b", FALSE, FALSE, FALSE },
    { "a b", FALSE, FALSE, FALSE },
    { "b\xc3\xbc"
      "cher.example",
      FALSE, FALSE, FALSE },
    { "a\nb", FALSE, FALSE, FALSE },
    { "[::1]", FALSE, FALSE, FALSE },
    { "192.168.001.005", FALSE, FALSE, FALSE },
    { "256.1.1.1", FALSE, FALSE, FALSE },
    { "1.2.3", FALSE, FALSE, FALSE },
    { "127.1", FALSE, FALSE, FALSE },
    { "0x7f.1", FALSE, FALSE, FALSE },
    { "0x7f000001", FALSE, FALSE, FALSE },
    { "2130706433", FALSE, FALSE, FALSE },
    { "nas.0x", FALSE, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].host);
      g_assert_cmpint (ptl_host_is_valid (cases[i].host), ==, cases[i].valid);
      g_assert_cmpint (ptl_host_is_address (cases[i].host), ==, cases[i].address);
      g_assert_cmpint (ptl_host_is_loopback (cases[i].host), ==, cases[i].loopback);
    }
  g_assert_false (ptl_host_is_valid (NULL));
  g_assert_false (ptl_host_is_loopback (NULL));
}

static void
test_lengths (void)
{
  g_autofree char *label = g_strnfill (63, 'a');
  g_autofree char *long_label = g_strnfill (64, 'a');
  g_autofree char *longest = g_strconcat (label, ".", label, ".", label, ".", label + 2, NULL);
  g_autofree char *too_long = g_strconcat (longest, "a", NULL);

  g_assert_true (ptl_host_is_valid (label));
  g_assert_false (ptl_host_is_valid (long_label));
  g_assert_cmpuint (strlen (longest), ==, 253);
  g_assert_true (ptl_host_is_valid (longest));
  g_assert_false (ptl_host_is_valid (too_long));
}

static void
test_normalize (void)
{
  const struct
  {
    const char *host;
    const char *kept;
  } cases[] = {
    { "2001:DB8:0:0::0001", "2001:db8::1" },
    { "::ffff:10.0.0.1", "10.0.0.1" },
    { "10.0.0.1", "10.0.0.1" },
    { "Nas.Lan", "Nas.Lan" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *kept = ptl_host_normalize (cases[i].host);

      g_assert_cmpstr (kept, ==, cases[i].kept);
      g_assert_true (ptl_host_equal (cases[i].host, cases[i].kept));
    }
  g_assert_true (ptl_host_equal ("NAS.lan", "nas.LAN"));
  g_assert_true (ptl_host_equal (NULL, NULL));
  g_assert_false (ptl_host_equal (NULL, "nas"));
  g_assert_false (ptl_host_equal ("127.0.0.1", "127.0.0.2"));
}

static void
test_wildcard (void)
{
  g_assert_true (ptl_host_is_wildcard ("0.0.0.0"));
  g_assert_true (ptl_host_is_wildcard ("::"));
  g_assert_true (ptl_host_is_wildcard ("::ffff:0.0.0.0"));
  g_assert_false (ptl_host_is_wildcard ("::1"));
  g_assert_false (ptl_host_is_wildcard ("nas"));
  g_assert_false (ptl_host_is_wildcard (NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/valid", test_valid);
  g_test_add_func ("/host/lengths", test_lengths);
  g_test_add_func ("/host/normalize", test_normalize);
  g_test_add_func ("/host/wildcard", test_wildcard);
  return g_test_run ();
}
