/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-rule-state.h"

#include <glib/gi18n-lib.h>

#include "ptl-error.h"
#include "ptl-text.h"

#define N_STATES (PTL_RULE_STATE_FAILED + 1)
#define N_REASONS (PTL_CLOSE_REASON_SUPERSEDED + 1)
#define TO(state) (1u << PTL_RULE_STATE_##state)

static const char *const state_names[N_STATES] = {
  "requested", "opening", "open", "degraded", "closing", "closed", "failed",
};

static const char *const reason_names[N_REASONS] = { "", "revoked", "expired", "superseded" };

/* A request that nobody approved holds nothing: it is closed without closing. What opens and is
 * revoked meanwhile goes by closing, for something may have to be taken back; degraded straight
 * from opening is a rule whose own part stands while the far side is away. */
static const guint next_states[N_STATES] = {
  [PTL_RULE_STATE_REQUESTED] = TO (OPENING) | TO (CLOSED),
  [PTL_RULE_STATE_OPENING] = TO (OPEN) | TO (DEGRADED) | TO (CLOSING) | TO (FAILED),
  [PTL_RULE_STATE_OPEN] = TO (DEGRADED) | TO (CLOSING),
  [PTL_RULE_STATE_DEGRADED] = TO (OPEN) | TO (CLOSING),
  [PTL_RULE_STATE_CLOSING] = TO (CLOSED),
};

static gboolean
find (const char *const *names, int n, const char *text, int *index)
{
  for (int i = 0; i < n; i++)
    {
      if (g_strcmp0 (names[i], text) == 0)
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

const char *
ptl_rule_state_to_string (PtlRuleState state)
{
  g_return_val_if_fail ((guint) state < N_STATES, "");
  return state_names[state];
}

gboolean
ptl_rule_state_from_string (const char *text, PtlRuleState *state, GError **error)
{
  g_autofree char *shown = NULL;
  int i;

  if (find (state_names, N_STATES, text, &i))
    {
      *state = (PtlRuleState) i;
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, 40);
  /* Translators: %s is the word that was given */
  ptl_error_set (error, PTL_ERROR_INVALID, NULL, _ ("“%s” is not a state of a rule."), shown);
  return FALSE;
}

const char *
ptl_close_reason_to_string (PtlCloseReason reason)
{
  g_return_val_if_fail ((guint) reason < N_REASONS, "");
  return reason_names[reason];
}

gboolean
ptl_close_reason_from_string (const char *text, PtlCloseReason *reason, GError **error)
{
  g_autofree char *shown = NULL;
  int i;

  if (find (reason_names, N_REASONS, text, &i))
    {
      *reason = (PtlCloseReason) i;
      return TRUE;
    }
  shown = ptl_text_make_safe (text, -1, 40);
  ptl_error_set (error, PTL_ERROR_INVALID, _ ("Say revoked, expired or superseded."),
                 /* Translators: %s is the word that was given */
                 _ ("“%s” is not a reason to close a rule."), shown);
  return FALSE;
}

gboolean
ptl_rule_state_may_become (PtlRuleState from, PtlRuleState to)
{
  if ((guint) from >= N_STATES || (guint) to >= N_STATES)
    return FALSE;
  return (next_states[from] & (1u << to)) != 0;
}

gboolean
ptl_rule_state_is_final (PtlRuleState state)
{
  return state == PTL_RULE_STATE_CLOSED || state == PTL_RULE_STATE_FAILED;
}
