/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PTL_METRICS_HEAD_MAX 8192 /* bytes */

/* What to do with a request, given its head; by the number of the answer. */
typedef enum
{
  PTL_METRICS_HEAD_MORE = 0, /* it is not all here yet */
  PTL_METRICS_HEAD_OK = 200,
  PTL_METRICS_HEAD_BAD = 400,
  PTL_METRICS_HEAD_NOT_FOUND = 404,
  PTL_METRICS_HEAD_NOT_ALLOWED = 405,
} PtlMetricsHead;

/* The head of an HTTP/1.x request (RFC 9112 sections 3 and 5), as far as @bytes hold it: GET of /metrics, or what it
 * fails for. It is refused too where it names another host than this computer, seen from itself, and @port: a web
 * page in the browser of the same person must not read what is open by a name of its own that leads here (DNS
 * rebinding). */
PtlMetricsHead ptl_metrics_head_check (const char *bytes, gsize length, guint16 port);

G_END_DECLS
