/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ddns/ptl-ddns-custom.h"
#include "ddns/ptl-ddns-duckdns.h"
#include "ddns/ptl-ddns-dyndns2.h"
#include "ddns/ptl-ddns-http.h"

#define V4 "5.6.7.8"
#define V6 "2001:db8::1"

static PtlDdnsRequest *
make (const char *provider,
      const char *server,
      const char *secret,
      const char *ipv4,
      const char *ipv6)
{
  g_autoptr (PtlDynamicName) name = ptl_dynamic_name_new ();

  g_free (name->hostname);
  name->hostname
      = g_strdup (g_str_equal (provider, "duckdns") ? "home.duckdns.org" : "home.example.org");
  g_free (name->provider);
  name->provider = g_strdup (provider);
  g_free (name->server);
  name->server = g_strdup (server);
  g_free (name->user);
  name->user = g_strdup ("a&b");
  return ptl_ddns_request_new (name, secret, ipv4, ipv6);
}

static void
assert_dyndns2 (const char *provider, const char *ipv4, const char *ipv6, const char *query)
{
  g_autoptr (PtlDdnsRequest) request = make (provider, "https://x/nic/update", "s", ipv4, ipv6);
  g_autofree char *url = ptl_ddns_dyndns2_dup_url (request);
  g_autofree char *wanted
      = g_strconcat ("https://x/nic/update?hostname=home.example.org&", query, NULL);

  g_assert_cmpstr (url, ==, wanted);
}

static void
test_dyndns2 (void)
{
  assert_dyndns2 ("dyndns2", V4, NULL, "myip=5.6.7.8");
  assert_dyndns2 ("dyndns2", NULL, V6, "myip=2001%3Adb8%3A%3A1");
  assert_dyndns2 ("dyndns2", V4, V6, "myip=5.6.7.8&myipv6=2001%3Adb8%3A%3A1");
  assert_dyndns2 ("noip", V4, V6, "myip=5.6.7.8%2C2001%3Adb8%3A%3A1");
  assert_dyndns2 ("noip", NULL, V6, "myip=2001%3Adb8%3A%3A1");
  assert_dyndns2 ("dynu", V4, NULL, "myip=5.6.7.8&myipv6=no");
  assert_dyndns2 ("desec", NULL, V6, "myipv4=preserve&myipv6=2001%3Adb8%3A%3A1");
}

static void
test_a_server_with_a_query (void)
{
  g_autoptr (PtlDdnsRequest) request
      = make ("dyndns2", "https://x/up?system=dyndns", "s", V4, NULL);
  g_autofree char *url = ptl_ddns_dyndns2_dup_url (request);

  g_assert_cmpstr (url, ==, "https://x/up?system=dyndns&hostname=home.example.org&myip=5.6.7.8");
}

static void
test_duckdns (void)
{
  g_autoptr (PtlDdnsRequest) request = make ("duckdns", "", "t&k", V4, V6);
  g_autofree char *url = ptl_ddns_duckdns_dup_url (request);

  g_assert_cmpstr (url, ==,
                   "https://www.duckdns.org/"
                   "update?domains=home&token=t%26k&verbose=true&ip=5.6.7.8&ipv6=2001:db8::1");
}

/* What is filled in is never taken for a place itself. */
static void
test_custom (void)
{
  const char *template = "https://x/{name}?4={ipv4}&6={ipv6}&u={user}&s={secret}&{other}{";
  g_autoptr (PtlDdnsRequest) request = make ("custom", template, "{ipv4}&x=1#", V4, NULL);
  g_autofree char *url = ptl_ddns_custom_dup_url (template, request);

  g_assert_cmpstr (
      url, ==, "https://x/home.example.org?4=5.6.7.8&6=&u=a%26b&s=%7Bipv4%7D%26x%3D1%23&{other}{");
}

static void
test_basic (void)
{
  g_autofree char *basic = ptl_ddns_http_dup_basic ("Aladdin", "open sesame");

  g_assert_cmpstr (basic, ==, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ddns/requests/dyndns2", test_dyndns2);
  g_test_add_func ("/ddns/requests/query", test_a_server_with_a_query);
  g_test_add_func ("/ddns/requests/duckdns", test_duckdns);
  g_test_add_func ("/ddns/requests/custom", test_custom);
  g_test_add_func ("/ddns/requests/basic", test_basic);
  return g_test_run ();
}
