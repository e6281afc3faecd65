/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-igd-message.h"

G_BEGIN_DECLS

/* Runs portolan-igd (@helper) for one request. It is not trusted: its answer is capped and read
 * strictly, and it is killed where it does not end in time. Errors: G_IO_ERROR_TIMED_OUT,
 * CANCELLED, INVALID_DATA, or from starting it. */
void ptl_igd_run_async (const char *helper,
                        const PtlIgdRequest *request,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
PtlIgdAnswer *ptl_igd_run_finish (GAsyncResult *result, GError **error);

G_END_DECLS
