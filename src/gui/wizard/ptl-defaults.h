/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is filled in at first, from the settings; where the schema is not installed, what is sensible. */

/* The owner of new rules: as set, else the person's real name, else the login name. (transfer full) */
char *ptl_defaults_dup_owner (void);
/* Seconds that a new rule stays open. */
gint64 ptl_defaults_get_seconds (void);

G_END_DECLS
