/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-near.h"

static void
test_near (void)
{
  static const struct
  {
    const char *address;
    gboolean near;
  } cases[] = {
    { "127.0.0.1", TRUE },    { "127.8.9.10", TRUE }, { "::1", TRUE },
    { "192.168.1.20", TRUE }, { "10.0.0.1", TRUE },   { "172.16.4.4", TRUE },
    { "169.254.3.3", TRUE },  { "fe80::1", TRUE },    { "fd12:3456::1", TRUE },
    { "203.0.113.9", FALSE }, { "8.8.8.8", FALSE },   { "2001:db8:ffff::1", FALSE },
    { "0.0.0.0", FALSE },     { "::", FALSE },        { "224.0.0.251", FALSE },
    { "ff02::1", FALSE },     { "172.32.0.1", FALSE }
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (cases[i].address);

      g_test_message ("%s", cases[i].address);
      g_assert_cmpint (ptl_near_has (address), ==, cases[i].near);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/near/near", test_near);
  return g_test_run ();
}
