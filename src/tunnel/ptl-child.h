/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * PtlChild:
 *
 * A program that runs for us: without a shell, in a process group of its own, read line by line,
 * and killed by the kernel should this process die first. Standard input is empty.
 *
 * Signals:
 *  `line (gboolean is_error, const char *line)`: one line, at most PTL_CHILD_LINE_MAX bytes (what
 * is longer is cut), any bytes but NUL, newline and carriage return. `exited (int wait_status)`: it
 * has been reaped and read to the end, and the rest of its group was killed. The last one.
 *
 * Dropping the last reference kills the group.
 */
#define PTL_CHILD_LINE_MAX 2048

#define PTL_TYPE_CHILD (ptl_child_get_type ())
G_DECLARE_FINAL_TYPE (PtlChild, ptl_child, PTL, CHILD, GObject)

/* To be called in the main thread: the kernel's order to kill is tied to the thread that forks.
 * @argv: the first one is an absolute path. Errors: G_SPAWN_ERROR. */
PtlChild *ptl_child_new (const char *const *argv, const char *const *environment, GError **error);
GPid ptl_child_get_pid (PtlChild *self); /* 0 = has exited */
/* Asks the group to end, and wakes what was stopped, so that it can. */
void ptl_child_terminate (PtlChild *self);
void ptl_child_kill (PtlChild *self);
/* Whether it hangs in SIGSTOP. */
gboolean ptl_child_is_stopped (PtlChild *self);

G_END_DECLS
