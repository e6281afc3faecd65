/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-ticker.h"

/* Timers stand still during suspend and know nothing of a clock that is set: look again at least so often. */
#define MAX_WAIT_SECONDS 20

typedef struct
{
  PtlTickFunc func;
  gulong map_id, unmap_id, destroy_id;
} Watch;

static GHashTable *watches; /* GtkWidget (not owned) -> Watch */
static guint timer_id;
static gint64 timer_due; /* Unix microseconds */

static void arm (guint seconds);

static gboolean
tick (gpointer user_data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  guint next = 0;
  guint n;
  g_autofree gpointer *widgets = g_hash_table_get_keys_as_array (watches, &n);

  timer_id = 0;
  for (guint i = 0; i < n; i++)
    {
      /* What one of them does may take another one away. */
      Watch *watch = g_hash_table_lookup (watches, widgets[i]);
      guint wait = watch && gtk_widget_get_mapped (widgets[i]) ? watch->func (widgets[i], now) : 0;

      if (wait > 0)
        next = next == 0 ? wait : MIN (next, wait);
    }
  if (next > 0)
    arm (next);
  return G_SOURCE_REMOVE;
}

static void
arm (guint seconds)
{
  gint64 now = g_get_real_time ();
  /* Full seconds are what is shown: wake just after one begins. */
  gint64 due = (now / G_USEC_PER_SEC + MIN (seconds, MAX_WAIT_SECONDS)) * G_USEC_PER_SEC + 5000;

  if (timer_id != 0 && timer_due <= due)
    return;
  g_clear_handle_id (&timer_id, g_source_remove);
  timer_due = due;
  timer_id = g_timeout_add ((guint) ((due - now) / 1000 + 1), tick, NULL);
}

static gboolean
any_mapped (void)
{
  GHashTableIter iter;
  gpointer widget;

  g_hash_table_iter_init (&iter, watches);
  while (g_hash_table_iter_next (&iter, &widget, NULL))
    if (gtk_widget_get_mapped (widget))
      return TRUE;
  return FALSE;
}

static void
on_map (GtkWidget *widget, gpointer user_data)
{
  Watch *watch = g_hash_table_lookup (watches, widget);
  guint wait = watch->func (widget, g_get_real_time () / G_USEC_PER_SEC);

  if (wait > 0)
    arm (wait);
}

static void
on_unmap (GtkWidget *widget, gpointer user_data)
{
  if (timer_id != 0 && !any_mapped ())
    g_clear_handle_id (&timer_id, g_source_remove);
}

void
ptl_ticker_watch (GtkWidget *widget, PtlTickFunc func)
{
  Watch *watch;

  if (!watches)
    watches = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  watch = g_hash_table_lookup (watches, widget);
  if (!watch)
    {
      watch = g_new0 (Watch, 1);
      watch->map_id = g_signal_connect (widget, "map", G_CALLBACK (on_map), NULL);
      watch->unmap_id = g_signal_connect_after (widget, "unmap", G_CALLBACK (on_unmap), NULL);
      watch->destroy_id = g_signal_connect (widget, "destroy", G_CALLBACK (ptl_ticker_unwatch), NULL);
      g_hash_table_insert (watches, widget, watch);
    }
  watch->func = func;
  if (gtk_widget_get_mapped (widget))
    on_map (widget, NULL);
}

void
ptl_ticker_unwatch (GtkWidget *widget)
{
  Watch *watch = watches ? g_hash_table_lookup (watches, widget) : NULL;

  if (!watch)
    return;
  g_clear_signal_handler (&watch->map_id, widget);
  g_clear_signal_handler (&watch->unmap_id, widget);
  g_clear_signal_handler (&watch->destroy_id, widget);
  g_hash_table_remove (watches, widget);
  on_unmap (widget, NULL);
}

gboolean
ptl_ticker_is_running (void)
{
  return timer_id != 0;
}
