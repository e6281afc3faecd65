/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <string.h>

#include "core/ptl-policy.h"
#include "core/ptl-validate.h"

typedef struct
{
  const char *keys;
  const char *has; /* what the refusal names; NULL = passes */
} Case;

#define MAPPING "'Kind': <'mapping'>, "
#define TUNNEL "'Kind': <'tunnel'>, "
#define FORWARD "'Kind': <'forward'>, "

static const Case cases[] = {
  { "{" MAPPING "'Target': <'127.0.0.1:25565'>}", NULL },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>}", "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Protocol': <'udp'>}", NULL },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Protocol': <'both'>}", "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'PublicEndpoint': <':40000'>}", "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:25565'>, 'PublicEndpoint': <':3389'>}", NULL },
  { "{" MAPPING "'Target': <'127.0.0.1:3380-3390'>}", "RDP" },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Override': <'a test bed'>}", NULL },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Audience': <['203.0.113.7']>}", NULL },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Audience': <['0.0.0.0/0']>}", "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Audience': <['0.0.0.0/1', '128.0.0.0/1']>}",
    "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Audience': <['2000::/3']>}", "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:6379'>, 'Audience': <['fc00::/7', '10.0.0.0/8']>}", NULL },
  { "{" MAPPING "'Target': <'/var/run/docker.sock'>}", "Docker" },
  { "{" MAPPING "'Target': <'/run/postgresql/.s.PGSQL.5432'>}", "PostgreSQL" },
  { "{" MAPPING "'Target': <'/run/app.sock'>}", NULL },
  { "{" MAPPING "'Target': <'127.0.0.1:445'>}", "SMB" },
  { "{" MAPPING "'Target': <'127.0.0.1:2375'>}", "Docker" },
  { "{" MAPPING "'Target': <'127.0.0.1:5900'>}", "VNC" },
  { "{" MAPPING "'Target': <'127.0.0.1:5432'>}", "PostgreSQL" },
  { "{" TUNNEL "'Target': <'127.0.0.1:3306'>}", "MySQL" },
  { "{" TUNNEL "'Target': <'127.0.0.1:3306'>, 'PublicEndpoint': <'127.0.0.1:3306'>}", NULL },
  { "{" TUNNEL "'Target': <'127.0.0.1:3306'>, 'Way': <'local'>}", NULL },
  { "{" FORWARD "'Target': <'127.0.0.1:3306'>, 'PublicEndpoint': <'0.0.0.0:3307'>}", NULL },

  { "{" MAPPING "'Target': <'192.168.1.1:80'>}", "192.168.1.1 is the router" },
  { "{" MAPPING "'Target': <'192.168.1.1:80'>, 'Override': <'please'>}", "is the router" },
  { "{" MAPPING "'Target': <'192.168.1.1:80'>, 'Audience': <['203.0.113.7']>}", "is the router" },
  { "{" MAPPING "'Target': <'[fe80::1]:80'>}", "is the router" },
  { "{" MAPPING "'Target': <'192.168.1.10:80'>}", NULL },
  { "{" TUNNEL "'Target': <'192.168.1.1:80'>, 'Way': <'local'>}", NULL },
  { "{" FORWARD "'Target': <'192.168.1.1:80'>}", "is the router" },
  { "{" MAPPING "'Target': <'224.0.0.251:5353'>, 'Override': <'x'>}", "multicast" },
  { "{" MAPPING "'Target': <'[ff02::fb]:5353'>}", "multicast" },
  { "{" MAPPING "'Target': <'255.255.255.255:80'>}", "broadcast" },
  { "{" MAPPING "'Target': <'0.0.0.0:80'>, 'Override': <'x'>}", "0.0.0.0" },
  { "{" MAPPING "'Target': <'[::]:80'>}", "::" },
  { "{" FORWARD "'Target': <'[::ffff:0.0.0.0]:80'>}", "0.0.0.0" },
  { "{'Kind': <'forward'>}", NULL },

  { "{" MAPPING "'Target': <'127.0.0.1:80'>, 'Options': <{'Targets': <['127.0.0.1:6379']>}>}",
    "Redis" },
  { "{" MAPPING "'Target': <'127.0.0.1:80'>, 'Options': <{'Targets': <['127.0.0.1:81', "
    "'!/run/docker.sock']>}>}",
    "Docker" },
  { "{" FORWARD "'Target': <'10.0.0.5:80'>, 'Options': <{'Targets': <['192.168.1.1:80']>}>}",
    "is the router" },
  { "{" FORWARD "'Target': <'10.0.0.5:80'>, 'Options': <{'Targets': <['!224.0.0.1:80']>}>}",
    "multicast" },
  { "{" FORWARD "'Target': <'10.0.0.5:80'>, 'Options': <{'Targets': <['10.0.0.6:80']>}>}", NULL },
};

