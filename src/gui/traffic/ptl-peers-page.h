/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-traffic-feed.h"

G_BEGIN_DECLS

/**
 * PtlPeersPage:
 *
 * Who is connected to a rule now, youngest first, and the sources that moved most; each can be closed or blocked.
 */
#define PTL_TYPE_PEERS_PAGE (ptl_peers_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlPeersPage, ptl_peers_page, PTL, PEERS_PAGE, AdwBin)

/* @feed: NULL while no rule is shown. */
void ptl_peers_page_set_feed (PtlPeersPage *self, PtlClient *client, PtlTrafficFeed *feed);

G_END_DECLS
