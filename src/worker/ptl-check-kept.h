/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/check/ptl-check-facts.h"
#include "worker/ptl-store.h"

G_BEGIN_DECLS

/* The last check of the network, as a setting of the store: a worker that begins anew still knows it. */

/* @result: as CheckNetwork answers; @facts: of it. Within a transaction. */
gboolean ptl_check_keep (PtlStore *store, GVariant *result, const PtlCheckFacts *facts, GError **error);
/* @facts: what of them tells one network from another, and what was found out of the internet. NULL: none is kept, or it
 * cannot be read. (transfer full) */
GVariant *ptl_check_load_kept (PtlStore *store, PtlCheckFacts **facts);

G_END_DECLS
