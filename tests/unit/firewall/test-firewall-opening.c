/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firewall/ptl-firewall-opening.h"

static void
test_words (void)
{
  static const struct
  {
    PtlProtocol protocol;
    guint16 first, last;
    const char *source, *ports, *rule, *command, *text;
  } cases[] = {
    { PTL_PROTOCOL_TCP, 25565, 25565, "", "25565", NULL, "sudo firewall-cmd --zone=home --add-port=25565/tcp",
      "25565/tcp in zone home" },
    { PTL_PROTOCOL_UDP, 8000, 8010, "192.0.2.0/24", "8000-8010",
      "rule family=\"ipv4\" source address=\"192.0.2.0/24\" port port=\"8000-8010\" protocol=\"udp\" accept",
      "sudo firewall-cmd --zone=home --add-rich-rule='rule family=\"ipv4\" source address=\"192.0.2.0/24\" port "
      "port=\"8000-8010\" protocol=\"udp\" accept'",
      "8000-8010/udp in zone home for 192.0.2.0/24" },
    { PTL_PROTOCOL_TCP, 22, 22, "2001:db8::/32", "22",
      "rule family=\"ipv6\" source address=\"2001:db8::/32\" port port=\"22\" protocol=\"tcp\" accept",
      "sudo firewall-cmd --zone=home --add-rich-rule='rule family=\"ipv6\" source address=\"2001:db8::/32\" port "
      "port=\"22\" protocol=\"tcp\" accept'",
      "22/tcp in zone home for 2001:db8::/32" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlFirewallOpening) opening
          = ptl_firewall_opening_new ("home", cases[i].protocol, cases[i].first, cases[i].last, cases[i].source);
      g_autofree char *ports = ptl_firewall_opening_dup_ports (opening);
      g_autofree char *rule = ptl_firewall_opening_dup_rich_rule (opening);
      g_autofree char *command = ptl_firewall_opening_dup_command (opening);
      g_autofree char *text = ptl_firewall_opening_to_string (opening);

      g_assert_cmpstr (ports, ==, cases[i].ports);
      g_assert_cmpstr (rule, ==, cases[i].rule);
      g_assert_cmpstr (command, ==, cases[i].command);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_equal (void)
{
  g_autoptr (PtlFirewallOpening) one = ptl_firewall_opening_new ("home", PTL_PROTOCOL_TCP, 1, 2, "");
  g_autoptr (PtlFirewallOpening) same = ptl_firewall_opening_copy (one);
  g_autoptr (PtlFirewallOpening) zone = ptl_firewall_opening_new ("work", PTL_PROTOCOL_TCP, 1, 2, "");
  g_autoptr (PtlFirewallOpening) protocol = ptl_firewall_opening_new ("home", PTL_PROTOCOL_UDP, 1, 2, "");
  g_autoptr (PtlFirewallOpening) last = ptl_firewall_opening_new ("home", PTL_PROTOCOL_TCP, 1, 3, "");
  g_autoptr (PtlFirewallOpening) source = ptl_firewall_opening_new ("home", PTL_PROTOCOL_TCP, 1, 2, "192.0.2.1/32");

  g_assert_true (ptl_firewall_opening_equal (one, same));
  g_assert_false (ptl_firewall_opening_equal (one, zone));
  g_assert_false (ptl_firewall_opening_equal (one, protocol));
  g_assert_false (ptl_firewall_opening_equal (one, last));
  g_assert_false (ptl_firewall_opening_equal (one, source));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/firewall-opening/words", test_words);
  g_test_add_func ("/firewall-opening/equal", test_equal);
  return g_test_run ();
}
