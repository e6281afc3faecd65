/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether what speaks first with @bytes can be one of those that must not be before strangers, or
 * cannot be told by that: then it has to be looked at. FALSE for a plain line of text, such as
 * games and servers of mail greet with: nobody is to be kept waiting for those. */
gboolean ptl_greeting_is_worth_a_look (const guint8 *bytes, gsize length);

G_END_DECLS
