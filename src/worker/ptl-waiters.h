/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Those who wait for one check that is made for all of them: a list of GTask, each with its waiter's name as task data. */

/* (element-type GTask) (transfer full) */
GPtrArray *ptl_waiters_new (void);
/* Those of @waiter wait no more: they are out of @waiting, and then get CANCELLED. */
void ptl_waiters_leave (GPtrArray *waiting, const char *waiter);

G_END_DECLS
