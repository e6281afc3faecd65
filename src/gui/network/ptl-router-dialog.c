/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-router-dialog.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/fields/ptl-field.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-banner.h"
#include "gui/ptl-gui.h"

struct _PtlRouterDialog
{
  AdwWindow parent_instance;
  PtlBanner *banner;
  GtkButton *save_button;
  AdwEntryRow *address;
  AdwComboRow *interface;
  AdwEntryRow *url;
  GtkWidget *remove_group;
  GPtrArray *names; /* of char *, an interface for each choice; the first is "": whichever leads there */
  PtlClient *client;
  PtlRouterItem *item; /* NULL: a new one */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PtlRouterDialog, ptl_router_dialog, ADW_TYPE_WINDOW)

static void
show_problem (PtlRouterDialog *self, const GError *error)
{
  ptl_banner_set_message (self->banner, error ? error->message : NULL);
}

static void
on_changed (PtlRouterDialog *self)
{
  g_autofree char *address = ptl_field_dup_text (self->address);

  show_problem (self, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), *address != '\0');
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlRouterDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (answer)
    {
      gtk_window_destroy (GTK_WINDOW (self));
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), TRUE);
  if (ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    show_problem (self, error);
}

static const char *
chosen_interface (PtlRouterDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->interface);

  return selected < self->names->len ? self->names->pdata[selected] : "";
}

static void
on_save (PtlRouterDialog *self)
{
  g_autofree char *address = ptl_field_dup_text (self->address);
  g_autofree char *url = ptl_field_dup_text (self->url);
  g_auto (GVariantDict) router = G_VARIANT_DICT_INIT (NULL);

  if (*address == '\0')
    return;
  g_variant_dict_insert (&router, "Address", "s", address);
  g_variant_dict_insert (&router, "Interface", "s", chosen_interface (self));
  g_variant_dict_insert (&router, "Url", "s", url);
  gtk_widget_set_sensitive (GTK_WIDGET (self->save_button), FALSE);
  ptl_client_call_async (self->client, "AddRouter", g_variant_new ("(@a{sv})", g_variant_dict_end (&router)),
                         self->cancellable, on_done, g_object_ref (self));
}

static void
on_remove (PtlRouterDialog *self)
{
  ptl_client_call_async (self->client, "RemoveRouter",
                         g_variant_new ("(s)", ptl_router_item_get (self->item, "Address")), self->cancellable,
                         on_done, g_object_ref (self));
}

/* --- what is asked --- */

static char *
describe_interface (GVariant *interface)
{
  const char *name = "", *why_not = "";
  g_autofree const char **addresses = NULL;

  g_variant_lookup (interface, "Name", "&s", &name);
  g_variant_lookup (interface, "WhyNot", "&s", &why_not);
  g_variant_lookup (interface, "Addresses", "^a&s", &addresses);
  if (g_str_equal (why_not, "vpn"))
    /* Translators: %s is a network interface like tun0 */
    return g_strdup_printf (_ ("%s, a VPN"), name);
  if (*why_not)
    /* Translators: %s is a network interface like docker0 */
    return g_strdup_printf (_ ("%s, of containers"), name);
  return g_strdup_printf ("%s (%s)", name, addresses && addresses[0] ? addresses[0] : "");
}

static void
add_interface (PtlRouterDialog *self, const char *name, const char *words)
{
  GtkStringList *list = GTK_STRING_LIST (adw_combo_row_get_model (self->interface));

  g_ptr_array_add (self->names, g_strdup (name));
  gtk_string_list_append (list, words);
  if (self->item && *name && g_str_equal (name, ptl_router_item_get (self->item, "Interface")))
    {
      gboolean named;

      /* What a person chose stays chosen; what was found by itself may change with the network. */
      g_object_get (self->item, "named", &named, NULL);
      if (named)
        adw_combo_row_set_selected (self->interface, self->names->len - 1);
    }
}

static void
on_interfaces (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlRouterDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autoptr (GVariant) interfaces = answer ? g_variant_get_child_value (answer, 0) : NULL;

  for (gsize i = 0; interfaces && self->client && i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      g_autofree char *words = describe_interface (interface);
      const char *name = "";

      g_variant_lookup (interface, "Name", "&s", &name);
      add_interface (self, name, words);
    }
  if (error && ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    show_problem (self, error);
}

static void
fill (PtlRouterDialog *self)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  gboolean named = FALSE;

  adw_combo_row_set_model (self->interface, G_LIST_MODEL (list));
  add_interface (self, "", _ ("Whichever leads there"));
  if (self->item)
    {
      g_object_get (self->item, "named", &named, NULL);
      gtk_window_set_title (GTK_WINDOW (self), _ ("Change Router"));
      ptl_field_set_button_label (self->save_button, _ ("_Save"));
      ptl_field_set_text (self->address, ptl_router_item_get (self->item, "Address"));
      gtk_editable_set_editable (GTK_EDITABLE (self->address), FALSE);
      ptl_field_set_text (self->url, ptl_router_item_get (self->item, "DescriptionUrl"));
    }
  gtk_widget_set_visible (self->remove_group, named);
  on_changed (self);
}

void
ptl_router_dialog_present (GtkWindow *parent, PtlClient *client, PtlRouterItem *item)
{
  PtlRouterDialog *self = g_object_new (PTL_TYPE_ROUTER_DIALOG, "transient-for", parent, NULL);

  self->client = g_object_ref (client);
  self->item = item ? g_object_ref (item) : NULL;
  fill (self);
  ptl_client_call_async (client, "ListInterfaces", NULL, self->cancellable, on_interfaces, g_object_ref (self));
  gtk_widget_grab_focus (item ? GTK_WIDGET (self->interface) : GTK_WIDGET (self->address));
  gtk_window_present (GTK_WINDOW (self));
}

static void
ptl_router_dialog_dispose (GObject *object)
{
  PtlRouterDialog *self = PTL_ROUTER_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->client);
  g_clear_object (&self->item);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  G_OBJECT_CLASS (ptl_router_dialog_parent_class)->dispose (object);
}

static void
ptl_router_dialog_class_init (PtlRouterDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_router_dialog_dispose;
  g_type_ensure (PTL_TYPE_BANNER);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/network/ptl-router-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlRouterDialog, banner);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterDialog, address);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterDialog, interface);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterDialog, url);
  gtk_widget_class_bind_template_child (widget_class, PtlRouterDialog, remove_group);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_remove);
}

static void
ptl_router_dialog_init (PtlRouterDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
  ptl_field_set_up (self->address);
  ptl_field_set_up (self->url);
  ptl_field_set_up_combo (self->interface);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->cancellable = g_cancellable_new ();
}
