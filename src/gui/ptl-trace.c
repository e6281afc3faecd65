/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-trace.h"

#include <time.h>

typedef struct
{
  char *what;
  PtlMoment since;
  gulong handler;
} Trace;

PtlMoment
ptl_moment_now (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (PtlMoment) { g_get_monotonic_time (), used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000 };
}

static void
trace_free (gpointer data, GClosure *closure)
{
  Trace *trace = data;

  g_free (trace->what);
  g_free (trace);
}

static void
on_painted (GdkFrameClock *clock, gpointer user_data)
{
  Trace *trace = user_data;
  PtlMoment now = ptl_moment_now ();

  g_debug ("%s: %.1f ms (%.1f ms of processor time)", trace->what, (double) (now.wall - trace->since.wall) / 1000.0,
           (double) (now.processor - trace->since.processor) / 1000.0);
  g_signal_handler_disconnect (clock, trace->handler);
}

void
ptl_trace_frame (GtkWidget *widget, const char *what, PtlMoment since)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GdkFrameClock *clock = root ? gtk_widget_get_frame_clock (GTK_WIDGET (root)) : NULL;
  Trace *trace;

  if (!clock || g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))
    return;
  trace = g_new0 (Trace, 1);
  trace->what = g_strdup (what);
  trace->since = since;
  trace->handler = g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_painted), trace, trace_free, 0);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
}
