/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/ptl-clock.h"

G_BEGIN_DECLS

/**
 * PtlCallers:
 *
 * The programs that talk to us: who they are (for the log), whether they are still there (so that the worker does not
 * end under a window that only looks), and how much they ask (a bucket of changes each).
 *
 * Signal `changed`: one came or went.
 */
#define PTL_TYPE_CALLERS (ptl_callers_get_type ())
G_DECLARE_FINAL_TYPE (PtlCallers, ptl_callers, PTL, CALLERS, GObject)

PtlCallers *ptl_callers_new (GDBusConnection *connection, PtlClock *clock);
guint ptl_callers_get_n_callers (PtlCallers *self);
gboolean ptl_callers_is_there (PtlCallers *self, const char *sender);

/* "user ann (portolanctl)"; NULL where the caller has gone. */
typedef void (*PtlCallersFunc) (const char *who, gpointer user_data);
/* Asks the bus once per caller; then at once. */
void ptl_callers_identify (PtlCallers *self, const char *sender, PtlCallersFunc func, gpointer user_data);
/* Takes one change out of the caller's bucket; FALSE and BUSY where it is empty. */
gboolean ptl_callers_spend (PtlCallers *self, const char *sender, GError **error);

G_END_DECLS
