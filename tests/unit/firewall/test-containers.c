/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "firewall/ptl-containers.h"

static const char answer[] = "[{\"Names\": [\"/web\"], \"Ports\": [{\"IP\": \"0.0.0.0\", \"PrivatePort\": 80, \"PublicPort\": 8080, "
                             "\"Type\": \"tcp\"}, {\"PrivatePort\": 443, \"Type\": \"tcp\"}]},"
                             " {\"Names\": [\"/dns\"], \"Ports\": [{\"IP\": \"::\", \"PublicPort\": 53, \"Type\": \"udp\"}]},"
                             " {\"Names\": [\"/db\"], \"Ports\": [{\"IP\": \"127.0.0.1\", \"PublicPort\": 5432, \"Type\": \"tcp\"}]},"
                             " {\"Names\": null, \"Ports\": 7}, 3]";

static void
assert_publisher (PtlProtocol protocol, guint16 first, guint16 last, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) containers = ptl_containers_read (answer, strlen (answer), &error);
  const PtlContainer *found;

  g_assert_no_error (error);
  found = ptl_containers_find (containers, protocol, first, last);
  g_assert_cmpstr (found != NULL ? found->name : "", ==, name);
}

static void
test_read (void)
{
  assert_publisher (PTL_PROTOCOL_TCP, 8080, 8080, "web");
  assert_publisher (PTL_PROTOCOL_BOTH, 8000, 8090, "web");
  assert_publisher (PTL_PROTOCOL_UDP, 8080, 8080, "");
  assert_publisher (PTL_PROTOCOL_UDP, 53, 53, "dns");
  assert_publisher (PTL_PROTOCOL_TCP, 443, 443, "");
  /* On loopback it is no business of a firewall. */
  assert_publisher (PTL_PROTOCOL_TCP, 5432, 5432, "");
}

static void
test_garbage (void)
{
  static const char *const bad[] = { "", "HTTP/1.0 200 OK\r\n\r\n", "{}", "[", "7", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ptl_containers_read (bad[i], strlen (bad[i]), &error));
      g_assert_nonnull (error);
    }
}

static void
test_nobody_there (void)
{
  const char *const sockets[] = { "Docker", "/nonexistent/docker.sock", NULL };
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (PTL_PROTOCOL_TCP, 80, 80);

  ptl_containers_look (sockets, view);
  g_assert_cmpstr (view->container, ==, "");
  g_assert_cmpstr (view->unseen, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/containers/read", test_read);
  g_test_add_func ("/containers/garbage", test_garbage);
  g_test_add_func ("/containers/nobody-there", test_nobody_there);
  return g_test_run ();
}
