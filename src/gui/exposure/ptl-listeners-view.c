/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-listeners-view.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-gui.h"
#include "ptl-listener.h"

struct _PtlListenersView
{
  AdwBin parent_instance;
  GtkLabel *unseen;
  PtlTable *table;
  AdwStatusPage *empty;
  PtlClient *client;
  PtlAskedList *listeners;
  GtkCustomFilter *filter;
  char **words;
  guint64 serial; /* of the listeners that are shown */
};

G_DEFINE_FINAL_TYPE (PtlListenersView, ptl_listeners_view, ADW_TYPE_BIN)

static gboolean
match (gpointer item, gpointer user_data)
{
  PtlListenersView *self = user_data;

  return ptl_listener_matches (item, (const char *const *) self->words);
}

static void
show_empty (PtlListenersView *self)
{
  const GError *error = ptl_asked_list_get_error (self->listeners);
  gboolean searching = self->words && self->words[0];
  g_autofree char *safe = error ? g_markup_escape_text (error->message, -1) : NULL;

  adw_status_page_set_title (self->empty, error       ? _("The Listeners Cannot Be Read")
                                          : searching ? _("No Results Found")
                                                      : _("Nothing Listens Here"));
  adw_status_page_set_description (self->empty, error       ? safe
                                                : searching ? _("Try other words.")
                                                            : _("No program on this computer waits for connections."));
}

static void
look_for_rules (PtlListenersView *self)
{
  GListModel *listeners = G_LIST_MODEL (self->listeners);

  for (guint i = 0; i < g_list_model_get_n_items (listeners); i++)
    {
      g_autoptr (PtlListener) listener = g_list_model_get_item (listeners, i);

      ptl_listener_look_for_rule (listener, ptl_client_get_rules (self->client));
    }
  ptl_table_resort (self->table);
}

static void
on_loaded (PtlListenersView *self)
{
  look_for_rules (self);
  show_empty (self);
}

void
ptl_listeners_view_set_words (PtlListenersView *self, const char *const *words)
{
  g_strfreev (self->words);
  self->words = g_strdupv ((char **) words);
  if (!self->listeners)
    return;
  show_empty (self);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

void
ptl_listeners_view_refresh (PtlListenersView *self)
{
  ptl_asked_list_refresh (self->listeners);
}

PtlTable *
ptl_listeners_view_get_table (PtlListenersView *self)
{
  return self->table;
}

/* ---- Live ---- */

static void
show_unseen (PtlListenersView *self)
{
  GVariant *known = ptl_client_get_listeners (self->client);
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;

  if (!g_variant_lookup (known, "Unseen", "^as", &lines))
    lines = g_new0 (char *, 1);
  text = g_strjoinv ("\n", lines);
  gtk_label_set_label (self->unseen, text);
  gtk_widget_set_visible (GTK_WIDGET (self->unseen), *text != '\0');
}

static void
on_listeners (PtlListenersView *self)
{
  guint64 serial = 0;

  show_unseen (self);
  g_variant_lookup (ptl_client_get_listeners (self->client), "Serial", "t", &serial);
  if (serial == self->serial)
    return;
  self->serial = serial;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    ptl_asked_list_refresh (self->listeners);
}

/* The worker looks again and again only while somebody looks at it. */
static void
follow (PtlListenersView *self)
{
  if (ptl_client_get_state (self->client) == PTL_CLIENT_STATE_READY)
    ptl_client_call_async (self->client, "FollowListeners",
                           g_variant_new ("(b)", gtk_widget_get_mapped (GTK_WIDGET (self))), NULL, NULL, NULL);
}

static void
on_client_state (PtlListenersView *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  follow (self);
  ptl_asked_list_refresh (self->listeners);
}

static void
ptl_listeners_view_map (GtkWidget *widget)
{
  PtlListenersView *self = PTL_LISTENERS_VIEW (widget);

  GTK_WIDGET_CLASS (ptl_listeners_view_parent_class)->map (widget);
  if (!self->listeners)
    return;
  follow (self);
  ptl_asked_list_refresh (self->listeners);
}

static void
ptl_listeners_view_unmap (GtkWidget *widget)
{
  PtlListenersView *self = PTL_LISTENERS_VIEW (widget);

  GTK_WIDGET_CLASS (ptl_listeners_view_parent_class)->unmap (widget);
  if (self->listeners)
    follow (self);
}

/* ---- Life ---- */

void
ptl_listeners_view_set_client (PtlListenersView *self, PtlClient *client)
{
  g_autoptr (GtkFilterListModel) filtered = NULL;

  self->client = g_object_ref (client);
  self->listeners = ptl_listener_list_new (client);
  self->filter = gtk_custom_filter_new (match, self, NULL);
  filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->listeners)),
                                        g_object_ref (GTK_FILTER (self->filter)));
  ptl_table_set_model (self->table, G_LIST_MODEL (filtered));
  g_signal_connect_object (self->listeners, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ptl_client_get_rules (client), "items-changed", G_CALLBACK (look_for_rules), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::listeners", G_CALLBACK (on_listeners), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::state", G_CALLBACK (on_client_state), self, G_CONNECT_SWAPPED);
  on_listeners (self);
  show_empty (self);
}

static void
ptl_listeners_view_dispose (GObject *object)
{
  PtlListenersView *self = PTL_LISTENERS_VIEW (object);

  g_clear_object (&self->listeners);
  g_clear_object (&self->filter);
  g_clear_object (&self->client);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (ptl_listeners_view_parent_class)->dispose (object);
}

static void
ptl_listeners_view_class_init (PtlListenersViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_listeners_view_dispose;
  widget_class->map = ptl_listeners_view_map;
  widget_class->unmap = ptl_listeners_view_unmap;
  g_type_ensure (PTL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/exposure/ptl-listeners-view.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlListenersView, unseen);
  gtk_widget_class_bind_template_child (widget_class, PtlListenersView, table);
  gtk_widget_class_bind_template_child (widget_class, PtlListenersView, empty);
}

static void
ptl_listeners_view_init (PtlListenersView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_table_set_spec (self->table, &ptl_listener_table, TRUE);
}
