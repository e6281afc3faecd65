/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-game.h"

G_BEGIN_DECLS

/* The list as shipped (a GListModel of PtlGame, sorted by name); never empty. */
GListModel *ptl_games_load (GError **error);
/* The same from @data in the format of games.json. */
GListModel *ptl_games_parse (GBytes *data, GError **error);
/* (transfer full) (nullable): by exact name (case-folded) or, where only one matches, by search. */
PtlGame *ptl_games_find (GListModel *games, const char *name, GError **error);

G_END_DECLS
