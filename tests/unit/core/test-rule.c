/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ptl-rule.h"

static void
test_new (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  g_assert_true (g_uuid_string_is_valid (rule->id));
  g_assert_cmpint (rule->state, ==, PTL_RULE_STATE_REQUESTED);
  g_assert_true (ptl_rule_is_living (rule));
  g_assert_nonnull (rule->public_endpoint);
  g_assert_null (rule->target);
  g_assert_cmpint (ptl_rule_get_protocol (rule), ==, PTL_PROTOCOL_TCP);
  g_assert_true (ptl_audience_is_anyone (rule->audience));
  rule->state = PTL_RULE_STATE_FAILED;
  g_assert_false (ptl_rule_is_living (rule));
}

static void
test_expired (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);

  g_assert_true (ptl_rule_is_permanent (rule));
  g_assert_false (ptl_rule_is_expired (rule, G_MAXINT64));
  rule->expires = 100;
  g_assert_false (ptl_rule_is_permanent (rule));
  g_assert_false (ptl_rule_is_expired (rule, 99));
  g_assert_true (ptl_rule_is_expired (rule, 100));
}

static void
test_copy (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_TUNNEL);
  g_autoptr (PtlRule) copy = NULL;
  PtlLease *lease = ptl_lease_new ("ssh", "vps");

  g_ptr_array_add (rule->leases, lease);
  rule->target = ptl_endpoint_new_unix ("/run/x");
  copy = ptl_rule_copy (rule);
  g_assert_cmpstr (copy->id, ==, rule->id);
  g_assert_true (ptl_endpoint_equal (copy->target, rule->target));
  g_assert_cmpuint (copy->leases->len, ==, 1);
  g_assert_true (g_ptr_array_index (copy->leases, 0) != lease);
  g_assert_true (ptl_lease_equal (g_ptr_array_index (copy->leases, 0), lease));
  g_ptr_array_set_size (copy->leases, 0);
  g_assert_cmpuint (rule->leases->len, ==, 1);
}

static void
test_error (void)
{
  g_autoptr (PtlRule) rule = ptl_rule_new (PTL_KIND_MAPPING);
  g_autoptr (GError) error
      = ptl_error_new (PTL_ERROR_ROUTER_FULL, "Remove some.", "The table is full.");
  g_autoptr (GError) again = NULL;

  g_assert_null (ptl_rule_dup_error (rule));
  ptl_rule_set_error (rule, error);
  g_assert_cmpstr (rule->error_code, ==, "router-full");
  g_assert_cmpstr (rule->error_message, ==, "The table is full.");
  g_assert_cmpstr (rule->error_advice, ==, "Remove some.");
  again = ptl_rule_dup_error (rule);
  g_assert_error (again, PTL_ERROR, PTL_ERROR_ROUTER_FULL);
  g_assert_cmpstr (again->message, ==, error->message);
  ptl_rule_set_error (rule, NULL);
  g_assert_cmpstr (rule->error_code, ==, "");
  g_assert_null (ptl_rule_dup_error (rule));
}

static void
test_strings (void)
{
  PtlKind kind = PTL_KIND_FORWARD;
  PtlWay way = PTL_WAY_AUTO;
  g_autoptr (GError) error = NULL;

  for (int i = 0; i <= PTL_KIND_MAPPING; i++)
    {
      g_assert_true (ptl_kind_from_string (ptl_kind_to_string ((PtlKind) i), &kind, NULL));
      g_assert_cmpint (kind, ==, i);
    }
  for (int i = 0; i <= PTL_WAY_LOCAL; i++)
    {
      g_assert_true (ptl_way_from_string (ptl_way_to_string ((PtlWay) i), &way, NULL));
      g_assert_cmpint (way, ==, i);
    }
  g_assert_false (ptl_kind_from_string ("", &kind, &error));
  g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
  g_assert_false (ptl_way_from_string (NULL, &way, NULL));
  g_assert_cmpint (way, ==, PTL_WAY_LOCAL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule/new", test_new);
  g_test_add_func ("/rule/expired", test_expired);
  g_test_add_func ("/rule/copy", test_copy);
  g_test_add_func ("/rule/error", test_error);
  g_test_add_func ("/rule/strings", test_strings);
  return g_test_run ();
}
