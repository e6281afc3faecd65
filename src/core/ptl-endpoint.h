/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum /*< flags >*/
{
  PTL_PROTOCOL_NONE = 0,
  PTL_PROTOCOL_TCP = 1,
  PTL_PROTOCOL_UDP = 2,
  PTL_PROTOCOL_BOTH = 3,
} PtlProtocol;

const char *ptl_protocol_to_string (PtlProtocol protocol); /* "tcp", "udp", "both" */
gboolean ptl_protocol_from_string (const char *text, PtlProtocol *protocol, GError **error);

/**
 * PtlEndpoint:
 *
 * Protocol, address, port or port range; or a unix socket path (targets only).
 * @host: an IPv4 or IPv6 literal (no brackets), a host name, or %NULL for "not known yet" / any.
 * @first, @last: ports; both 0 = any free. @last == @first for a single port.
 * @path: absolute path of a unix socket, else %NULL; then host is NULL and the ports are 0.
 */
typedef struct
{
  PtlProtocol protocol;
  char *host;
  guint16 first;
  guint16 last;
  char *path;
} PtlEndpoint;

#define PTL_TYPE_ENDPOINT (ptl_endpoint_get_type ())
GType ptl_endpoint_get_type (void);

PtlEndpoint *ptl_endpoint_new (PtlProtocol protocol, const char *host, guint16 first, guint16 last);
PtlEndpoint *ptl_endpoint_new_unix (const char *path);
PtlEndpoint *ptl_endpoint_copy (const PtlEndpoint *self);
void ptl_endpoint_free (PtlEndpoint *self);
gboolean ptl_endpoint_equal (const PtlEndpoint *a, const PtlEndpoint *b);
guint ptl_endpoint_n_ports (const PtlEndpoint *self);

/* Accepts "8080", "8000-8010", ":8080", "host:8080", "1.2.3.4:80-90", "[::1]:8080", "host" (port
 * 0), "unix:/path" and "/path". Says in one sentence what is wrong. */
PtlEndpoint *ptl_endpoint_parse (const char *text, PtlProtocol protocol, GError **error);
/* The same text back, without the protocol: "1.2.3.4:80", "[::1]:80-90", "unix:/path", ":80". */
char *ptl_endpoint_to_string (const PtlEndpoint *self);
/* "8080" or "8000-8010"; 0 is refused unless @zero. */
gboolean ptl_port_range_parse (const char *text,
                               gboolean zero,
                               guint16 *first,
                               guint16 *last,
                               GError **error);

/* A name that resolvers take (letters, digits, hyphens, underscores, dots; no label begins or ends
 * with a hyphen; not one that some would read as an address, like "127.1"), or an address. */
gboolean ptl_host_is_valid (const char *host);
gboolean ptl_host_is_address (const char *host);
gboolean ptl_host_is_loopback (const char *host); /* literal addresses and "localhost" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PtlEndpoint, ptl_endpoint_free)

G_END_DECLS
