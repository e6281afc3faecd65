/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Limits that the helper sets on itself before it reads a byte from the network: address space, CPU
 * time, open files, no file written, no core, no new privileges, a process group of its own, an end
 * with its parent. Returns a descriptor that answers go to; standard output itself goes nowhere
 * from then on. */
int igd_limits_apply (void);
/* After @milliseconds an answer "silent" is written to @answer_fd and the process ends. */
void igd_limits_set_deadline (int answer_fd, guint milliseconds);
/* From now on that answer is "stuck": the router was heard. */
void igd_limits_note_heard (void);
/* Microseconds until then; %G_MAXINT64 where none was set. */
gint64 igd_limits_get_left_us (void);
