/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows what @widget shows at @now (Unix seconds), and says in how many seconds that changes; 0 = never again. */
typedef guint (*PtlTickFunc) (GtkWidget *widget, gint64 now);

/* One timer for everything on screen that counts down: it runs only while a watching widget is mapped, and wakes
 * only when one of them has something new to say. @widget is called at once if it is mapped, and watched
 * until ptl_ticker_unwatch() or its end. */
void ptl_ticker_watch (GtkWidget *widget, PtlTickFunc func);
void ptl_ticker_unwatch (GtkWidget *widget);
/* For tests: whether the timer is running. */
gboolean ptl_ticker_is_running (void);

G_END_DECLS
