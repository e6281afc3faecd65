/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether @address is one of this computer's own or of its networks: of IPv4 the private and the
 * link-local ones (RFC 1918, RFC 3927), of IPv6 the unique local and link-local ones and those of
 * an interface's prefix. Groups and the unspecified address are not. */
gboolean ptl_near_has (GInetAddress *address);
/* Whether @address is one that an interface of this computer has now. */
gboolean ptl_near_is_own (GInetAddress *address);

G_END_DECLS
