/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/ptl-changes.h"
#include "worker/ptl-identifier.h"
#include "worker/ptl-notifier.h"

G_BEGIN_DECLS

/**
 * PtlAfterlook:
 *
 * Whoever opens a rule does not wait for a target that says nothing at once. The look at it goes on
 * behind, in full; and where what then turns out to answer must not be before those whom the rule
 * lets in, the rule is closed again at once. It is what would have been refused, had it been quick:
 * a warning alone would leave it open to strangers for as long as nobody reads it. The log and the
 * history say why, and a notification does.
 */
#define PTL_TYPE_AFTERLOOK (ptl_afterlook_get_type ())
G_DECLARE_FINAL_TYPE (PtlAfterlook, ptl_afterlook, PTL, AFTERLOOK, GObject)

/* @notifier: (nullable). */
PtlAfterlook *ptl_afterlook_new (PtlIdentifier *identifier,
                                 PtlChanges *changes,
                                 PtlInventory *inventory,
                                 PtlNotifier *notifier);
/* Looks on at the targets of @rule, as it was opened or is to be. */
void ptl_afterlook_begin (PtlAfterlook *self, const PtlRule *rule);

/* POLICY where one of @identified (nullable) (element-type PtlIdentified) must not be before those
 * whom @rule lets in. */
gboolean ptl_afterlook_check (const PtlRule *rule, GPtrArray *identified, GError **error);
/* Whether any of @identified (nullable) is to be looked at in full. */
gboolean ptl_afterlook_is_due (GPtrArray *identified);

G_END_DECLS
