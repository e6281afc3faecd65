/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gui/details/ptl-facts.h"

#define NOW G_GINT64_CONSTANT (1795176000)

static const PtlFact *
find (GPtrArray *facts, const char *title)
{
  for (guint i = 0; i < facts->len; i++)
    {
      const PtlFact *fact = facts->pdata[i];

      if (g_str_equal (fact->title, title))
        return fact;
    }
  return NULL;
}

static PtlRule *
make_rule (void)
{
  PtlRule *rule = ptl_rule_new (PTL_KIND_MAPPING);
  PtlLease *lease = ptl_lease_new ("pcp", "r1");

  ptl_endpoint_free (rule->public_endpoint);
  ptl_endpoint_free (rule->target);
  rule->public_endpoint = ptl_endpoint_parse ("203.0.113.5:25565", PTL_PROTOCOL_TCP, NULL);
  rule->target = ptl_endpoint_parse ("127.0.0.1:25565", PTL_PROTOCOL_TCP, NULL);
  g_free (rule->owner);
  rule->owner = g_strdup ("<b>ann</b>");
  rule->way = PTL_WAY_GUARDED;
  rule->created = NOW - 60;
  rule->expires = NOW + 7200;
  rule->state = PTL_RULE_STATE_OPEN;
  lease->endpoint = ptl_endpoint_parse ("203.0.113.5:25565", PTL_PROTOCOL_TCP, NULL);
  lease->renew = NOW + 1500;
  g_ptr_array_add (rule->leases, lease);
  return rule;
}

static void
test_open (void)
{
  g_autoptr (PtlRule) rule = make_rule ();
  g_autoptr (GPtrArray) facts = ptl_facts_describe (rule, NOW);

  g_assert_cmpstr (find (facts, "Public Endpoint")->value, ==, "203.0.113.5:25565");
  g_assert_cmpstr (find (facts, "Public Endpoint")->action, ==, "inventory.copy-endpoint");
  g_assert_cmpstr (find (facts, "Target")->action, ==, "inventory.copy-target");
  g_assert_cmpstr (find (facts, "Owner")->value, ==, "<b>ann</b>");
  g_assert_cmpstr (find (facts, "Audience")->value, ==, "Anyone");
  g_assert_null (find (facts, "Public Name"));
  g_assert_null (find (facts, "Limits and More"));
  g_assert_cmpstr (find (facts, "Expires")->value, ==, "Today 14:00");
  g_assert_cmpstr (find (facts, "Leases")->value, ==, "PCP 203.0.113.5:25565, renewed in 25 min");
  g_assert_cmpstr (find (facts, "Traffic")->value, ==, "None yet");
  g_assert_null (find (facts, "Closed"));
  g_assert_null (find (facts, "Review"));
  g_assert_null (find (facts, "Turned Away"));
  g_assert_null (find (facts, "Last Used"));
  g_assert_null (find (facts, "Policy Overridden"));
}

static void
test_named (void)
{
  g_autoptr (PtlRule) rule = make_rule ();
  g_autoptr (GPtrArray) facts = NULL;

  g_free (rule->public_name);
  rule->public_name = g_strdup ("home.example.org");
  facts = ptl_facts_describe (rule, NOW);
  g_assert_cmpstr (find (facts, "Public Name")->value, ==, "home.example.org:25565");
  g_assert_cmpstr (find (facts, "Public Endpoint")->value, ==, "203.0.113.5:25565");
}

static void
test_permanent (void)
{
  g_autoptr (PtlRule) rule = make_rule ();
  g_autoptr (GPtrArray) facts = NULL;

  rule->expires = 0;
  rule->review = NOW + 86400;
  rule->traffic.refused = 4;
  rule->options->values[PTL_OPTION_MAX_CONNECTIONS] = 8;
  facts = ptl_facts_describe (rule, NOW);
  g_assert_null (find (facts, "Expires"));
  g_assert_cmpstr (find (facts, "Review")->value, ==, "Tomorrow 12:00");
  g_assert_cmpstr (find (facts, "Turned Away")->value, ==, "4");
  g_assert_cmpstr (find (facts, "Limits and More")->value, ==, "At most 8 connections at a time");
}

static void
test_closed (void)
{
  g_autoptr (PtlRule) rule = make_rule ();
  g_autoptr (GPtrArray) facts = NULL;

  rule->state = PTL_RULE_STATE_CLOSED;
  rule->closed = NOW - 3600;
  facts = ptl_facts_describe (rule, NOW);
  g_assert_cmpstr (find (facts, "Closed")->value, ==, "Today 11:00");
  g_assert_null (find (facts, "Leases"));
  g_assert_null (find (facts, "Expires"));
}

static void
test_pinhole (void)
{
  g_autoptr (PtlRule) rule = make_rule ();
  g_autoptr (GPtrArray) without = ptl_facts_describe (rule, NOW);
  g_autoptr (GPtrArray) with = NULL;
  PtlLease *lease = ptl_lease_new ("pcp", "r1");

  g_assert_null (find (without, "By IPv6"));
  g_assert_null (find (without, "Internet Protocol"));
  lease->endpoint = ptl_endpoint_parse ("[2001:db8::10]:25565", PTL_PROTOCOL_TCP, NULL);
  lease->inner = ptl_endpoint_copy (lease->endpoint);
  g_ptr_array_add (rule->leases, lease);
  rule->family = PTL_FAMILY_BOTH;
  with = ptl_facts_describe (rule, NOW);
  g_assert_cmpstr (find (with, "By IPv6")->value, ==, "[2001:db8::10]:25565");
  g_assert_cmpstr (find (with, "By IPv6")->action, ==, "inventory.copy-endpoint6");
  g_assert_cmpstr (find (with, "Internet Protocol")->value, ==, "IPv4 and IPv6, or not at all");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/facts/open", test_open);
  g_test_add_func ("/gui/facts/permanent", test_permanent);
  g_test_add_func ("/gui/facts/named", test_named);
  g_test_add_func ("/gui/facts/closed", test_closed);
  g_test_add_func ("/facts/pinhole", test_pinhole);
  return g_test_run ();
}
