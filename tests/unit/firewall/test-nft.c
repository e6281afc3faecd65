/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "firewall/ptl-nft.h"

#define HEAD "{\"nftables\": [{\"metainfo\": {\"json_schema_version\": 1}}, "
#define CHAIN(name, policy)                                                                                              \
  "{\"chain\": {\"family\": \"inet\", \"table\": \"filter\", \"name\": \"" name "\", \"type\": \"filter\", \"hook\": \"input\", "   \
  "\"prio\": 0, \"policy\": \"" policy "\"}}"
#define RULE(chain, expr)                                                                                                \
  ", {\"rule\": {\"family\": \"inet\", \"table\": \"filter\", \"chain\": \"" chain "\", \"expr\": [" expr "]}}"
#define MATCH(left, op, right) "{\"match\": {\"op\": \"" op "\", \"left\": " left ", \"right\": " right "}}"
#define DPORT "{\"payload\": {\"protocol\": \"tcp\", \"field\": \"dport\"}}"
#define STATE RULE ("input", MATCH ("{\"ct\": {\"key\": \"state\"}}", "in", "[\"established\", \"related\"]") ", {\"accept\": null}")
#define TAIL "]}"

static void
assert_verdict (const char *json, PtlProtocol protocol, guint16 first, guint16 last, PtlFirewallKind kind, PtlFirewallVerdict verdict)
{
  g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (protocol, first, last);

  g_assert_true (ptl_nft_weigh (json, strlen (json), view));
  g_assert_cmpint (view->kind, ==, kind);
  g_assert_cmpint (view->verdict, ==, verdict);
}

static void
test_none (void)
{
  assert_verdict (HEAD "{\"table\": {\"family\": \"inet\", \"name\": \"x\"}}" TAIL, PTL_PROTOCOL_TCP, 80, 80, PTL_FIREWALL_NONE,
                  PTL_FIREWALL_OPEN);
}

static void
test_policy (void)
{
  assert_verdict (HEAD CHAIN ("input", "drop") STATE TAIL, PTL_PROTOCOL_TCP, 80, 80, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_BLOCKED);
  assert_verdict (HEAD CHAIN ("input", "accept") STATE TAIL, PTL_PROTOCOL_TCP, 80, 80, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_OPEN);
}

static void
test_ports (void)
{
  static const char json[] = HEAD CHAIN ("input", "drop") STATE
      RULE ("input", MATCH (DPORT, "==", "{\"set\": [22, {\"range\": [8000, 8010]}]}") ", {\"counter\": {}}, {\"accept\": null}") TAIL;

  assert_verdict (json, PTL_PROTOCOL_TCP, 22, 22, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_OPEN);
  assert_verdict (json, PTL_PROTOCOL_TCP, 8002, 8009, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_OPEN);
  assert_verdict (json, PTL_PROTOCOL_TCP, 8002, 8011, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_BLOCKED);
  assert_verdict (json, PTL_PROTOCOL_UDP, 22, 22, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_BLOCKED);
  assert_verdict (json, PTL_PROTOCOL_BOTH, 22, 22, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_BLOCKED);
}

static void
test_jumps (void)
{
  static const char json[] = HEAD CHAIN ("input", "drop") ", {\"chain\": {\"family\": \"inet\", \"table\": \"filter\", \"name\": \"mine\"}}"
      RULE ("input", "{\"jump\": {\"target\": \"mine\"}}") RULE ("mine", MATCH (DPORT, "==", "80") ", {\"accept\": null}") TAIL;
  static const char loop[] = HEAD CHAIN ("input", "drop") RULE ("input", "{\"jump\": {\"target\": \"input\"}}") TAIL;

  assert_verdict (json, PTL_PROTOCOL_TCP, 80, 80, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_OPEN);
  assert_verdict (json, PTL_PROTOCOL_TCP, 81, 81, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_BLOCKED);
  assert_verdict (loop, PTL_PROTOCOL_TCP, 80, 80, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_UNKNOWN);
}

/* What is not understood is not guessed at. */
static void
test_unclear (void)
{
  assert_verdict (HEAD CHAIN ("input", "drop") RULE ("input", MATCH (DPORT, "==", "\"@ports\"") ", {\"accept\": null}") TAIL,
                  PTL_PROTOCOL_TCP, 80, 80, PTL_FIREWALL_NFTABLES, PTL_FIREWALL_UNKNOWN);
  assert_verdict (HEAD CHAIN ("input", "drop") RULE ("input", "{\"xt\": null}") TAIL, PTL_PROTOCOL_TCP, 80, 80,
                  PTL_FIREWALL_NFTABLES, PTL_FIREWALL_UNKNOWN);
}

static void
test_garbage (void)
{
  static const char *const bad[] = { "", "[]", "{}", "{\"nftables\": 3}", "{\"nftables\": [", "\xff" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (PtlFirewallView) view = ptl_firewall_view_new (PTL_PROTOCOL_TCP, 80, 80);

      g_assert_false (ptl_nft_weigh (bad[i], strlen (bad[i]), view));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nft/none", test_none);
  g_test_add_func ("/nft/policy", test_policy);
  g_test_add_func ("/nft/ports", test_ports);
  g_test_add_func ("/nft/jumps", test_jumps);
  g_test_add_func ("/nft/unclear", test_unclear);
  g_test_add_func ("/nft/garbage", test_garbage);
  return g_test_run ();
}
