/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a closing could not take back, and why: both at a time, which a GTask alone does not return. */

/* Takes over @task, @left (of PtlLease) and @error, which may be NULL. */
void ptl_left_return (GTask *task, GPtrArray *left, GError *error);
/* (transfer full): empty where all was taken back, and then @error is left alone. */
GPtrArray *ptl_left_finish (GAsyncResult *result, GError **error);

G_END_DECLS
