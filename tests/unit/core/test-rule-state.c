/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/ptl-error.h"
#include "core/ptl-rule-state.h"

/* Rows: from; columns: to; in the order of the enum: requested opening open degraded closing closed
 * failed. */
static const char *const table[] = {
  ".o...o.", /* requested */
  "..ooo.o", /* opening */
  "...oo..", /* open */
  "..o.o..", /* degraded */
  ".....o.", /* closing */
  ".......", /* closed */
  ".......", /* failed */
};

static void
test_table (void)
{
  for (int from = 0; from <= PTL_RULE_STATE_FAILED; from++)
    for (int to = 0; to <= PTL_RULE_STATE_FAILED; to++)
      g_assert_cmpint (ptl_rule_state_may_become ((PtlRuleState) from, (PtlRuleState) to), ==,
                       table[from][to] == 'o');
  g_assert_false (ptl_rule_state_may_become ((PtlRuleState) 7, PTL_RULE_STATE_OPEN));
  g_assert_false (ptl_rule_state_may_become (PTL_RULE_STATE_OPEN, (PtlRuleState) 40));
}

static void
test_final (void)
{
  for (int state = 0; state <= PTL_RULE_STATE_FAILED; state++)
    g_assert_cmpint (ptl_rule_state_is_final ((PtlRuleState) state), ==,
                     strchr (table[state], 'o') == NULL);
}

static void
test_strings (void)
{
  const char *const wrong[] = { "", "Open", "opened", NULL };
  PtlRuleState state = PTL_RULE_STATE_OPEN;
  PtlCloseReason reason = PTL_CLOSE_REASON_NONE;

  for (int i = 0; i <= PTL_RULE_STATE_FAILED; i++)
    {
      g_assert_true (ptl_rule_state_from_string (ptl_rule_state_to_string ((PtlRuleState) i),
                                                 &state, NULL));
      g_assert_cmpint (state, ==, i);
    }
  for (int i = 0; i <= PTL_CLOSE_REASON_SUPERSEDED; i++)
    {
      g_assert_true (ptl_close_reason_from_string (ptl_close_reason_to_string ((PtlCloseReason) i),
                                                   &reason, NULL));
      g_assert_cmpint (reason, ==, i);
    }
  g_assert_cmpstr (ptl_close_reason_to_string (PTL_CLOSE_REASON_NONE), ==, "");
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ptl_rule_state_from_string (wrong[i], &state, &error));
      g_assert_error (error, PTL_ERROR, PTL_ERROR_INVALID);
    }
  g_assert_false (ptl_close_reason_from_string ("bored", &reason, NULL));
  g_assert_cmpint (state, ==, PTL_RULE_STATE_FAILED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule-state/table", test_table);
  g_test_add_func ("/rule-state/final", test_final);
  g_test_add_func ("/rule-state/strings", test_strings);
  return g_test_run ();
}
