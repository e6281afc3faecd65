/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/ptl-options.h"
#include "ptl-sockaddr.h"

G_BEGIN_DECLS

/* The PROXY protocol, by HAProxy's doc/proxy-protocol.txt: a header before the first byte of a
 * connection that says who made it. */

/* Of version 1 with its line end (section 2.1). */
#define PTL_PROXY_V1_MOST 107
/* Of a header that is taken. Version 2 could announce 64 KiB, of which nobody needs so much. */
#define PTL_PROXY_HEADER_MOST 4096
#define PTL_PROXY_WRITTEN_MOST PTL_PROXY_V1_MOST

typedef struct
{
  gboolean has_addresses; /* else the connection's own stand: LOCAL, UNKNOWN, unix sockets */
  PtlAddress source;
  PtlAddress destination;
  guint16 source_port;
  guint16 destination_port;
} PtlProxyHeader;

typedef enum
{
  PTL_PROXY_MORE, /* right so far */
  PTL_PROXY_DONE,
  PTL_PROXY_BAD,
} PtlProxyResult;

/* Reads a header of either version from the beginning of @data, as much of it as has come. No more is
 * waited for where it cannot become one any more.
 * @length: (out): of the header, when it is done; what follows is the connection's. */
PtlProxyResult
ptl_proxy_parse (const guint8 *data, gsize n, PtlProxyHeader *header, gsize *length);
/* @version: V1 or V2. @out: PTL_PROXY_WRITTEN_MOST bytes. Returns how many were written. Addresses of
 * different families are written as IPv6. */
gsize ptl_proxy_write (PtlProxy version, const PtlProxyHeader *header, guint8 *out);

G_END_DECLS
