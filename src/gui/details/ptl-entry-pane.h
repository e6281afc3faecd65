/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "gui/network/ptl-entry.h"

G_BEGIN_DECLS

/**
 * PtlEntryPane:
 *
 * A foreign entry: what is known of it, and what can be done with it: adopt, ignore, remove.
 */
#define PTL_TYPE_ENTRY_PANE (ptl_entry_pane_get_type ())
G_DECLARE_FINAL_TYPE (PtlEntryPane, ptl_entry_pane, PTL, ENTRY_PANE, AdwBin)

void ptl_entry_pane_set_entry (PtlEntryPane *self, PtlEntry *entry); /* NULL = none */
PtlEntry *ptl_entry_pane_get_entry (PtlEntryPane *self);             /* (transfer none) */

G_END_DECLS
