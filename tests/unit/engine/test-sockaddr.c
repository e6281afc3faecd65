/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "engine/ptl-sockaddr.h"

static void
test_parse (void)
{
  static const struct
  {
    const char *host;
    gboolean valid;
    guint8 family;
    gboolean any;
  } cases[] = {
    { "127.0.0.1", TRUE, 4, FALSE },  { "0.0.0.0", TRUE, 4, TRUE },
    { "::", TRUE, 6, TRUE },          { "::1", TRUE, 6, FALSE },
    { "fe80::1%lo", TRUE, 6, FALSE }, { "::ffff:10.0.0.1", TRUE, 4, FALSE },
    { "localhost", FALSE, 0, FALSE }, { "", FALSE, 0, FALSE },
    { "1.2.3.256", FALSE, 0, FALSE }, { "[::1]", FALSE, 0, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlSockaddr address;
      PtlAddress plain;

      g_assert_cmpint (ptl_sockaddr_parse (&address, cases[i].host, 80), ==, cases[i].valid);
      if (!cases[i].valid)
        continue;
      g_assert_cmpuint (ptl_sockaddr_get_port (&address), ==, 80);
      g_assert_cmpint (ptl_sockaddr_is_any (&address), ==, cases[i].any);
      ptl_sockaddr_get_address (&address, &plain);
      g_assert_cmpuint (plain.family, ==, cases[i].family);
    }
}

static void
test_mapped_is_ipv4 (void)
{
  PtlSockaddr mapped, v4;
  PtlAddress a, b;

  g_assert_true (ptl_sockaddr_parse (&mapped, "::ffff:192.0.2.7", 1));
  g_assert_true (ptl_sockaddr_parse (&v4, "192.0.2.7", 2));
  ptl_sockaddr_get_address (&mapped, &a);
  ptl_sockaddr_get_address (&v4, &b);
  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
}

static void
test_covers (void)
{
  static const struct
  {
    const char *listen;
    const char *target;
    gboolean covers;
  } cases[] = {
    { "127.0.0.1", "127.0.0.1", TRUE },
    { "127.0.0.1", "127.0.0.2", FALSE },
    { "0.0.0.0", "127.0.0.9", TRUE },
    { "0.0.0.0", "192.0.2.1", FALSE },
    { "::", "127.0.0.1", TRUE },
    { "0.0.0.0", "::1", FALSE },
    { "127.0.0.1", "0.0.0.0", TRUE },
    { "::1", "::", TRUE },
    { "127.0.0.1", "::ffff:127.0.0.1", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PtlSockaddr from, to;

      g_assert_true (ptl_sockaddr_parse (&from, cases[i].listen, 1));
      g_assert_true (ptl_sockaddr_parse (&to, cases[i].target, 1));
      if (ptl_sockaddr_covers (&from, &to) != cases[i].covers)
        g_error ("%s and %s", cases[i].listen, cases[i].target);
    }
}

static void
test_path (void)
{
  PtlSockaddr address;

  ptl_sockaddr_set_path (&address, "/run/x");
  g_assert_cmpint (address.any.sa_family, ==, AF_UNIX);
  g_assert_cmpuint (ptl_sockaddr_get_length (&address), ==,
                    G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + strlen ("/run/x") + 1);
  ptl_sockaddr_set_port (&address, 5); /* has none: left alone */
  g_assert_cmpstr (address.un.sun_path, ==, "/run/x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/sockaddr/parse", test_parse);
  g_test_add_func ("/engine/sockaddr/mapped-is-ipv4", test_mapped_is_ipv4);
  g_test_add_func ("/engine/sockaddr/covers", test_covers);
  g_test_add_func ("/engine/sockaddr/path", test_path);
  return g_test_run ();
}
