/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ptl-page.h"
#include "ptl-probing.h"

G_BEGIN_DECLS

/* The request for @path, as every browser might send it (transfer full). */
GBytes *ptl_web_request (PtlProbing *probing, const char *path);
/* Asks for @path on @stream and reads the answer; what came is appended to @heard. NULL where it is
 * no HTTP. @wait_us: for its first byte. */
PtlPage *ptl_web_fetch (PtlProbing *probing,
                        PtlStream *stream,
                        const char *path,
                        gint64 wait_us,
                        GByteArray *heard);
/* Whether @stream, on which @page came as @heard, takes another request; it then has its time and
 * its bytes anew. */
gboolean ptl_web_may_go_on (PtlStream *stream, const PtlPage *page, const GByteArray *heard);
/* Finds out which web application answered with @root to "GET /" (transfer full), its version, and
 * whether it asks for a login. @line: (transfer full) (nullable): a connection that takes another
 * request. */
void ptl_web_identify (PtlProbing *probing, PtlPage *root, PtlStream *line);

/* Whether a proxy passes on what strangers ask: it is asked for a closed port of its own loopback.
 */
void ptl_web_ask_proxy (PtlProbing *probing);
/* Whether one that nobody knows, and that answered @status to "GET /", is a proxy: by whether that
 * same closed port makes it answer as only a gateway does. */
void ptl_web_find_proxy (PtlProbing *probing, int status);

G_END_DECLS
