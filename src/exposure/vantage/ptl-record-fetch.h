/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-record.h"

G_BEGIN_DECLS

/* Asks the server of a record about @address. @server: "https://..."; "http://" only where there is
 * no key to send, or to this computer. @key: NULL, or the person's; it is sent to that server
 * alone, and nowhere written. Censys: "ID:SECRET" is of its older search, anything else a token of
 * its platform. Certificates are checked, no redirect is followed, 10 s for all of it. Errors:
 * NOT_FOUND (they know nothing of it), INVALID (the server's address), PERMISSION (the key), BUSY
 * (asked too often), TIMED_OUT, CANCELLED, FAILED. */
void ptl_record_fetch_async (PtlVantageKind kind,
                             const char *server,
                             GInetAddress *address,
                             const char *key,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
PtlRecord *ptl_record_fetch_finish (GAsyncResult *result, GError **error);

/* Whether @server can be the address of one; INVALID. */
gboolean ptl_record_server_check (const char *server, GError **error);

G_END_DECLS
