/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-client.h"
#include "ptl-traffic.h"

G_BEGIN_DECLS

/**
 * PtlTrafficFeed:
 *
 * Follows one rule's statistics and, where wanted, its connections: once a second while they are shown and something
 * moves. What is not shown is not asked for, and while nothing moves nothing is either.
 *
 * Signal `changed`: an answer or an error is here.
 */
#define PTL_TYPE_TRAFFIC_FEED (ptl_traffic_feed_get_type ())
G_DECLARE_FINAL_TYPE (PtlTrafficFeed, ptl_traffic_feed, PTL, TRAFFIC_FEED, GObject)

#define PTL_TRAFFIC_FEED_CONNECTIONS                                                               \
  100 /* the youngest ones that are asked for at first, and so many more each time */

PtlTrafficFeed *ptl_traffic_feed_new (PtlClient *client, PtlRuleItem *item);
void ptl_traffic_feed_set_shown (PtlTrafficFeed *self, gboolean statistics, gboolean connections);
/* Asks for older connections too; nothing where all that can be told are asked for already. */
void ptl_traffic_feed_show_more (PtlTrafficFeed *self);
guint ptl_traffic_feed_get_limit (PtlTrafficFeed *self); /* of connections */
/* Asks now, for something was done. */
void ptl_traffic_feed_refresh (PtlTrafficFeed *self);

/* NULL until there was an answer. (transfer none) */
const PtlTrafficStats *ptl_traffic_feed_get_stats (PtlTrafficFeed *self);
GPtrArray *ptl_traffic_feed_get_connections (PtlTrafficFeed *self); /* of PtlTrafficConnection, youngest first */
/* Of the last question, or NULL. */
const GError *ptl_traffic_feed_get_error (PtlTrafficFeed *self);
/* Bytes per second, between the last two answers. */
void ptl_traffic_feed_get_rates (PtlTrafficFeed *self, guint64 *in, guint64 *out);
PtlRuleItem *ptl_traffic_feed_get_item (PtlTrafficFeed *self);

G_END_DECLS
