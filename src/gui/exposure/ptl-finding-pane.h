/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-client.h"
#include "client/ptl-finding-item.h"

G_BEGIN_DECLS

/**
 * PtlFindingPane:
 *
 * Everything about one finding: what is bad about it and what to do, the way that leads to it, the four views of it, what
 * answers there; and what can be done, by the actions "exposure.*" of the page around it.
 */
#define PTL_TYPE_FINDING_PANE (ptl_finding_pane_get_type ())
G_DECLARE_FINAL_TYPE (PtlFindingPane, ptl_finding_pane, PTL, FINDING_PANE, AdwBin)

void ptl_finding_pane_set_client (PtlFindingPane *self, PtlClient *client);
void ptl_finding_pane_set_item (PtlFindingPane *self, PtlFindingItem *item); /* NULL = none */
PtlFindingItem *ptl_finding_pane_get_item (PtlFindingPane *self);            /* (transfer none) */

/* What can be done with a finding. */
/* The living rule that it is declared by, or NULL. */
const PtlRule *ptl_finding_find_rule (const PtlFinding *finding, PtlClient *client);
/* The entry in a router that leads to it and that no rule declares, or NULL. */
const PtlForwarded *ptl_finding_find_foreign (const PtlFinding *finding);

G_END_DECLS
