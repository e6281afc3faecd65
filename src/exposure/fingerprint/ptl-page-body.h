/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The body without its chunks (RFC 9112 section 7.1) and its compression, as far as it came and can
 * be read; at most PTL_PAGE_MAX_BODY bytes. @transfer, @content: (nullable): the encodings'
 * headers. */
GBytes *
ptl_page_body_decode (const char *data, gsize length, const char *transfer, const char *content);

G_END_DECLS
