/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/ptl-igd-url.h"

#include <string.h>

#define GATEWAY "192.168.1.1"

static const struct
{
  const char *url;
  gboolean ok;
} cases[] = {
  { "http://192.168.1.1:5000/rootDesc.xml", TRUE },
  { "HTTP://192.168.1.1:5000/rootDesc.xml", TRUE },
  { "http://192.168.1.1/", TRUE },
  { "http://192.168.1.1", TRUE },
  { "http://192.168.1.1:65535/a?b=c", TRUE },
  { "https://192.168.1.1/", FALSE },
  { "ftp://192.168.1.1/", FALSE },
  { "file:///etc/passwd", FALSE },
  { "//192.168.1.1/", FALSE },
  { "/rootDesc.xml", FALSE },
  { "", FALSE },
  { "http://", FALSE },
  { "http:///x", FALSE },
  { "http://192.168.1.2/", FALSE },            /* another host of the LAN */
  { "http://5.6.7.8/", FALSE },                /* one of the internet */
  { "http://router.lan/", FALSE },             /* a name */
  { "http://localhost/", FALSE },
  { "http://127.0.0.1/", FALSE },
  { "http://0.0.0.0/", FALSE },
  { "http://169.254.169.254/latest", FALSE },  /* a cloud's metadata */
  { "http://224.0.0.1/", FALSE },
  { "http://255.255.255.255/", FALSE },
  { "http://3232235777/", FALSE },             /* the gateway as one number */
  { "http://0xc0.0xa8.1.1/", FALSE },
  { "http://0300.0250.1.1/", FALSE },
  { "http://192.168.257/", FALSE },
  { "http://192.168.1.1.evil.example/", FALSE },
  { "http://[::ffff:192.168.1.1]/", FALSE },
  { "http://[::1]/", FALSE },
  { "http://[fe80::1]/", FALSE },
  { "http://[2a00::1]/", FALSE },
  { "http://[192.168.1.1/", FALSE },
  { "http://admin@192.168.1.1/", FALSE },
  { "http://192.168.1.1@5.6.7.8/", FALSE },
  { "http://192.168.1.1:0/", FALSE },
  { "http://192.168.1.1:65536/", FALSE },
  { "http://192.168.1.1:/", FALSE },
  { "http://192.168.1.1:80x/", FALSE },
  { "http://192.168.1.1:-1/", FALSE },
  { "http://192.168.1.1/#fragment", FALSE },
  { "http://192.168.1.1/a b", FALSE },
  { "http://192.168.1.1/\r\nX: y", FALSE },
  { "http://192.168.1.1/\xc3\xa4", FALSE },
  { "http://192.168.1.1/\"", FALSE },
  { "http://192.168.1.1\\@5.6.7.8/", FALSE },
};

static void
test_check (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].url);
      g_assert_cmpint (ptl_igd_url_check (cases[i].url, GATEWAY, NULL, &error), ==, cases[i].ok);
      if (!cases[i].ok)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    }
}

static void
test_source (void)
{
  g_assert_true (ptl_igd_url_check ("http://192.168.1.1/", GATEWAY, GATEWAY, NULL));
  g_assert_false (ptl_igd_url_check ("http://192.168.1.1/", GATEWAY, "192.168.1.2", NULL));
}

/* A gateway that is itself what no gateway may be is not asked either. */
static void
test_gateway (void)
{
  g_assert_false (ptl_igd_url_check ("http://127.0.0.1/", "127.0.0.1", NULL, NULL));
  g_assert_false (ptl_igd_url_check ("http://169.254.1.1/", "169.254.1.1", NULL, NULL));
}

static void
test_long (void)
{
  g_autofree char *path = g_strnfill (PTL_IGD_URL_MAX, 'a');
  g_autofree char *url = g_strconcat ("http://192.168.1.1/", path, NULL);

  g_assert_false (ptl_igd_url_check (url, GATEWAY, NULL, NULL));
  url[PTL_IGD_URL_MAX] = '\0';
  g_assert_true (ptl_igd_url_check (url, GATEWAY, NULL, NULL));
}

static const struct
{
  const char *location;
  const char *base;
  const char *reference;
  const char *wanted;
} resolve_cases[] = {
  { "http://192.168.1.1:5000/a/root.xml", NULL, "/ctl/IPConn",
    "http://192.168.1.1:5000/ctl/IPConn" },
  { "http://192.168.1.1:5000/a/root.xml", NULL, "ctl/IPConn",
    "http://192.168.1.1:5000/a/ctl/IPConn" },
  { "http://192.168.1.1:5000", NULL, "ctl", "http://192.168.1.1:5000/ctl" },
  { "http://192.168.1.1/root.xml", NULL, "/ctl", "http://192.168.1.1:80/ctl" },
  { "http://192.168.1.1:5000/root.xml", "http://192.168.1.1:6000/", "/ctl",
    "http://192.168.1.1:6000/ctl" },
  { "http://192.168.1.1:5000/root.xml", "http://192.168.1.1/", "/ctl",
    "http://192.168.1.1:5000/ctl" },
  { "http://192.168.1.1:5000/root.xml", "http://192.168.1.1:6000/x/", "ctl",
    "http://192.168.1.1:6000/x/ctl" },
  { "http://192.168.1.1:5000/root.xml", "http://5.6.7.8/", "/ctl", "http://192.168.1.1:5000/ctl" },
  { "http://192.168.1.1:5000/root.xml", "nonsense", "/ctl", "http://192.168.1.1:5000/ctl" },
  { "http://192.168.1.1:5000/root.xml", "", "/ctl", "http://192.168.1.1:5000/ctl" },
  { "http://192.168.1.1:5000/root.xml", NULL, "http://192.168.1.1:7000/ctl",
    "http://192.168.1.1:7000/ctl" },
  { "http://192.168.1.1:5000/root.xml", NULL, "http://5.6.7.8/ctl",
    "http://5.6.7.8/ctl" }, /* to be refused */
};

static void
test_resolve (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (resolve_cases); i++)
    {
      g_autofree char *url = ptl_igd_url_resolve (resolve_cases[i].location, resolve_cases[i].base,
                                                  resolve_cases[i].reference, GATEWAY);

      g_assert_cmpstr (url, ==, resolve_cases[i].wanted);
    }
}

static void
test_parts (void)
{
  g_assert_cmpuint (ptl_igd_url_get_port ("http://192.168.1.1:5000/x"), ==, 5000);
  g_assert_cmpuint (ptl_igd_url_get_port ("http://192.168.1.1/x:9"), ==, 80);
  g_assert_cmpstr (ptl_igd_url_get_path ("http://192.168.1.1:5000/x?y"), ==, "/x?y");
  g_assert_cmpstr (ptl_igd_url_get_path ("http://192.168.1.1:5000"), ==, "/");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router/igd-url/check", test_check);
  g_test_add_func ("/router/igd-url/source", test_source);
  g_test_add_func ("/router/igd-url/gateway", test_gateway);
  g_test_add_func ("/router/igd-url/long", test_long);
  g_test_add_func ("/router/igd-url/resolve", test_resolve);
  g_test_add_func ("/router/igd-url/parts", test_parts);
  return g_test_run ();
}
