/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  PTL_RULE_STATE_REQUESTED, /* waits for approval */
  PTL_RULE_STATE_OPENING,
  PTL_RULE_STATE_OPEN,
  PTL_RULE_STATE_DEGRADED, /* retrying; the rule's error says why */
  PTL_RULE_STATE_CLOSING,
  PTL_RULE_STATE_CLOSED,
  PTL_RULE_STATE_FAILED, /* never opened */
} PtlRuleState;

typedef enum
{
  PTL_CLOSE_REASON_NONE,
  PTL_CLOSE_REASON_REVOKED,
  PTL_CLOSE_REASON_EXPIRED,
  PTL_CLOSE_REASON_SUPERSEDED,
} PtlCloseReason;

const char *ptl_rule_state_to_string (PtlRuleState state);
gboolean ptl_rule_state_from_string (const char *text, PtlRuleState *state, GError **error);
const char *ptl_close_reason_to_string (PtlCloseReason reason); /* "" for none */
gboolean ptl_close_reason_from_string (const char *text, PtlCloseReason *reason, GError **error);
/* The state machine: whether a rule may go from @from to @to. */
gboolean ptl_rule_state_may_become (PtlRuleState from, PtlRuleState to);
gboolean ptl_rule_state_is_final (PtlRuleState state);

G_END_DECLS
