/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "client/ptl-client.h"

G_BEGIN_DECLS

/**
 * PtlOpener:
 *
 * Opens several rules one after the other: all or nothing. When one fails, or it is cancelled, those that
 * were opened before are closed again before it returns.
 *
 * Signal `progress (guint index, const char *step)`: rule @index has come to @step ("listen", "router", ...;
 * "open" when it is open, "" when it begins).
 */
#define PTL_TYPE_OPENER (ptl_opener_get_type ())
G_DECLARE_FINAL_TYPE (PtlOpener, ptl_opener, PTL, OPENER, GObject)

/* @requests: of GVariant a{sv}, at least one. */
PtlOpener *ptl_opener_new (PtlClient *client, GPtrArray *requests);
void ptl_opener_run_async (PtlOpener *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The rules as open, in the order of the requests (element-type PtlRule) (transfer full), or the first error.
 * PTL_ERROR_CANCELLED when it was cancelled and everything is closed again. */
GPtrArray *ptl_opener_run_finish (PtlOpener *self, GAsyncResult *result, GError **error);
/* What could not be closed again after a failure, as a sentence; NULL = nothing. */
const char *ptl_opener_get_leftover (PtlOpener *self);

G_END_DECLS
