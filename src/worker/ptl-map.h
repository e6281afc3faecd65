/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "router/ptl-router.h"

G_BEGIN_DECLS

/* Several mappings of one rule in one router as one step: all or none. */

/* @mappings: of PtlMapping, copied. Where any external port is good (not pinned and 0), the same port is found
 * for both protocols. The answer is what was granted, in the same order. */
void ptl_map_async (PtlRouter *router, GPtrArray *mappings, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* @left: (out) (transfer full): what a failed step could not take back (of PtlMapping); NULL otherwise. */
GPtrArray *ptl_map_finish (GAsyncResult *result, GPtrArray **left, GError **error);

/* Takes back each; goes on where one fails. The answer is what is left (of PtlMapping), with @error set when it is not empty. */
void ptl_unmap_async (PtlRouter *router, GPtrArray *mappings, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *ptl_unmap_finish (GAsyncResult *result, GError **error);

G_END_DECLS
