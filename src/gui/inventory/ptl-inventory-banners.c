/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-inventory-private.h"

#include <glib/gi18n-lib.h>

#include "gui/network/ptl-debts-dialog.h"
#include "gui/ptl-feedback.h"

/* What stands above the tables: trouble of the store, of the network, and what could not be taken back. */

static void
show_store (PtlInventoryPage *self)
{
  g_autofree char *state = NULL;
  g_autofree char *message = NULL;

  g_object_get (self->client, "store-state", &state, "store-message", &message, NULL);
  if (!state || *state == '\0' || g_str_equal (state, "ok"))
    ptl_banner_set_message (self->store_banner, NULL);
  else
    ptl_banner_set_message (self->store_banner,
                            message && *message ? message : _("The store cannot be written, so nothing can be changed."));
}

static void
show_network (PtlInventoryPage *self)
{
  g_autofree char *state = NULL;
  g_autofree char *message = NULL;

  g_object_get (self->client, "network-state", &state, "network-message", &message, NULL);
  if (g_strcmp0 (state, "no-router") != 0 && g_strcmp0 (state, "no-gateway") != 0)
    ptl_banner_set_message (self->network_banner, NULL);
  else
    ptl_banner_set_message (self->network_banner,
                            message && *message ? message : _("No router that takes mappings was found."));
}

static void
show_debts (PtlInventoryPage *self)
{
  g_autoptr (GVariant) debts = NULL;
  g_autofree char *text = NULL;
  guint n;

  g_object_get (self->client, "debts", &debts, NULL);
  n = debts ? (guint) g_variant_n_children (debts) : 0;
  if (n > 0)
    /* Translators: %u is a number of openings that could not be taken back yet; the second line says what goes on */
    text = g_strdup_printf (ngettext ("%u opening is still in the router\nIt is closed here, and taking it back is being retried.",
                                      "%u openings are still in the router\nThey are closed here, and taking them back is being retried.",
                                      n), n);
  ptl_banner_set_message (self->debts_banner, text);
}

static void
on_show_debts (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  ptl_debts_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->client);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlInventoryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_search_routers (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  ptl_client_call_async (self->client, "SearchRouters", NULL, self->cancellable, on_searched, g_object_ref (self));
}

void
ptl_inventory_banners_follow (PtlInventoryPage *self)
{
  g_signal_connect_object (self->client, "notify::store-state", G_CALLBACK (show_store), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::store-message", G_CALLBACK (show_store), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::network-state", G_CALLBACK (show_network), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::network-message", G_CALLBACK (show_network), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, "notify::debts", G_CALLBACK (show_debts), self, G_CONNECT_SWAPPED);
  show_store (self);
  show_network (self);
  show_debts (self);
}

void
ptl_inventory_banners_install (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "inventory.show-debts", NULL, on_show_debts);
  gtk_widget_class_install_action (klass, "inventory.search-routers", NULL, on_search_routers);
}
