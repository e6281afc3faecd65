/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PTL_DDNS_BODY_MAX_BYTES (64 * 1024)

/* What a server answered: at most PTL_DDNS_BODY_MAX_BYTES of it. */
typedef struct
{
  guint status;
  char *body; /* ended by a NUL that does not count */
  gsize length;
  gint64 retry_after; /* seconds, 0 = not told */
} PtlDdnsReply;
void ptl_ddns_reply_free (PtlDdnsReply *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDdnsReply, ptl_ddns_reply_free)

/**
 * PtlDdnsHttp:
 *
 * An HTTP client for one update, in one thread that may block: certificates are checked, silence
 * ends it, no more than the limit is read, and nothing is followed to another host or from https to
 * http.
 */
typedef struct _PtlDdnsHttp PtlDdnsHttp;

PtlDdnsHttp *ptl_ddns_http_new (GCancellable *cancellable);
void ptl_ddns_http_free (PtlDdnsHttp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlDdnsHttp, ptl_ddns_http_free)

/* @authorization: the value of that header, or NULL. @json: a body, or NULL. Errors:
 * PTL_ERROR_INVALID where the address leads elsewhere or is none, else GIO's. */
PtlDdnsReply *ptl_ddns_http_send (PtlDdnsHttp *self,
                                  const char *method,
                                  const char *url,
                                  const char *authorization,
                                  const char *json,
                                  GError **error);
/* "Basic dXNlcjpzZWNyZXQ=" (RFC 7617). (transfer full) */
char *ptl_ddns_http_dup_basic (const char *user, const char *secret);

G_END_DECLS
