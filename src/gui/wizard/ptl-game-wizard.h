/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-open-wizard.h"

G_BEGIN_DECLS

/* "Open a Game Port": a mapping in the router for each port of a game, or for ports of one's own. */
#define PTL_TYPE_GAME_WIZARD (ptl_game_wizard_get_type ())
G_DECLARE_FINAL_TYPE (PtlGameWizard, ptl_game_wizard, PTL, GAME_WIZARD, PtlOpenWizard)

PtlGameWizard *ptl_game_wizard_new (GtkWindow *parent, PtlClient *client);

G_END_DECLS
