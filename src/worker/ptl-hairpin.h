/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/check/ptl-check-facts.h"
#include "router/ptl-router.h"
#include "worker/ptl-debts.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* Whether the public address can be used from inside: a short mapping to a socket of our own is made, that socket is
 * connected to by the public address, and the mapping is taken back at once. It is in the store as a debt before it is
 * in the router: a worker that is killed meanwhile takes it back when it starts again. */

/* @router: NULL = there is none. @who: for the log. */
void ptl_hairpin_async (PtlClock *clock,
                        PtlStore *store,
                        PtlDebts *debts,
                        PtlRouter *router,
                        const char *who,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
/* Over, also when cancelled (CANCELLED), only once the mapping is taken back or owed. @address: the public address that
 * the router told with the mapping, "" = none; @reason: why it is UNTESTED, in words, else "". (transfer full) */
PtlHairpin ptl_hairpin_finish (GAsyncResult *result, char **address, char **reason, GError **error);

G_END_DECLS
