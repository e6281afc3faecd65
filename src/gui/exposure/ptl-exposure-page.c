/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-exposure-page.h"

#include <glib/gi18n-lib.h>

#include "gui/inventory/ptl-rule-columns.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-back-button.h"
#include "gui/ptl-gui.h"
#include "gui/table/ptl-table.h"
#include "ptl-listener.h"

struct _PtlExposurePage
{
  AdwBin parent_instance;
  GtkMenuButton *view_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  PtlTable *table;
  AdwStatusPage *empty;
  PtlClient *client;
  PtlAskedList *listeners;
  GtkCustomFilter *filter;
  char **words;
};

G_DEFINE_FINAL_TYPE (PtlExposurePage, ptl_exposure_page, ADW_TYPE_BIN)

static gboolean
match (gpointer item, gpointer user_data)
{
  PtlExposurePage *self = user_data;

  return ptl_listener_matches (item, (const char *const *) self->words);
}

static void
show_empty (PtlExposurePage *self)
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
look_for_rules (PtlExposurePage *self)
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
on_loaded (PtlExposurePage *self)
{
  look_for_rules (self);
  show_empty (self);
}

static void
on_search_changed (PtlExposurePage *self)
{
  g_strfreev (self->words);
  self->words = ptl_search_words (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  show_empty (self);
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
on_refresh (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_asked_list_refresh (PTL_EXPOSURE_PAGE (widget)->listeners);
}

static void
ptl_exposure_page_map (GtkWidget *widget)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  GTK_WIDGET_CLASS (ptl_exposure_page_parent_class)->map (widget);
  if (self->listeners)
    ptl_asked_list_refresh (self->listeners);
}

void
ptl_exposure_page_set_client (PtlExposurePage *self, PtlClient *client)
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
  show_empty (self);
}

static void
ptl_exposure_page_dispose (GObject *object)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (object);

  g_clear_object (&self->listeners);
  g_clear_object (&self->filter);
  g_clear_object (&self->client);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (ptl_exposure_page_parent_class)->dispose (object);
}

static void
ptl_exposure_page_class_init (PtlExposurePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_exposure_page_dispose;
  widget_class->map = ptl_exposure_page_map;
  g_type_ensure (PTL_TYPE_BACK_BUTTON);
  g_type_ensure (PTL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/exposure/ptl-exposure-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePage, view_button);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePage, table);
  gtk_widget_class_bind_template_child (widget_class, PtlExposurePage, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_install_action (widget_class, "page.find", NULL, on_find);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, on_refresh);
}

static void
ptl_exposure_page_init (PtlExposurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  ptl_table_set_spec (self->table, &ptl_listener_table, TRUE);
  ptl_a11y_keep_focus (self->view_button);
  gtk_widget_insert_action_group (GTK_WIDGET (self->view_button), "table", ptl_table_get_actions (self->table));
  gtk_menu_button_set_menu_model (self->view_button, ptl_table_get_view_menu (self->table));
}
