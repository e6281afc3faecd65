/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ptl-relay.h"

G_BEGIN_DECLS

/* Asks the relay for its host key, by ssh-keyscan, without logging in. @type ("ssh-ed25519") and
 * @hash
 * ("SHA256:...") are of the key that ssh has just seen: only that one is the answer. Errors:
 * RELAY_UNREACHABLE, TIMED_OUT after 20 s, CANCELLED, FAILED where there is no ssh-keyscan. */
void ptl_key_scan_async (const PtlRelay *relay,
                         const char *type,
                         const char *hash,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* The line for known_hosts; @fingerprint: "ED25519 SHA256:...". (transfer full) */
char *ptl_key_scan_finish (GAsyncResult *result, char **fingerprint, GError **error);

G_END_DECLS
