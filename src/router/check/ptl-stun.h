/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-witness.h"

G_BEGIN_DECLS

#define PTL_STUN_SERVERS_MAX 8

/* Asks every one of @servers (as ptl_stun_server_parse() takes them) by @family (4 or 6), all from one socket, so that
 * their answers show whether the NAT gives each of them another port. Each is asked again after 500 ms, doubling
 * (RFC 8489, section 6.2.1), four times in all. An answer counts where its source, its cookie and its id fit.
 * The answer is a PtlWitness for each (element-type PtlWitness), in the same order; those that said nothing have an
 * error, and addresses of the other family are left out. Fails only when cancelled. */
void ptl_stun_ask_async (const char *const *servers,
                         guint8 family,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
GPtrArray *ptl_stun_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
