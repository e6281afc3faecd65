/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-dynamic-name.h"

/* @keys: a{sv} in GVariant's text form. */
static PtlDynamicName *
make (const char *keys, GError **error)
{
  g_autoptr (GVariant) dict = g_variant_parse (G_VARIANT_TYPE_VARDICT, keys, NULL, NULL, NULL);
  g_autoptr (PtlDynamicName) name = ptl_dynamic_name_new ();

  g_assert_nonnull (dict);
  if (!ptl_dynamic_name_apply (name, dict, TRUE, error))
    return NULL;
  ptl_dynamic_name_settle (name);
  return ptl_dynamic_name_validate (name, error) ? g_steal_pointer (&name) : NULL;
}

static void
assert_good (const char *keys, const char *hostname, const char *server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlDynamicName) name = make (keys, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (name->hostname, ==, hostname);
  g_assert_cmpstr (ptl_dynamic_name_get_server (name), ==, server);
}

static void
assert_bad (const char *keys, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlDynamicName) name = make (keys, &error);

  g_assert_null (name);
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” for %s", error->message, keys);
}

static void
test_settles (void)
{
  assert_good ("{'Hostname': <'Home'>, 'Provider': <'duckdns'>}", "home.duckdns.org",
               "https://www.duckdns.org/update");
  assert_good ("{'Hostname': <'HOME.Example.ORG.'>, 'Provider': <'desec'>}", "home.example.org",
               "https://update.dedyn.io/");
  assert_good ("{'Hostname': <'z\303\274rich.example.org'>, 'Provider': <'desec'>}",
               "xn--zrich-kva.example.org", "https://update.dedyn.io/");
  assert_good ("{'Hostname': <'a.example.org'>, 'Provider': <'dyndns2'>, 'User': <'u'>, 'Server': "
               "<' dyndns.example.net '>}",
               "a.example.org", "https://dyndns.example.net/nic/update");
  assert_good ("{'Hostname': <'a.example.org'>, 'Provider': <'dyndns2'>, 'User': <'u'>, 'Server': "
               "<'https://example.net/up?x=1'>}",
               "a.example.org", "https://example.net/up?x=1");
  assert_good ("{'Hostname': <'a.example.org'>, 'Provider': <'rfc2136'>, 'User': <'key'>, "
               "'Server': <'[2001:db8::1]:5353'>}",
               "a.example.org", "[2001:db8::1]:5353");
  assert_good ("{'Hostname': <'a.example.org'>, 'Provider': <'custom'>, 'Server': "
               "<'example.net/?n={name}&a={ipv4}'>}",
               "a.example.org", "https://example.net/?n={name}&a={ipv4}");
}

static void
test_refuses (void)
{
  assert_bad ("{'Provider': <'desec'>}", "missing");
  assert_bad ("{'Hostname': <'home'>, 'Provider': <'desec'>}", "not a name");
  assert_bad ("{'Hostname': <'10.0.0.1'>, 'Provider': <'desec'>}", "not a name");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'duckdns'>}", "DuckDNS");
  assert_bad ("{'Hostname': <'a.b.duckdns.org'>, 'Provider': <'duckdns'>}", "DuckDNS");
  assert_bad ("{'Hostname': <'duckdns.org'>, 'Provider': <'duckdns'>}", "DuckDNS");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'noip'>}", "user name");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'desec'>, 'User': <'u'>}",
              "no user names");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'custom'>, 'Server': "
              "<'https://x{ipv4'>}",
              "place");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'custom'>, 'Server': "
              "<'http://example.org/{ipv4}'>}",
              "safe");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'desec'>, 'Ipv4': <1>}", "wrong kind");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'desec'>, 'Ipv4': <false>}",
              "no address");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'rfc2136'>, 'User': <'k y'>, 'Server': "
              "<'ns.example.org'>}",
              "TSIG");
  assert_bad ("{'Hostname': <'a.example.org'>, 'Provider': <'rfc2136'>, 'User': <'k'>, 'Server': "
              "<'ns example'>}",
              "name server");
}

static void
test_defaults_of_a_provider (void)
{
  g_autoptr (PtlDynamicName) noip
      = make ("{'Hostname': <'a.ddns.net'>, 'Provider': <'noip'>, 'User': <'u'>}", NULL);
  g_autoptr (PtlDynamicName) own = make ("{'Hostname': <'a.ddns.net'>, 'Provider': <'noip'>, "
                                         "'User': <'u'>, 'RefreshDays': <uint32 0>}",
                                         NULL);

  g_assert_cmpuint (noip->refresh_days, ==, 25);
  g_assert_true (noip->ipv4);
  g_assert_false (noip->ipv6);
  g_assert_cmpuint (own->refresh_days, ==, 0);
}

