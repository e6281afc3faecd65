/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-rule.h"

#define FULL                                                                                       \
  "{'Id': <'01234567-89ab-cdef-0123-456789abcdef'>, 'Kind': <'mapping'>, 'Name': <'game'>,"        \
  " 'Protocol': <'both'>, 'PublicEndpoint': <'203.0.113.5:25565'>, 'PublicEndpoint6': <''>, 'AskedPort': <uint32 25565>,"   \
  " 'Target': <'127.0.0.1:25565'>, 'Way': <'guarded'>, 'Family': <'auto'>, 'Firewall': <'leave'>, 'Backend': <'r1'>, 'Owner': <'ann'>,"       \
  " 'Purpose': <'friday'>, 'Preset': <'Minecraft: Java Edition'>, 'Override': <'x'>,"              \
  " 'Audience': <['10.0.0.0/8', '2001:db8::/32', '!10.0.0.5/32']>,"                                   \
  " 'Options': <{'MaxConnections': <uint64 5>, 'Balance': <'source-hash'>, 'Targets': <['!h:1']>}>,"  \
  " 'Created': <int64 1>, 'Expires': <int64 2>,"                                                      \
  " 'Review': <int64 0>, 'Closed': <int64 3>, 'State': <'closed'>, 'CloseReason': <'expired'>,"    \
  " 'ErrorCode': <'router-full'>, 'ErrorMessage': <'m'>, 'ErrorAdvice': <'a'>, 'Step': "           \
  "<'verify'>, 'PublicName': <'home.example.org'>, 'FirewallZone': <'public'>, 'FirewallUntil': <int64 4>,"    \
  " 'Leases': <[{'System': <'pcp'>, 'Holder': <'r1'>, 'Protocol': <'tcp'>, 'Endpoint': "           \
  "<'203.0.113.5:25565'>,"                                                                         \
  " 'Inner': <'192.168.1.5:40000'>, 'Lifetime': <int64 7200>, 'Granted': <int64 5>, 'Renew': "     \
  "<int64 6>,"                                                                                     \
  " 'ReadBack': <int64 7>, 'Key': <'00ff'>}]>, 'BytesIn': <uint64 8>, 'BytesOut': <uint64 9>,"     \
  " 'ConnectionsNow': <uint64 10>, 'ConnectionsEver': <uint64 11>, 'Refused': <uint64 12>,"        \
  " 'LastUsed': <int64 13>}"

static PtlRule *
from_text (const char *text, GError **error)
{
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  g_assert_nonnull (variant);
  return ptl_rule_from_variant (variant, error);
}

/* Every key goes in and comes out again, unchanged. */
static void
test_round (void)
{
  g_autoptr (GVariant) full = g_variant_parse (G_VARIANT_TYPE_VARDICT, FULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PtlRule) rule = ptl_rule_from_variant (full, &error);
  g_autoptr (GVariant) again = NULL;

  g_assert_no_error (error);
  again = g_variant_ref_sink (ptl_rule_to_variant (rule));
  g_assert_cmpvariant (full, again);
}

static void
test_lenient (void)
{
  g_autoptr (PtlRule) empty = from_text ("@a{sv} {}", NULL);
  g_autoptr (PtlRule) more
      = from_text ("{'Kind': <'tunnel'>, 'Target': <'/run/x'>, 'Future': <1>}", NULL);

  g_assert_cmpint (empty->kind, ==, PTL_KIND_FORWARD);
  g_assert_null (empty->target);
  g_assert_cmpstr (empty->owner, ==, "");
  g_assert_cmpint (more->kind, ==, PTL_KIND_TUNNEL);
  g_assert_cmpstr (more->target->path, ==, "/run/x");
}

static void
test_empty_endpoints (void)
{
  g_autoptr (PtlRule) rule
      = from_text ("{'Protocol': <'udp'>, 'PublicEndpoint': <''>, 'Target': <''>}", NULL);

  g_assert_cmpint (ptl_rule_get_protocol (rule), ==, PTL_PROTOCOL_UDP);
  g_assert_cmpuint (rule->public_endpoint->first, ==, 0);
  g_assert_null (rule->target);
}

static void
test_wrong (void)
{
  const char *const texts[] = {
    "{'Kind': <1>}",
    "{'Kind': <'vpn'>}",
    "{'Way': <''>}",
    "{'Protocol': <'x'>}",
    "{'PublicEndpoint': <'80-70'>}",
    "{'Target': <1>}",
    "{'AskedPort': <uint32 65536>}",
    "{'AskedPort': <int64 5>}",
    "{'Audience': <'anyone'>}",
    "{'Audience': <['10.0.0.1/8']>}",
    "{'Expires': <'tomorrow'>}",
    "{'State': <'new'>}",
    "{'CloseReason': <'x'>}",
    "{'Leases': <[1]>}",
    "{'Leases': <[{'Endpoint': <'::'>}]>}",
    "{'BytesIn': <int64 5>}",
    "{'Name': <@ay []>}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", texts[i]);
      g_assert_null (from_text (texts[i], &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_not_a_dict (void)
{
  g_autoptr (GVariant) text = g_variant_ref_sink (g_variant_new_string ("x"));
  g_autoptr (GError) error = NULL;

  g_assert_null (ptl_rule_from_variant (text, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule-variant/round", test_round);
  g_test_add_func ("/rule-variant/lenient", test_lenient);
  g_test_add_func ("/rule-variant/empty-endpoints", test_empty_endpoints);
  g_test_add_func ("/rule-variant/wrong", test_wrong);
  g_test_add_func ("/rule-variant/not-a-dict", test_not_a_dict);
  return g_test_run ();
}
