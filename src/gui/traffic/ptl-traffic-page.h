/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "client/ptl-traffic-feed.h"

G_BEGIN_DECLS

/**
 * PtlTrafficPage:
 *
 * What moves through a rule: a chart over time, the numbers, and its targets. Where the engine does not carry the rule, the
 * reason why there is nothing to be seen.
 */
#define PTL_TYPE_TRAFFIC_PAGE (ptl_traffic_page_get_type ())
G_DECLARE_FINAL_TYPE (PtlTrafficPage, ptl_traffic_page, PTL, TRAFFIC_PAGE, AdwBin)

/* @item: NULL while no rule is shown. @feed: NULL where it is closed: then its history is shown, up to its end. */
void ptl_traffic_page_set_rule (PtlTrafficPage *self, PtlClient *client, PtlRuleItem *item, PtlTrafficFeed *feed);

G_END_DECLS
