/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-window.h"

#include <glib/gi18n-lib.h>

#include "activity/ptl-activity-page.h"
#include "exposure/ptl-exposure-page.h"
#include "exposure/ptl-finding-undo.h"
#include "inventory/ptl-entry-undo.h"
#include "inventory/ptl-inventory-page.h"
#include "network/ptl-network-page.h"
#include "ptl-a11y.h"
#include "ptl-back-button.h"
#include "ptl-feedback.h"
#include "ptl-gui.h"
#include "ptl-sidebar.h"
#include "ptl-trace.h"
#include "traffic/ptl-source-block.h"
#include "wizard/ptl-wizards.h"

struct _PtlWindow
{
  AdwApplicationWindow parent_instance;
  AdwToastOverlay *toasts;
  GtkStack *states;
  GtkSpinner *spinner;
  AdwStatusPage *lost;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  PtlSidebar *pages_list;
  GtkLabel *network_label;
  GtkStack *pages;
  PtlInventoryPage *inventory;
  PtlNetworkPage *network;
  PtlExposurePage *exposure;
  PtlActivityPage *activity;
  PtlClient *client;
  GSettings *settings;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PtlWindow, ptl_window, ADW_TYPE_APPLICATION_WINDOW)

void
ptl_window_add_toast (PtlWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
open_wizard (PtlWindow *self, void (*wizard) (GtkWindow *, PtlClient *))
{
  if (ptl_client_get_state (self->client) == PTL_CLIENT_STATE_READY)
    wizard (GTK_WINDOW (self), self->client);
}

static void
on_open (GtkWidget *widget, const char *name, GVariant *parameter)
{
#ifdef HAVE_WIZARDS
  PtlWindow *self = PTL_WINDOW (widget);

  if (g_str_equal (name, "win.open-game"))
    open_wizard (self, ptl_wizard_open_game);
  else if (g_str_equal (name, "win.open-forward"))
    open_wizard (self, ptl_wizard_open_forward);
  else
    open_wizard (self, ptl_wizard_open_tunnel);
#else
  (void) open_wizard;
#endif
}

static void
show_page (PtlWindow *self, const char *page)
{
  if (ptl_sidebar_set_page (self->pages_list, page))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->pages));
}

static void
on_page (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_page (PTL_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
on_page_chosen (PtlWindow *self)
{
  const char *page = ptl_sidebar_get_page (self->pages_list);

  if (page)
    gtk_stack_set_visible_child_name (self->pages, page);
}

static void
on_page_activated (PtlWindow *self)
{
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->pages));
}

static void
on_show_sidebar (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlWindow *self = PTL_WINDOW (widget);

  adw_leaflet_set_visible_child (self->leaflet, self->sidebar);
}

/* A page has its own way of doing these: it is asked by the action "page.find" or "page.refresh". */
static void
on_page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlWindow *self = PTL_WINDOW (widget);
  g_autofree char *action = g_strconcat ("page.", name + strlen ("win."), NULL);

  gtk_widget_activate_action (gtk_stack_get_visible_child (self->pages), action, NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!ptl_client_connect_finish (PTL_CLIENT (source), result, &error))
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_retry (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlWindow *self = PTL_WINDOW (widget);

  ptl_client_connect_async (self->client, self->cancellable, on_connected, g_object_ref (self));
}

static void
on_reopened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_reopen (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlWindow *self = PTL_WINDOW (widget);
  g_autofree const char **ids = g_variant_get_strv (parameter, NULL);

  for (guint i = 0; ids[i]; i++)
    ptl_client_call_async (self->client, "ReopenRule", g_variant_new ("(s)", ids[i]), self->cancellable, on_reopened,
                           g_object_ref (self));
}

static void
on_unblock (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *id, *address;

  g_variant_get (parameter, "(&s&s)", &id, &address);
  ptl_source_block_undo (widget, PTL_WINDOW (widget)->client, id, address);
}

static void
on_restore_entry (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_entry_undo_remove (widget, PTL_WINDOW (widget)->client, parameter);
}

static void
on_accept_finding (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_finding_undo_accept (widget, PTL_WINDOW (widget)->client, parameter);
}

static void
on_set_entry_ignored (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_entry_undo_ignore (widget, PTL_WINDOW (widget)->client, parameter);
}

static void
show_state (PtlWindow *self)
{
  static const char *const names[] = {
    [PTL_CLIENT_STATE_CONNECTING] = "loading",
    [PTL_CLIENT_STATE_READY] = "ready",
    [PTL_CLIENT_STATE_LOST] = "lost",
  };
  PtlClientState state = ptl_client_get_state (self->client);

  gtk_stack_set_visible_child_name (self->states, names[state]);
  /* One that is not on screen would still ask for a frame, and the next. */
  gtk_spinner_set_spinning (self->spinner, state == PTL_CLIENT_STATE_CONNECTING);
}

static void
show_count (PtlWindow *self)
{
  ptl_sidebar_set_count (self->pages_list, "inventory",
                         g_list_model_get_n_items (ptl_client_get_rules (self->client)));
}

