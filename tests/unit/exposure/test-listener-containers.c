/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-endpoint.h"
#include "exposure/ptl-listener-containers.h"
#include "firewall/ptl-containers.h"

#define ID "4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f"
#define OTHER "aaaa1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f"

static const char body[] = "[{\"Id\": \"" ID "\", \"Names\": [\"/jellyfin\"], \"Ports\": []},"
                           "{\"Id\": \"" OTHER "\", \"Names\": [\"/web\"], \"Ports\": ["
                           "{\"IP\": \"0.0.0.0\", \"PublicPort\": 8080, \"Type\": \"tcp\"},"
                           "{\"IP\": \"127.0.0.1\", \"PublicPort\": 5432, \"Type\": \"tcp\"}]}]";

static PtlListener *
add (GPtrArray *listeners, const char *address, guint16 port, const char *process, const char *container)
{
  PtlListener *listener = ptl_listener_new ();

  g_free (listener->address);
  listener->address = g_strdup (address);
  listener->scope = ptl_listen_scope_of (address);
  listener->protocol = PTL_PROTOCOL_TCP;
  listener->port = port;
  g_free (listener->process);
  listener->process = g_strdup (process);
  g_free (listener->container);
  listener->container = g_strdup (container);
  g_ptr_array_add (listeners, listener);
  return listener;
}

static void
test_join (void)
{
  g_autoptr (GPtrArray) containers = ptl_containers_read (body, strlen (body), NULL);
  g_autoptr (GPtrArray) listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_listener_free);
  PtlListener *inside = add (listeners, "0.0.0.0", 8096, "jellyfin", ID);
  PtlListener *proxy = add (listeners, "0.0.0.0", 8080, "docker-proxy", "");
  PtlListener *proxy6 = add (listeners, "::", 8080, "docker-proxy", "");
  PtlListener *local = add (listeners, "127.0.0.1", 5432, "", "");
  PtlListener *elsewhere = add (listeners, "192.168.1.5", 5432, "", "");
  PtlListener *other = add (listeners, "0.0.0.0", 8080, "nginx", "");
  PtlListener *nameless = add (listeners, "0.0.0.0", 81, "nginx", "bbbb1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f4f6c1a2b3c4d5e6f");
  PtlListener *named = add (listeners, "0.0.0.0", 82, "nginx", "box");

  ptl_listener_containers_join (listeners, containers);
  g_assert_cmpstr (inside->container, ==, "jellyfin");
  g_assert_cmpstr (proxy->container, ==, "web");
  g_assert_cmpstr (proxy6->container, ==, "web");
  g_assert_cmpstr (local->container, ==, "web");
  g_assert_cmpstr (elsewhere->container, ==, "");
  g_assert_cmpstr (other->container, ==, "");
  g_assert_cmpstr (nameless->container, ==, "bbbb1a2b3c4d");
  g_assert_cmpstr (named->container, ==, "box");
}

/* Nobody is asked where nothing can be a container's. */
static void
test_not_asked (void)
{
  const char *const sockets[] = { "Docker", "/proc/self/comm", NULL };
  g_autoptr (GPtrArray) listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_listener_free);
  g_auto (GStrv) unseen = NULL;

  add (listeners, "0.0.0.0", 80, "nginx", "");
  g_assert_null (ptl_listener_containers_find (listeners, sockets));
  add (listeners, "0.0.0.0", 81, "docker-proxy", "");
  /* What is no socket refuses the connection, as one does whose engine has ended. */
  unseen = ptl_listener_containers_find (listeners, sockets);
  g_assert_nonnull (unseen);
}

static void
test_scope (void)
{
  static const struct
  {
    const char *address;
    const char *scope;
  } cases[] = {
    { "127.0.0.1", "machine" }, { "127.7.7.7", "machine" },  { "::1", "machine" },         { "0.0.0.0", "every" },
    { "::", "every" },          { "192.168.1.5", "lan" },    { "10.0.0.1", "lan" },        { "172.31.0.1", "lan" },
    { "172.32.0.1", "public" }, { "100.64.0.1", "lan" },     { "100.128.0.1", "public" },  { "169.254.3.4", "link" },
    { "fe80::1%eth0", "link" }, { "fd00::1", "lan" },        { "2001:db8::1", "public" },  { "203.0.113.7", "public" },
    { "", "every" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (ptl_listen_scope_to_string (ptl_listen_scope_of (cases[i].address)), ==, cases[i].scope);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exposure/containers/join", test_join);
  g_test_add_func ("/exposure/containers/not-asked", test_not_asked);
  g_test_add_func ("/exposure/containers/scope", test_scope);
  return g_test_run ();
}
