/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-witness.h"

G_BEGIN_DECLS

/* Asks a page that answers with the address it is asked from, by @family (4 or 6). Not through a proxy, not elsewhere
 * than told (no redirect); certificates are checked; only status 200 and a body of one address literal and at most 64
 * bytes count; 7 s for all of it. Fails only when cancelled: else the answer has an address, or an error. */
void ptl_http_witness_ask_async (const char *url,
                                 guint8 family,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
PtlWitness *ptl_http_witness_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
