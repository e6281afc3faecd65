/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-firewalld-clause.h"

/* "-5 deny tcp 80-90 ipv4 from not 10.0.0.0/8 to 192.0.2.1"; "" = it decides nothing. */
static char *
describe (const char *rule)
{
  g_autoptr (PtlFirewalldClause) clause = ptl_firewalld_clause_parse_rule (rule);
  g_autoptr (GString) text = g_string_new (NULL);

  if (clause == NULL)
    return g_strdup ("");
  g_assert_cmpstr (clause->rule, ==, rule);
  if (clause->priority != 0)
    g_string_append_printf (text, "%d ", clause->priority);
  g_string_append (text, clause->denies ? "deny" : "accept");
  if (clause->service != NULL)
    g_string_append_printf (text, " %s", clause->service);
  else
    g_string_append_printf (text, " %s %u-%u", ptl_protocol_to_string (clause->protocol), clause->first, clause->last);
  if (clause->family != 0)
    g_string_append_printf (text, " ipv%u", clause->family);
  if (clause->source != NULL)
    g_string_append_printf (text, " from %s%s", clause->not_source ? "not " : "", clause->source);
  if (clause->destination != NULL)
    g_string_append_printf (text, " to %s%s", clause->not_destination ? "not " : "", clause->destination);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* As firewalld 1.3 writes them back. */
static void
test_rules (void)
{
  static const struct
  {
    const char *rule, *expected;
  } cases[] = {
    { "rule port port=\"80\" protocol=\"tcp\" accept", "accept tcp 80-80" },
    { "rule port port=\"80-90\" protocol=\"udp\" drop", "deny udp 80-90" },
    { "rule port port=\"1025-65535\" protocol=\"udp\" accept", "accept udp 1025-65535" },
    { "rule port port=\"90-80\" protocol=\"udp\" accept", "" },
    { "rule port port=\"0-80\" protocol=\"udp\" accept", "" },
    { "rule port port=\"80-65536\" protocol=\"udp\" accept", "" },
    { "rule family=\"ipv4\" source address=\"192.168.1.0/24\" port port=\"80\" protocol=\"tcp\" accept",
      "accept tcp 80-80 ipv4 from 192.168.1.0/24" },
    { "rule priority=\"-5\" family=\"ipv6\" source NOT address=\"2001:db8::/32\" service name=\"http\" reject type=\"tcp-reset\"",
      "-5 deny http ipv6 from not 2001:db8::/32" },
    { "rule family=\"ipv4\" source address=\"10.0.0.0/8\" invert=\"True\" drop", "deny both 1-65535 ipv4 from not 10.0.0.0/8" },
    { "rule family=\"ipv4\" source ipset=\"friends\" accept", "accept both 1-65535 ipv4 from ipset:friends" },
    { "rule source mac=\"00:11:22:33:44:55\" accept", "accept both 1-65535 from 00:11:22:33:44:55" },
    { "rule family=\"ipv4\" destination address=\"192.0.2.1\" port port=\"80\" protocol=\"tcp\" accept",
      "accept tcp 80-80 ipv4 to 192.0.2.1" },
    { "rule protocol value=\"udp\" drop", "deny udp 1-65535" },
    { "rule priority=\"10\" protocol value=\"6\" accept", "10 accept tcp 1-65535" },
    /* What is written down decides nothing; what its words say is no element. */
    { "rule port port=\"80\" protocol=\"tcp\" log prefix=\"drop source it \" level=\"info\" limit value=\"1/m\" accept",
      "accept tcp 80-80" },
    { "rule port port=\"80\" protocol=\"tcp\" audit limit value=\"1/m\" reject", "deny tcp 80-80" },
    { "rule port port=\"80\" protocol=\"tcp\" log", "" },
    /* Most get in; most are not turned away. */
    { "rule port port=\"80\" protocol=\"tcp\" accept limit value=\"1/m\"", "accept tcp 80-80" },
    { "rule port port=\"80\" protocol=\"tcp\" drop limit value=\"1/m\"", "" },
    { "rule port port=\"80\" protocol=\"tcp\" mark set=\"0x1\"", "" },
    { "rule source-port port=\"80\" protocol=\"tcp\" accept", "" },
    { "rule icmp-type name=\"redirect\" accept", "" },
    { "rule icmp-block name=\"redirect\"", "" },
    { "rule forward-port port=\"80\" protocol=\"tcp\" to-port=\"81\"", "" },
    { "rule masquerade", "" },
    { "rule protocol value=\"gre\" accept", "" },
    { "rule port port=\"80\" protocol=\"sctp\" accept", "" },
    { "rule port port=\"x\" protocol=\"tcp\" accept", "" },
    { "rule", "" },
    { "", "" },
    { "\"", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = describe (cases[i].rule);

      g_test_message ("%s", cases[i].rule);
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_order (void)
{
  static const char *const rules[] = {
    "rule priority=\"-10\" port port=\"80\" protocol=\"tcp\" accept", "rule priority=\"-5\" port port=\"80\" protocol=\"tcp\" drop",
    "rule port port=\"80\" protocol=\"tcp\" drop",                    "rule port port=\"80\" protocol=\"tcp\" accept",
    "rule priority=\"5\" port port=\"80\" protocol=\"tcp\" drop",     "rule priority=\"10\" port port=\"80\" protocol=\"tcp\" accept",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (rules); j++)
      {
        g_autoptr (PtlFirewalldClause) a = ptl_firewalld_clause_parse_rule (rules[i]);
        g_autoptr (PtlFirewalldClause) b = ptl_firewalld_clause_parse_rule (rules[j]);
        int order = ptl_firewalld_clause_compare (a, b);

        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > j) - (i < j));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/firewalld-clause/rules", test_rules);
  g_test_add_func ("/firewalld-clause/order", test_order);
  return g_test_run ();
}