/* What the old provider was told is not told to the new one. */
static void
test_another_provider (void)
{
  g_autoptr (PtlDynamicName) name = make ("{'Hostname': <'a.example.org'>, 'Provider': "
                                          "<'dyndns2'>, 'User': <'u'>, 'Server': <'example.net'>}",
                                          NULL);
  g_autoptr (GVariant) changes
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, "{'Provider': <'desec'>}", NULL, NULL, NULL);

  g_assert_true (ptl_dynamic_name_apply (name, changes, FALSE, NULL));
  g_assert_cmpstr (name->user, ==, "");
  g_assert_cmpstr (name->server, ==, "");
  g_assert_true (ptl_dynamic_name_validate (name, NULL));
}

static void
test_secrets (void)
{
  g_autoptr (PtlDynamicName) token
      = make ("{'Hostname': <'a.example.org'>, 'Provider': <'desec'>}", NULL);
  g_autoptr (PtlDynamicName) key = make ("{'Hostname': <'a.example.org'>, 'Provider': <'rfc2136'>, "
                                         "'User': <'k'>, 'Server': <'ns.example.org'>}",
                                         NULL);
  g_autoptr (PtlDynamicName) custom = make ("{'Hostname': <'a.example.org'>, 'Provider': "
                                            "<'custom'>, 'Server': <'https://example.org/'>}",
                                            NULL);

  g_assert_true (ptl_dynamic_name_validate_secret (token, "any thing: ä", NULL));
  g_assert_false (ptl_dynamic_name_validate_secret (token, "", NULL));
  g_assert_false (ptl_dynamic_name_validate_secret (token, "line\nline", NULL));
  g_assert_true (ptl_dynamic_name_validate_secret (key, "c2VjcmV0", NULL));
  g_assert_false (ptl_dynamic_name_validate_secret (key, "c2VjcmV0\nsend", NULL));
  g_assert_false (ptl_dynamic_name_validate_secret (key, "c2V jcmV", NULL));
  g_assert_true (ptl_dynamic_name_validate_secret (custom, "", NULL));
}

static void
test_servers_and_keys (void)
{
  g_autofree char *host = NULL, *algorithm = NULL, *key = NULL;
  guint16 port = 0;

  g_assert_true (ptl_dynamic_name_parse_server ("2001:db8::1", &host, &port));
  g_assert_cmpstr (host, ==, "2001:db8::1");
  g_assert_cmpuint (port, ==, 53);
  g_clear_pointer (&host, g_free);
  g_assert_true (ptl_dynamic_name_parse_server ("ns1.example.org:5353", &host, &port));
  g_assert_cmpstr (host, ==, "ns1.example.org");
  g_assert_cmpuint (port, ==, 5353);
  for (const char *const *bad
       = (const char *const[]){ "", ":53", "a:0", "a:1-2", "a b", "unix:/x", "a:70000", NULL };
       *bad; bad++)
    g_assert_false (ptl_dynamic_name_parse_server (*bad, &host, &port));
  g_assert_true (ptl_dynamic_name_parse_key ("HMAC-SHA512:home.key", &algorithm, &key));
  g_assert_cmpstr (algorithm, ==, "hmac-sha512");
  g_assert_cmpstr (key, ==, "home.key");
  for (const char *const *bad
       = (const char *const[]){ "", "rot13:k", "hmac-sha256:", "a b", "k\nsend", "1.2.3.4", NULL };
       *bad; bad++)
    g_assert_false (ptl_dynamic_name_parse_key (*bad, &algorithm, &key));
}

/* Whatever is in the table can be asked for and shown. */
static void
test_providers (void)
{
  for (const PtlNameProvider *provider = ptl_name_provider_list (); provider->id != NULL;
       provider++)
    {
      g_assert_true (provider == ptl_name_provider_find (provider->id));
      g_assert_true (provider->server != NULL || provider->server_label != NULL);
      g_assert_nonnull (provider->secret_label);
      g_assert_nonnull (provider->help);
      if (provider->server != NULL)
        g_assert_true (g_str_has_prefix (provider->server, "https://"));
    }
  g_assert_null (ptl_name_provider_find ("nobody"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dynamic-name/settles", test_settles);
  g_test_add_func ("/dynamic-name/refuses", test_refuses);
  g_test_add_func ("/dynamic-name/defaults", test_defaults_of_a_provider);
  g_test_add_func ("/dynamic-name/another-provider", test_another_provider);
  g_test_add_func ("/dynamic-name/secrets", test_secrets);
  g_test_add_func ("/dynamic-name/servers-and-keys", test_servers_and_keys);
  g_test_add_func ("/dynamic-name/providers", test_providers);
  return g_test_run ();
}