static void
show_network (PtlWindow *self)
{
  g_autoptr (PtlRouterItem) router = g_list_model_get_item (ptl_client_get_routers (self->client), 0);
  g_autofree char *text = NULL;
  const char *address = router ? ptl_router_item_get (router, "ExternalAddress") : "";

  if (router && *address)
    /* Translators: the public address of this network; %s is an address */
    text = g_strdup_printf (_("Public address: %s"), address);
  else
    text = g_strdup ("");
  gtk_label_set_text (self->network_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->network_label), *text);
}

static void
on_routers_changed (PtlWindow *self)
{
  GListModel *routers = ptl_client_get_routers (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (GObject) router = g_list_model_get_item (routers, i);

      g_signal_handlers_disconnect_by_func (router, show_network, self);
      g_signal_connect_object (router, "changed", G_CALLBACK (show_network), self, G_CONNECT_SWAPPED);
    }
  show_network (self);
}

static void
follow_client (PtlWindow *self)
{
  GListModel *rules = ptl_client_get_rules (self->client);
  GListModel *routers = ptl_client_get_routers (self->client);

  g_signal_connect_object (self->client, "notify::state", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rules, "items-changed", G_CALLBACK (show_count), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (routers, "items-changed", G_CALLBACK (on_routers_changed), self, G_CONNECT_SWAPPED);
  ptl_inventory_page_set_client (self->inventory, self->client);
  ptl_network_page_set_client (self->network, self->client);
  ptl_exposure_page_set_client (self->exposure, self->client);
  ptl_activity_page_set_client (self->activity, self->client);
  show_state (self);
  show_count (self);
  on_routers_changed (self);
}

static void
restore (PtlWindow *self)
{
  g_autofree char *page = g_settings_get_string (self->settings, "page");

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  show_page (self, "inventory");
  show_page (self, page);
}

static gboolean
ptl_window_close_request (GtkWindow *window)
{
  PtlWindow *self = PTL_WINDOW (window);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (self->settings, "window-width", width);
  g_settings_set_int (self->settings, "window-height", height);
  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  g_settings_set_string (self->settings, "page", gtk_stack_get_visible_child_name (self->pages));
  return GTK_WINDOW_CLASS (ptl_window_parent_class)->close_request (window);
}

static void
on_map (GtkWidget *widget)
{
  ptl_trace_frame (widget, "window", ptl_moment_now ());
}

PtlWindow *
ptl_window_new (PtlApplication *application, PtlClient *client)
{
  PtlWindow *self = g_object_new (PTL_TYPE_WINDOW, "application", application, NULL);

  self->client = g_object_ref (client);
  g_signal_connect (self, "map", G_CALLBACK (on_map), NULL);
  follow_client (self);
  restore (self);
  return self;
}

static void
ptl_window_dispose (GObject *object)
{
  PtlWindow *self = PTL_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (ptl_window_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.open-game", NULL, on_open);
  gtk_widget_class_install_action (klass, "win.open-forward", NULL, on_open);
  gtk_widget_class_install_action (klass, "win.open-tunnel", NULL, on_open);
  gtk_widget_class_install_action (klass, "win.page", "s", on_page);
  gtk_widget_class_install_action (klass, "win.show-sidebar", NULL, on_show_sidebar);
  gtk_widget_class_install_action (klass, "win.find", NULL, on_page_action);
  gtk_widget_class_install_action (klass, "win.refresh", NULL, on_page_action);
  gtk_widget_class_install_action (klass, "win.retry", NULL, on_retry);
  gtk_widget_class_install_action (klass, "win.reopen", "as", on_reopen);
  gtk_widget_class_install_action (klass, "win.unblock", "(ss)", on_unblock);
  gtk_widget_class_install_action (klass, "win.restore-entry", "(ss)", on_restore_entry);
  gtk_widget_class_install_action (klass, "win.accept-finding", "(sxs)", on_accept_finding);
  gtk_widget_class_install_action (klass, "win.set-entry-ignored", "(ssb)", on_set_entry_ignored);
}

static void
ptl_window_class_init (PtlWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ptl_window_close_request;
  g_type_ensure (PTL_TYPE_BACK_BUTTON);
  g_type_ensure (PTL_TYPE_SIDEBAR);
  g_type_ensure (PTL_TYPE_INVENTORY_PAGE);
  g_type_ensure (PTL_TYPE_NETWORK_PAGE);
  g_type_ensure (PTL_TYPE_EXPOSURE_PAGE);
  g_type_ensure (PTL_TYPE_ACTIVITY_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/ptl-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, states);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, lost);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, pages_list);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, network_label);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, inventory);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, network);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, exposure);
  gtk_widget_class_bind_template_child (widget_class, PtlWindow, activity);
  gtk_widget_class_bind_template_callback (widget_class, on_page_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_page_activated);
  install_actions (widget_class);
}

static void
ptl_window_init (PtlWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new (PTL_GUI_APP_ID);
  self->cancellable = g_cancellable_new ();
  ptl_a11y_name_buttons (GTK_WIDGET (self));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->states));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->pages));
  adw_status_page_set_description (
      self->lost,
      _("What is open stays open while the worker runs. Try again; if that does not help, log out and in again."));
}
