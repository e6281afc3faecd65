/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-clock.h"
#include "core/ptl-error.h"

G_BEGIN_DECLS

/**
 * PtlReach:
 *
 * Whether the port that a relay opened for everyone takes connections from outside, which ssh does
 * not say: a server with `GatewayPorts no` listens for itself alone and reports success. So it is
 * tried from here, with a connection that is closed at once (the target sees it come and go):
 * shortly after the beginning, and then with growing pauses until it works once.
 */
typedef struct _PtlReach PtlReach;
/* Called when it did not work for the first time (RELAY_REFUSED), and when it works (%NULL): the
 * last call. */
typedef void (*PtlReachFunc) (const GError *error, gpointer user_data);

PtlReach *ptl_reach_new (
    PtlClock *clock, const char *host, guint16 port, PtlReachFunc func, gpointer user_data);
void ptl_reach_free (PtlReach *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlReach, ptl_reach_free)

G_END_DECLS
