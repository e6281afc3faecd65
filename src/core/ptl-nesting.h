/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether lists and objects in @json, which may be anything, are nested at most @depth_max deep. JSON parsers go down
 * into what is nested on the stack: bytes from the network are to be asked this first. */
gboolean ptl_nesting_is_shallow (const char *json, gsize length, guint depth_max);

G_END_DECLS
