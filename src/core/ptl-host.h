/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Addresses in bytes, for this folder's own use. An IPv4-mapped IPv6 address counts as the IPv4
 * one. */

/* 0 where @text is no literal address, else 4 or 6, with so many (4, 16) of @bytes filled. */
guint8 ptl_address_parse (const char *text, guint8 bytes[16]);
/* (transfer full): the usual way to write it: lower case, zeros left out. */
char *ptl_address_to_string (guint8 family, const guint8 *bytes);
/* @host as it is kept: literal addresses in their usual way, names as they are. */
char *ptl_host_normalize (const char *host);
/* "0.0.0.0" and "::": every address when listening, none as a target. */
gboolean ptl_host_is_wildcard (const char *host);
gboolean ptl_host_equal (const char *a, const char *b);

G_END_DECLS
