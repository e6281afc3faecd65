/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/socket.h>

G_BEGIN_DECLS

#define IGD_HTTP_BODY_MAX (256 * 1024)
#define IGD_HTTP_HEAD_MAX (16 * 1024)

typedef enum
{
  IGD_HTTP_MORE,    /* not all of it is there */
  IGD_HTTP_DONE,
  IGD_HTTP_BAD,     /* no HTTP, not 200, or larger than we take */
} IgdHttpState;

/* Looks at what came so far. @ended: the peer closed. When DONE, @body is set (transfer full).
 * Redirections are BAD: they are never followed. */
IgdHttpState igd_http_parse (const char *data, gsize length, gboolean ended, GString **body);
/* The same of any answer, with its @status. */
IgdHttpState
igd_http_parse_any (const char *data, gsize length, gboolean ended, int *status, GString **body);
/* @fd: does not block. */
gboolean igd_http_connect (int fd, const struct sockaddr *to, socklen_t to_size, gint64 deadline_us);
/* Sends @request over @fd and gives the body of the answer. @status: where it may be another than 200. */
GString *
igd_http_exchange (int fd, const char *request, gint64 deadline_us, int *status, gboolean *silent);
/* Fetches @url, which passed ptl_igd_url_check(), from @gateway. NULL on failure, or after
 * @deadline_us (monotonic); @silent: whether not a byte came. */
GString *igd_http_get (const char *gateway, const char *url, gint64 deadline_us, gboolean *silent);

G_END_DECLS
