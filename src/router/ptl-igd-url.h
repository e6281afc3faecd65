/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define PTL_IGD_URL_MAX 512

/* Whether @url, which came from the network, may be asked for: http alone, an IP literal that is
 * @gateway itself, no user, no fragment, printable ASCII; and never loopback, link-local,
 * multicast, unspecified or IPv4-mapped. @source: where it came from, NULL = the gateway.
 * G_IO_ERROR_PERMISSION_DENIED says why not. */
gboolean
ptl_igd_url_check (const char *url, const char *gateway, const char *source, GError **error);
/* Port (80 unless given) and path ("/" unless given) of a URL that passed the check. */
guint16 ptl_igd_url_get_port (const char *url);
const char *ptl_igd_url_get_path (const char *url);
/* @reference against @location, honouring @base (URLBase, may be NULL or "") only where it passes
 * the check; where URLBase lacks the port it has @location's. The answer is to be checked. */
char *ptl_igd_url_resolve (const char *location,
                           const char *base,
                           const char *reference,
                           const char *gateway);

G_END_DECLS
