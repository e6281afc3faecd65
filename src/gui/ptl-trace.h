/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* When something began: on the wall, and in processor time of this program. Microseconds. */
typedef struct
{
  gint64 wall;
  gint64 processor;
} PtlMoment;

PtlMoment ptl_moment_now (void);
/* With G_MESSAGES_DEBUG=ptl-gui: says how long after @since the next frame of @widget is painted, as
 * "WHAT: 12.3 ms (8.1 ms of processor time)". Costs nothing otherwise. */
void ptl_trace_frame (GtkWidget *widget, const char *what, PtlMoment since);

G_END_DECLS
