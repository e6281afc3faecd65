/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-network-page.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-back-button.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"
#include "gui/table/ptl-table.h"
#include "ptl-check-group.h"
#include "ptl-entry.h"
#include "ptl-names-group.h"
#include "ptl-relay-row.h"
#include "ptl-router-dialog.h"
#include "ptl-router-row.h"
#include "ptl-unused-group.h"

struct _PtlNetworkPage
{
  AdwBin parent_instance;
  GtkMenuButton *view_button;
  GtkStack *busy;
  GtkWidget *refresh_button;
  GtkSpinner *spinner;
  PtlCheckGroup *check;
  GtkListBox *routers;
  GtkLabel *no_router;
  PtlUnusedGroup *unused;
  GtkWidget *relays_group;
  GtkListBox *relays;
  PtlNamesGroup *names;
  PtlTable *entries_table;
  AdwStatusPage *entries_empty;
  PtlClient *client;
  PtlAskedList *entries;
  GCancellable *cancellable;
  gboolean searching;
};

G_DEFINE_FINAL_TYPE (PtlNetworkPage, ptl_network_page, ADW_TYPE_BIN)

static void
show_busy (PtlNetworkPage *self)
{
  gboolean busy = self->searching || ptl_asked_list_is_loading (self->entries);

  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_stack_set_visible_child (self->busy, busy ? GTK_WIDGET (self->spinner) : self->refresh_button);
}

static void
show_entries (PtlNetworkPage *self)
{
  const GError *error = ptl_asked_list_get_error (self->entries);
  /* A status page's description is markup, and a router's words may be in it. */
  g_autofree char *safe = error ? g_markup_escape_text (error->message, -1) : NULL;

  adw_status_page_set_title (self->entries_empty, error ? _("The Router's Table Cannot Be Read") : _("No Entries"));
  adw_status_page_set_description (self->entries_empty,
                                   error ? safe : _("Nothing is open in the router, neither by Portolan nor by others."));
  show_busy (self);
}

static void
show_network (PtlNetworkPage *self)
{
  g_autofree char *message = NULL;

  g_object_get (self->client, "network-message", &message, NULL);
  gtk_label_set_text (self->no_router, message && *message ? message : _("No router was found yet."));
  ptl_unused_group_refresh (self->unused, self->client);
}

static void
show_relays (PtlNetworkPage *self)
{
  gtk_widget_set_visible (self->relays_group, g_list_model_get_n_items (ptl_client_get_relays (self->client)) > 0);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlNetworkPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  self->searching = FALSE;
  if (!self->client)
    return;
  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
  ptl_asked_list_refresh (self->entries);
  show_busy (self);
}

static void
on_refresh (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlNetworkPage *self = PTL_NETWORK_PAGE (widget);

  if (self->searching)
    return;
  self->searching = TRUE;
  show_busy (self);
  ptl_client_call_async (self->client, "SearchRouters", NULL, self->cancellable, on_searched, g_object_ref (self));
}

static void
on_add_router (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_router_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), PTL_NETWORK_PAGE (widget)->client, NULL);
}

static void
on_change_router (GtkWidget *widget, const char *name, GVariant *address)
{
  PtlNetworkPage *self = PTL_NETWORK_PAGE (widget);
  GListModel *routers = ptl_client_get_routers (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) item = g_list_model_get_item (routers, i);

      if (g_str_equal (ptl_router_item_get (item, "Address"), g_variant_get_string (address, NULL)))
        ptl_router_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->client, item);
    }
}

static void
ptl_network_page_map (GtkWidget *widget)
{
  PtlNetworkPage *self = PTL_NETWORK_PAGE (widget);

  GTK_WIDGET_CLASS (ptl_network_page_parent_class)->map (widget);
  if (!self->entries)
    return;
  ptl_asked_list_refresh (self->entries);
  ptl_unused_group_refresh (self->unused, self->client);
}

static GtkWidget *
create_router_row (gpointer item, gpointer user_data)
{
  return ptl_router_row_new (item);
}

static GtkWidget *
create_relay_row (gpointer item, gpointer user_data)
{
  PtlNetworkPage *self = user_data;

  return ptl_relay_row_new (self->client, item);
}

void
ptl_network_page_set_client (PtlNetworkPage *self, PtlClient *client)
{
  GListModel *relays = ptl_client_get_relays (client);

  self->client = g_object_ref (client);
  ptl_check_group_set_client (self->check, client);
  self->entries = ptl_entry_list_new (client);
  ptl_table_set_model (self->entries_table, G_LIST_MODEL (self->entries));
  gtk_list_box_bind_model (self->routers, ptl_client_get_routers (client), create_router_row, NULL, NULL);
  gtk_list_box_bind_model (self->relays, relays, create_relay_row, self, NULL);
  g_signal_connect_object (relays, "items-changed", G_CALLBACK (show_relays), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::network-message", G_CALLBACK (show_network), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entries, "loaded", G_CALLBACK (show_entries), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->entries, "notify::loading", G_CALLBACK (show_busy), self, G_CONNECT_SWAPPED);
  ptl_names_group_set_client (self->names, client);
  show_relays (self);
  show_network (self);
  show_entries (self);
}

static void
ptl_network_page_dispose (GObject *object)
{
  PtlNetworkPage *self = PTL_NETWORK_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->entries);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_network_page_parent_class)->dispose (object);
}

static void
ptl_network_page_class_init (PtlNetworkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_network_page_dispose;
  widget_class->map = ptl_network_page_map;
  g_type_ensure (PTL_TYPE_BACK_BUTTON);
  g_type_ensure (PTL_TYPE_CHECK_GROUP);
  g_type_ensure (PTL_TYPE_TABLE);
  g_type_ensure (PTL_TYPE_UNUSED_GROUP);
  g_type_ensure (PTL_TYPE_NAMES_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/network/ptl-network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, view_button);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, busy);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, refresh_button);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, check);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, routers);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, no_router);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, unused);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, relays_group);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, relays);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, names);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, entries_table);
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkPage, entries_empty);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, on_refresh);
  gtk_widget_class_install_action (widget_class, "page.add-router", NULL, on_add_router);
  gtk_widget_class_install_action (widget_class, "page.change-router", "s", on_change_router);
}

static void
ptl_network_page_init (PtlNetworkPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->busy));
  ptl_table_set_spec (self->entries_table, &ptl_entry_table, TRUE);
  ptl_a11y_keep_focus (self->view_button);
  gtk_widget_insert_action_group (GTK_WIDGET (self->view_button), "table", ptl_table_get_actions (self->entries_table));
  gtk_menu_button_set_menu_model (self->view_button, ptl_table_get_view_menu (self->entries_table));
}
