/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Text from the network made harmless for a label, a terminal and a log: valid UTF-8; control
 * characters (terminal escapes, newlines, tabs), bidi marks and other invisible ones replaced by
 * U+FFFD or a space; cut at @max_chars characters (0 = not at all) with an ellipsis. Never NULL.
 * Pango markup is not touched: labels that show it must not parse markup. */
char *ptl_text_make_safe (const char *text, gssize length, gsize max_chars);
/* Whether ptl_text_make_safe() would leave it as it is. */
gboolean ptl_text_is_safe (const char *text, gsize max_chars);
/* A cell for CSV: quoted where needed; one that begins with = + - @ tab or CR gets a ' before it.
 */
char *ptl_text_to_csv_cell (const char *text);
/* @prefix of a UUID: 4 to 36 characters of 0-9 a-f and '-'. */
gboolean ptl_text_is_id_prefix (const char *text);

G_END_DECLS
