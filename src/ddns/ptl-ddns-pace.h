/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ddns/ptl-ddns-answer.h"

G_BEGIN_DECLS

#define PTL_DDNS_PACE_FIRST_SECONDS 30
#define PTL_DDNS_PACE_MOST_SECONDS 3600
/* The least between an update that went well and the next: an address that flaps is waited out, and
 * no provider takes us for a nuisance. */
#define PTL_DDNS_PACE_REST_SECONDS 60

/* How long to wait after @answer, in seconds. -1 = until a person has changed something. @tries:
 * failures in a row, this one included.
 * @random: 0 to 1: up to a quarter less, so that many do not come back all at once. */
gint64 ptl_ddns_pace_get_wait (const PtlDdnsAnswer *answer, guint tries, double random);

G_END_DECLS
