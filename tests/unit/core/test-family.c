/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-family.h"

#include "core/ptl-validate.h"

#define NOW 1800000000

static void
test_words (void)
{
  static const PtlFamily families[]
      = { PTL_FAMILY_AUTO, PTL_FAMILY_IPV4, PTL_FAMILY_IPV6, PTL_FAMILY_BOTH };
  static const char *const wrong[] = { "", "IPv4", "ip6", "ipv4 ", "both\n" };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      PtlFamily family = PTL_FAMILY_BOTH;

      g_assert_true (ptl_family_from_string (ptl_family_to_string (families[i]), &family, NULL));
      g_assert_cmpint (family, ==, families[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      PtlFamily family = PTL_FAMILY_IPV6;

      g_assert_false (ptl_family_from_string (wrong[i], &family, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
      g_assert_cmpint (family, ==, PTL_FAMILY_IPV6);
    }
}

static PtlLease *
lease_new (const char *system, PtlProtocol protocol, const char *outer, const char *inner, guint16 port)
{
  PtlLease *lease = ptl_lease_new (system, "r1");

  lease->endpoint = ptl_endpoint_new (protocol, outer, port, port);
  lease->inner = ptl_endpoint_new (protocol, inner, port, port);
  return lease;
}

static void
test_leases (void)
{
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  g_autoptr (PtlEndpoint) none = NULL;
  g_autoptr (PtlEndpoint) endpoint = NULL;
  g_autofree char *text = NULL;

  /* The guard of a pinhole is the engine's, and what was only asked for is not a way in. */
  g_ptr_array_add (leases, lease_new ("engine", PTL_PROTOCOL_BOTH, "2001:db8::10", "127.0.0.1", 25565));
  g_ptr_array_add (leases, lease_new ("", PTL_PROTOCOL_TCP, NULL, "2001:db8::10", 25565));
  g_assert_false (ptl_lease_is_pinhole (leases->pdata[0]));
  g_assert_true (ptl_lease_is_pinhole (leases->pdata[1]));
  none = ptl_leases_dup_pinhole_endpoint (leases);
  g_assert_null (none);
  g_assert_false (ptl_leases_have_ipv4 (leases));

  g_ptr_array_add (leases, lease_new ("pcp", PTL_PROTOCOL_TCP, "203.0.113.5", "192.168.1.2", 80));
  g_ptr_array_add (leases, lease_new ("pcp", PTL_PROTOCOL_TCP, "2001:db8::10", "2001:db8::10", 25566));
  g_ptr_array_add (leases, lease_new ("pcp", PTL_PROTOCOL_UDP, "2001:db8::10", "2001:db8::10", 25565));
  g_assert_true (ptl_leases_have_ipv4 (leases));
  endpoint = ptl_leases_dup_pinhole_endpoint (leases);
  text = ptl_endpoint_to_string (endpoint);
  g_assert_cmpstr (text, ==, "[2001:db8::10]:25565-25566");
  g_assert_cmpint (endpoint->protocol, ==, PTL_PROTOCOL_BOTH);
}

static PtlRule *
rule_new (PtlKind kind, PtlWay way, const char *target, PtlFamily family)
{
  PtlRule *rule = ptl_rule_new (kind);

  g_free (rule->owner);
  rule->owner = g_strdup ("ann");
  g_free (rule->purpose);
  rule->purpose = g_strdup ("game");
  rule->way = way;
  rule->family = family;
  rule->expires = NOW + 3600;
  rule->target = ptl_endpoint_parse (target, PTL_PROTOCOL_TCP, NULL);
  if (kind == PTL_KIND_FORWARD)
    {
      ptl_endpoint_free (rule->public_endpoint);
      rule->public_endpoint = ptl_endpoint_parse ("127.0.0.1:9000", PTL_PROTOCOL_TCP, NULL);
    }
  ptl_rule_settle (rule);
  return rule;
}

static void
test_settled (void)
{
  g_autoptr (PtlRule) v6 = rule_new (PTL_KIND_MAPPING, PTL_WAY_AUTO, "[2001:db8::5]:80", PTL_FAMILY_AUTO);
  g_autoptr (PtlRule) v4 = rule_new (PTL_KIND_MAPPING, PTL_WAY_AUTO, "192.168.1.5:80", PTL_FAMILY_AUTO);
  g_autoptr (PtlRule) guarded
      = rule_new (PTL_KIND_MAPPING, PTL_WAY_GUARDED, "[2001:db8::5]:80", PTL_FAMILY_AUTO);

  g_assert_cmpint (v6->way, ==, PTL_WAY_DIRECT);
  g_assert_cmpint (v6->family, ==, PTL_FAMILY_IPV6);
  g_assert_cmpint (v4->family, ==, PTL_FAMILY_AUTO);
  /* The engine leads from one to the other. */
  g_assert_cmpint (guarded->family, ==, PTL_FAMILY_AUTO);
  g_assert_true (ptl_rule_validate (v6, NOW, NULL));
  g_assert_true (ptl_rule_validate (guarded, NOW, NULL));
}

static void
test_refused (void)
{
  const struct
  {
    PtlKind kind;
    PtlWay way;
    const char *target;
    PtlFamily family;
  } cases[] = {
    { PTL_KIND_FORWARD, PTL_WAY_AUTO, "192.168.1.5:80", PTL_FAMILY_IPV6 },
    { PTL_KIND_MAPPING, PTL_WAY_DIRECT, "[2001:db8::5]:80", PTL_FAMILY_IPV4 },
    { PTL_KIND_MAPPING, PTL_WAY_DIRECT, "[2001:db8::5]:80", PTL_FAMILY_BOTH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlRule) rule = rule_new (cases[i].kind, cases[i].way, cases[i].target, cases[i].family);
      g_autoptr (GError) error = NULL;

      g_assert_false (ptl_rule_validate (rule, NOW, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
}

static void
test_variant (void)
{
  g_autoptr (PtlRule) rule = rule_new (PTL_KIND_MAPPING, PTL_WAY_GUARDED, "127.0.0.1:80", PTL_FAMILY_BOTH);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (PtlRule) back = NULL;
  const char *text = NULL;

  g_ptr_array_add (rule->leases, lease_new ("upnp", PTL_PROTOCOL_TCP, "2001:db8::10", "2001:db8::10", 80));
  variant = g_variant_ref_sink (ptl_rule_to_variant (rule));
  g_assert_true (g_variant_lookup (variant, "PublicEndpoint6", "&s", &text));
  g_assert_cmpstr (text, ==, "[2001:db8::10]:80");
  back = ptl_rule_from_variant (variant, NULL);
  g_assert_cmpint (back->family, ==, PTL_FAMILY_BOTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/family/words", test_words);
  g_test_add_func ("/family/leases", test_leases);
  g_test_add_func ("/family/settled", test_settled);
  g_test_add_func ("/family/refused", test_refused);
  g_test_add_func ("/family/variant", test_variant);
  return g_test_run ();
}