static void
test_cases (void)
{
  const char *const routers[] = { "192.168.1.1", "fe80::1", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) variant
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].keys, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PtlRule) rule = ptl_rule_from_variant (variant, &error);

      g_assert_no_error (error);
      g_test_message ("%s", cases[i].keys);
      g_assert_cmpint (ptl_policy_check (rule, routers, &error), ==, cases[i].has == NULL);
      if (cases[i].has == NULL)
        continue;
      g_assert_error (error, PTL_ERROR, PTL_ERROR_POLICY);
      g_assert_nonnull (strstr (error->message, cases[i].has));
      g_assert_nonnull (strchr (error->message, '\n'));
    }
}

static void
test_no_routers (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "192.168.1.1", 25565, 25565);
  g_assert_true (ptl_policy_check (rule, NULL, NULL));
}

static void
test_services (void)
{
  g_assert_cmpstr (ptl_policy_get_risky_service (PTL_PROTOCOL_TCP, 6379), ==, "Redis");
  g_assert_null (ptl_policy_get_risky_service (PTL_PROTOCOL_UDP, 6379));
  g_assert_cmpstr (ptl_policy_get_risky_service (PTL_PROTOCOL_UDP, 161), ==, "SNMP");
  g_assert_null (ptl_policy_get_risky_service (PTL_PROTOCOL_TCP, 25565));
  g_assert_null (ptl_policy_get_risky_service (PTL_PROTOCOL_TCP, 22));
  g_assert_null (ptl_policy_get_risky_service (PTL_PROTOCOL_TCP, 443));
}

typedef struct
{
  const char *name;
  const char *address;
  const char *has; /* NULL = passes */
} Resolved;

static const Resolved resolved[] = {
  { "nas.example", "192.168.1.10", NULL },
  { "nas.example", "2001:db8::5", NULL },
  { "nas.example", "fd00::5", NULL },
  { "nas.example", "192.168.1.1", "nas.example leads to 192.168.1.1, which is the router" },
  { "nas.example", "fe80::1", "one cable" },
  { "nas.example", "2001:db8::1", "the router" },
  { "nas.example", "::ffff:192.168.1.1", "192.168.1.1, which is the router" },
  { "nas.example", "127.0.0.1", "this computer itself" },
  { "nas.example", "127.9.9.9", "this computer itself" },
  { "nas.example", "::1", "this computer itself" },
  { "nas.example", "::ffff:127.0.0.1", "this computer itself" },
  { "localhost", "127.0.0.1", NULL },
  { "LocalHost.", "::1", NULL },
  { "app.localhost", "127.0.0.1", NULL },
  { "notlocalhost", "127.0.0.1", "this computer itself" },
  { "localhost.evil.example", "127.0.0.1", "this computer itself" },
  { "localhost", "169.254.169.254", "one cable" },
  { "nas.example", "169.254.169.254", "169.254.169.254" },
  { "nas.example", "224.0.0.251", "a group" },
  { "nas.example", "ff02::fb", "a group" },
  { "nas.example", "255.255.255.255", "every device" },
  { "nas.example", "0.0.0.0", "no address" },
  { "nas.example", "::", "no address" },
};

static void
test_resolved (void)
{
  const char *const routers[] = { "192.168.1.1", "2001:db8::1", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (resolved); i++)
    {
      const Resolved *is = &resolved[i];
      g_autoptr (GError) error = NULL;
      guint8 bytes[16];
      int v6 = strchr (is->address, ':') != NULL;

      g_test_message ("%s, %s", is->name, is->address);
      g_assert_cmpint (inet_pton (v6 ? AF_INET6 : AF_INET, is->address, bytes), ==, 1);
      g_assert_cmpint (ptl_policy_check_resolved (is->name, v6 ? 6 : 4, bytes, routers, &error), ==,
                       is->has == NULL);
      if (is->has == NULL)
        continue;
      g_assert_error (error, PTL_ERROR, PTL_ERROR_POLICY);
      g_assert_nonnull (strstr (error->message, is->has));
    }
}

typedef struct
{
  const char *service;
  const char *product;
  PtlAuth auth;
  PtlSeverity severity;
  const char *has; /* what the refusal names; NULL = passes */
} Answering;

