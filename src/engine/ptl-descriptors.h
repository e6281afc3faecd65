/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The limit of open files is the whole program's: what connections may use up ends before it, so
 * that those who fill a forward do not take what the bus, the clock and the store need. */

/* Whether @fd, just opened, is of those that are left to the rest of the program. Then close it,
 * and do as at the limit. */
gboolean ptl_descriptors_is_reserved (int fd);
/* Whether so few are left for connections that who has many is to have no more of them, by @fd, the
 * last one opened. */
gboolean ptl_descriptors_are_scarce (int fd);
/* So many connections are many then: with two descriptors each, a quarter of all. */
guint ptl_descriptors_get_many (void);
/* As socket(2), non-blocking. -1 with errno: EMFILE too where only those are left. */
int ptl_descriptors_open_socket (int family, int type);

G_END_DECLS
