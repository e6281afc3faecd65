/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "core/ptl-rule.h"
#include "ptl-relay.h"

G_BEGIN_DECLS

/**
 * PtlRefusals:
 *
 * What relays have said no to, by rule, so that what restores rules by itself does not ask them
 * over and over. A refusal holds until the rule asks for another thing; one for the host key until
 * the file of known keys has changed in that respect; any other for an hour.
 */
typedef struct _PtlRefusals PtlRefusals;

PtlRefusals *ptl_refusals_new (PtlClock *clock, const char *state_dir);
void ptl_refusals_free (PtlRefusals *self);
void ptl_refusals_add (PtlRefusals *self, const PtlRule *rule, const GError *error);
/* (transfer full) (nullable): NULL = it may be tried. */
GError *ptl_refusals_recall (PtlRefusals *self, const PtlRule *rule, const PtlRelay *relay);
void ptl_refusals_remove (PtlRefusals *self, const char *rule_id);
void ptl_refusals_remove_relay (PtlRefusals *self, const char *relay_id);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlRefusals, ptl_refusals_free)

G_END_DECLS
