/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "core/ptl-rule.h"

G_BEGIN_DECLS

/**
 * PtlOptionsGroup:
 *
 * Limits, time-outs, further targets and the PROXY protocol of a rule: a folded row for each topic, which says what is
 * not as usual, and opens to the fields. What is typed is checked as it is typed. Signal `changed`.
 */
#define PTL_TYPE_OPTIONS_GROUP (ptl_options_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlOptionsGroup, ptl_options_group, PTL, OPTIONS_GROUP, AdwPreferencesGroup)

PtlOptionsGroup *ptl_options_group_new (void);
void ptl_options_group_set_options (PtlOptionsGroup *self, const PtlOptions *options);
/* What does not fit such a rule is hidden, with the reason where that is all of it; what it was stays. */
void ptl_options_group_set_subject (PtlOptionsGroup *self, PtlKind kind, PtlWay way, PtlProtocol protocol);
/* Several rules are opened at once: what leads elsewhere cannot be the same for all of them. */
void ptl_options_group_set_several (PtlOptionsGroup *self, gboolean several);
/* @target: the rule's first one, may be NULL. Plain where the engine does not carry the rule. INVALID. */
PtlOptions *ptl_options_group_dup_options (PtlOptionsGroup *self, const PtlEndpoint *target, GError **error);
/* The same, and puts the focus where something is wrong. */
gboolean ptl_options_group_check (PtlOptionsGroup *self, const PtlEndpoint *target);

G_END_DECLS