/* As a fingerprint tells it, on any port. */
static const Answering answering[] = {
  { "redis", "Redis", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL, "Redis answers at 127.0.0.1:8080" },
  { "redis", "Redis", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM, "Redis" },
  { "redis", "Valkey", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL, "Valkey" },
  { "mongodb", "", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL, "mongodb" },
  { "postgresql", "PostgreSQL", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM, "PostgreSQL" },
  { "http", "Docker", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL, "Docker" },
  { "http", "Docker Engine API", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM, "Docker Engine API" },
  { "http", "Docker Registry", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW, NULL },
  { "http", "Elasticsearch", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH, "Elasticsearch" },
  { "http", "Proxmox VE", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM, "Proxmox VE" },
  { "http", "Vault", PTL_AUTH_PROTECTED, PTL_SEVERITY_MEDIUM, "Vault" },
  { "http", "Vaultwarden", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW, NULL },
  { "adb", "Android Debug Bridge", PTL_AUTH_PROTECTED, PTL_SEVERITY_CRITICAL, "ADB" },
  { "telnet", "", PTL_AUTH_PROTECTED, PTL_SEVERITY_HIGH, "Telnet" },
  { "smb", "Samba", PTL_AUTH_PROTECTED, PTL_SEVERITY_HIGH, "SMB" },
  { "rdp", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_HIGH, "RDP" },
  { "vnc", "", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL, "VNC" },
  { "x11", "X11", PTL_AUTH_OPEN, PTL_SEVERITY_CRITICAL, "X11" },
  { "modbus", "", PTL_AUTH_NONE, PTL_SEVERITY_CRITICAL, "Modbus" },
  { "dns", "BIND", PTL_AUTH_OPEN, PTL_SEVERITY_MEDIUM, "BIND" },
  { "dns", "BIND", PTL_AUTH_NONE, PTL_SEVERITY_LOW, NULL },
  { "http-proxy", "Squid", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH, "lets everybody in" },
  { "socks", "", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH, "socks" },
  { "mqtt", "Mosquitto", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH, "without a login" },
  { "mqtt", "Mosquitto", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW, NULL },
  { "http", "Ollama", PTL_AUTH_OPEN, PTL_SEVERITY_HIGH, "Ollama" },
  { "http", "Home Assistant", PTL_AUTH_PROTECTED, PTL_SEVERITY_HIGH, NULL },
  { "http", "nginx", PTL_AUTH_OPEN, PTL_SEVERITY_LOW, NULL },
  { "ssh", "OpenSSH", PTL_AUTH_PROTECTED, PTL_SEVERITY_LOW, NULL },
  { "minecraft", "Minecraft", PTL_AUTH_NONE, PTL_SEVERITY_INFO, NULL },
  { "", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_MEDIUM, NULL },
  { "", "", PTL_AUTH_UNKNOWN, PTL_SEVERITY_HIGH, "Something" },
};

static PtlIdentity *
make_identity (const Answering *is)
{
  PtlIdentity *identity = ptl_identity_new ();

  g_free (identity->service);
  g_free (identity->product);
  identity->service = g_strdup (is->service);
  identity->product = g_strdup (is->product);
  identity->auth = is->auth;
  identity->severity = is->severity;
  return identity;
}

static void
test_identity (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  rule->target = ptl_endpoint_new (PTL_PROTOCOL_TCP, "127.0.0.1", 8080, 8080);
  for (gsize i = 0; i < G_N_ELEMENTS (answering); i++)
    {
      const Answering *is = &answering[i];
      g_autoptr (PtlIdentity) identity = make_identity (is);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s, %s, %s", is->service, is->product, ptl_auth_to_string (is->auth));
      g_assert_cmpint (ptl_policy_check_identity (rule, "127.0.0.1:8080", identity, &error), ==,
                       is->has == NULL);
      if (is->has == NULL)
        continue;
      g_assert_error (error, PTL_ERROR, PTL_ERROR_POLICY);
      g_assert_nonnull (strstr (error->message, is->has));
      g_assert_nonnull (strstr (error->message, "\n"));
    }
}

/* Who may come in by a rule decides whether that matters, and a reason that was given. */
static void
test_identity_of_rules (void)
{
  static const struct
  {
    const char *keys;
    gboolean passes;
  } rules[] = {
    { "{" MAPPING "'Target': <'127.0.0.1:8080'>}", FALSE },
    { "{" MAPPING "'Target': <'127.0.0.1:8080'>, 'Override': <'a test bed'>}", TRUE },
    { "{" MAPPING "'Target': <'127.0.0.1:8080'>, 'Audience': <['203.0.113.7']>}", TRUE },
    { "{" MAPPING "'Target': <'127.0.0.1:8080'>, 'Audience': <['0.0.0.0/0']>}", FALSE },
    { "{" TUNNEL "'Target': <'127.0.0.1:8080'>}", FALSE },
    { "{" TUNNEL "'Target': <'127.0.0.1:8080'>, 'PublicEndpoint': <'127.0.0.1:8080'>}", TRUE },
    { "{" TUNNEL "'Target': <'127.0.0.1:8080'>, 'Way': <'local'>}", TRUE },
    { "{" FORWARD "'Target': <'127.0.0.1:8080'>, 'PublicEndpoint': <'0.0.0.0:3307'>}", TRUE },
  };
  g_autoptr (PtlIdentity) identity = make_identity (&answering[0]);

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autoptr (GVariant) variant
          = g_variant_parse (G_VARIANT_TYPE_VARDICT, rules[i].keys, NULL, NULL, NULL);
      g_autoptr (PtlRule) rule = ptl_rule_from_variant (variant, NULL);

      g_test_message ("%s", rules[i].keys);
      g_assert_cmpint (ptl_policy_check_identity (rule, "127.0.0.1:8080", identity, NULL), ==,
                       rules[i].passes);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/cases", test_cases);
  g_test_add_func ("/policy/no-routers", test_no_routers);
  g_test_add_func ("/policy/services", test_services);
  g_test_add_func ("/policy/resolved", test_resolved);
  g_test_add_func ("/policy/identity", test_identity);
  g_test_add_func ("/policy/identity-of-rules", test_identity_of_rules);
  return g_test_run ();
}
