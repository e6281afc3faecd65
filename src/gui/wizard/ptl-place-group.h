/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-games.h"
#include "ptl-draft.h"

G_BEGIN_DECLS

/**
 * PtlPlaceGroup:
 *
 * Where the server of a mapping runs, and for those who know: the port outside, guarded or direct, and the ports that a game
 * works without. Signal `changed`.
 */
#define PTL_TYPE_PLACE_GROUP (ptl_place_group_get_type ())
G_DECLARE_FINAL_TYPE (PtlPlaceGroup, ptl_place_group, PTL, PLACE_GROUP, AdwPreferencesGroup)

PtlPlaceGroup *ptl_place_group_new (void);
/* @game: NULL for other ports. @address: what the server found here listens on, "" = every address. */
void ptl_place_group_set_game (PtlPlaceGroup *self, PtlGame *game, const char *address);
/* Whether more than one rule is to be opened, so that one port outside for all cannot be asked for. */
void ptl_place_group_set_ports (PtlPlaceGroup *self, guint n_ranges, guint16 first, guint16 last);
/* This computer's address in the network, which a direct mapping needs; "" = not known. */
void ptl_place_group_set_local_address (PtlPlaceGroup *self, const char *address);
/* Of PtlRouterItem: where there are several, the person is asked which one. */
void ptl_place_group_set_routers (PtlPlaceGroup *self, GListModel *routers);
/* Guarded or direct, as it will come to be. */
PtlWay ptl_place_group_get_way (PtlPlaceGroup *self);
gboolean ptl_place_group_check (PtlPlaceGroup *self);
/* Whether the person wants the game's optional port @index too. */
gboolean ptl_place_group_wants (PtlPlaceGroup *self, guint index);
/* After it was found right: target, public endpoint and way for @first to @last. */
void ptl_place_group_fill (PtlPlaceGroup *self, PtlDraft *draft, guint16 first, guint16 last);

G_END_DECLS
