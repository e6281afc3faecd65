/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/ptl-outcome.h"

#define NOW 1700000000

typedef struct
{
  PtlOutcomeKind kind;
  PtlRuleState before;
  PtlRuleState after;
  gboolean error; /* the outcome has one, and the rule then shows it */
} Case;

static const Case cases[] = {
  { PTL_OUTCOME_OPENED, PTL_RULE_STATE_OPENING, PTL_RULE_STATE_OPEN, FALSE },
  { PTL_OUTCOME_OPEN_FAILED, PTL_RULE_STATE_OPENING, PTL_RULE_STATE_FAILED, TRUE },
  { PTL_OUTCOME_CLOSED, PTL_RULE_STATE_CLOSING, PTL_RULE_STATE_CLOSED, FALSE },
  { PTL_OUTCOME_RESTORED, PTL_RULE_STATE_DEGRADED, PTL_RULE_STATE_OPEN, FALSE },
  { PTL_OUTCOME_RESTORE_FAILED, PTL_RULE_STATE_DEGRADED, PTL_RULE_STATE_DEGRADED, TRUE },
  { PTL_OUTCOME_DEGRADED, PTL_RULE_STATE_OPEN, PTL_RULE_STATE_DEGRADED, TRUE },
  { PTL_OUTCOME_RECOVERED, PTL_RULE_STATE_DEGRADED, PTL_RULE_STATE_OPEN, FALSE },
  { PTL_OUTCOME_EDIT_BROKEN, PTL_RULE_STATE_OPEN, PTL_RULE_STATE_DEGRADED, TRUE },
  /* A move that failed: it is as it was. */
  { PTL_OUTCOME_EDIT_FAILED, PTL_RULE_STATE_OPEN, PTL_RULE_STATE_OPEN, FALSE },
  { PTL_OUTCOME_EDIT_FAILED, PTL_RULE_STATE_DEGRADED, PTL_RULE_STATE_DEGRADED, FALSE },
  { PTL_OUTCOME_RENEWED, PTL_RULE_STATE_OPEN, PTL_RULE_STATE_OPEN, FALSE },
  { PTL_OUTCOME_RENEWED, PTL_RULE_STATE_DEGRADED, PTL_RULE_STATE_DEGRADED, FALSE },
  /* Closing goes on, whatever comes in meanwhile. */
  { PTL_OUTCOME_OPENED, PTL_RULE_STATE_CLOSING, PTL_RULE_STATE_CLOSING, FALSE },
  { PTL_OUTCOME_RECOVERED, PTL_RULE_STATE_CLOSING, PTL_RULE_STATE_CLOSING, FALSE },
  { PTL_OUTCOME_DEGRADED, PTL_RULE_STATE_CLOSING, PTL_RULE_STATE_CLOSING, FALSE },
  { PTL_OUTCOME_RESTORED, PTL_RULE_STATE_CLOSING, PTL_RULE_STATE_CLOSING, FALSE },
};

static void
test_states (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PtlOutcome) outcome = ptl_outcome_new (cases[i].kind, "id", "worker");
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_FORWARD);

      rule->state = cases[i].before;
      rule->traffic.connections_now = 3;
      if (cases[i].error)
        outcome->error = ptl_error_new (PTL_ERROR_PORT_TAKEN, NULL, "Taken.");
      ptl_outcome_apply (outcome, rule, NOW);
      g_assert_cmpint (rule->state, ==, cases[i].after);
      g_assert_cmpstr (rule->error_code, ==, cases[i].error ? "port-taken" : "");
      g_assert_cmpint (rule->closed, ==, ptl_rule_state_is_final (rule->state) ? NOW : 0);
      if (ptl_rule_state_is_final (rule->state))
        g_assert_cmpuint (rule->traffic.connections_now, ==, 0);
    }
}

/* What was closed because of what answers says so in the history; what was in trouble before does not. */
static void
test_closed_by_policy (void)
{
  static const PtlError codes[] = { PTL_ERROR_POLICY, PTL_ERROR_TARGET };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (PtlOutcome) outcome = ptl_outcome_new (PTL_OUTCOME_CLOSED, "id", "worker");
      g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
      g_autoptr (GError) why = ptl_error_new (codes[i], "Use a VPN.", "Redis answers.");

      rule->state = PTL_RULE_STATE_CLOSING;
      ptl_rule_set_error (rule, why);
      ptl_outcome_apply (outcome, rule, NOW);
      g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_CLOSED);
      g_assert_cmpstr (rule->error_message, ==, codes[i] == PTL_ERROR_POLICY ? "Redis answers." : "");
    }
}

static void
add (GPtrArray *leases, const char *system, PtlProtocol protocol, const char *host, guint16 port)
{
  PtlLease *lease = ptl_lease_new (system, "");

  lease->endpoint = ptl_endpoint_new (protocol, host, port, port);
  g_ptr_array_add (leases, lease);
}

static void
test_public_endpoint (void)
{
  g_autoptr (PtlRule) mapping = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (PtlRule) forward = ptl_rule_new (PTL_KIND_FORWARD);
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  g_autofree char *seen = NULL;
  g_autofree char *listening = NULL;

  add (leases, "engine", PTL_PROTOCOL_BOTH, "192.168.1.2", 40000);
  add (leases, "pcp", PTL_PROTOCOL_TCP, "203.0.113.5", 25566);
  add (leases, "pcp", PTL_PROTOCOL_TCP, "203.0.113.5", 25565);
  add (leases, "pcp", PTL_PROTOCOL_UDP, NULL, 25567);
  ptl_rule_take_leases (mapping, leases);
  seen = ptl_endpoint_to_string (mapping->public_endpoint);
  g_assert_cmpstr (seen, ==, "203.0.113.5:25565-25567");
  g_assert_cmpuint (mapping->leases->len, ==, 4);

  ptl_rule_take_leases (forward, leases);
  listening = ptl_endpoint_to_string (forward->public_endpoint);
  g_assert_cmpstr (listening, ==, "192.168.1.2:40000");
}

/* What is given away is the IPv4 address, where there is one. */
static void
test_pinholes (void)
{
  g_autoptr (PtlRule) both = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (PtlRule) alone = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GPtrArray) leases = g_ptr_array_new_with_free_func ((GDestroyNotify) ptl_lease_free);
  PtlLease *pinhole;

  add (leases, "pcp", PTL_PROTOCOL_TCP, "2001:db8::10", 25500);
  pinhole = leases->pdata[0];
  pinhole->inner = ptl_endpoint_copy (pinhole->endpoint);
  ptl_rule_take_leases (alone, leases);
  g_assert_cmpstr (alone->public_endpoint->host, ==, "2001:db8::10");
  add (leases, "pcp", PTL_PROTOCOL_TCP, "203.0.113.5", 25565);
  ptl_rule_take_leases (both, leases);
  g_assert_cmpstr (both->public_endpoint->host, ==, "203.0.113.5");
  g_assert_cmpint (both->public_endpoint->first, ==, 25565);
  g_assert_cmpint (both->public_endpoint->last, ==, 25565);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outcome/states", test_states);
  g_test_add_func ("/outcome/closed-by-policy", test_closed_by_policy);
  g_test_add_func ("/outcome/public-endpoint", test_public_endpoint);
  g_test_add_func ("/outcome/pinholes", test_pinholes);
  return g_test_run ();
}
