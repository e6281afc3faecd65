/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"
#include "client/ptl-games.h"
#include "ptl-wizard-page.h"

G_BEGIN_DECLS

/**
 * PtlGamesPage:
 *
 * What is to be opened: the servers that run here first, then all games, or other ports. Goes on by itself when a
 * row was chosen.
 */
#define PTL_TYPE_GAMES_PAGE (ptl_games_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlGamesPage, ptl_games_page, PTL, GAMES_PAGE, PtlWizardPage)

PtlGamesPage *ptl_games_page_new (PtlClient *client);
PtlGame *ptl_games_page_get_game (PtlGamesPage *self);       /* NULL: other ports */
const char *ptl_games_page_get_address (PtlGamesPage *self); /* which the server found listens on, "" = all */

G_END_DECLS
