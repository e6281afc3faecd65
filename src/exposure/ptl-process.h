/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the system tells of processes and users to anybody. Text is safe to show. */

/* What the process calls itself (/proc/PID/comm), "" = not to be known. (transfer full) */
char *ptl_process_dup_name (guint32 pid);
gboolean ptl_process_is_there (guint32 pid);
/* The name of a user, or the number where there is no name. May ask the network (nsswitch.conf(5)): call it in a
 * thread. (transfer full) */
char *ptl_process_dup_user (guint32 uid);
/* Whether we run in a Flatpak, which shows its own processes only. */
gboolean ptl_process_is_sandboxed (void);

G_END_DECLS
