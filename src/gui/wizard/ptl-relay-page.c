/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-relay-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-text.h"

#define NAME_MAX_CHARS 80
#define MESSAGE_MAX_CHARS 300

struct _PtlRelayPage
{
  PtlWizardPage parent_instance;
  GtkWidget *list_group;
  GtkListBox *list;
  GtkWidget *add_row;
  GListModel *relays;
  char *id;
  char *name;
};

G_DEFINE_FINAL_TYPE (PtlRelayPage, ptl_relay_page, PTL_TYPE_WIZARD_PAGE)

const char *
ptl_relay_page_get_id (PtlRelayPage *self)
{
  g_return_val_if_fail (PTL_IS_RELAY_PAGE (self), NULL);
  return self->id;
}

const char *
ptl_relay_page_get_name (PtlRelayPage *self)
{
  g_return_val_if_fail (PTL_IS_RELAY_PAGE (self), NULL);
  return self->name;
}

void
ptl_relay_page_set_chosen (PtlRelayPage *self, const char *id, const char *name)
{
  char *new_id = g_strdup (id), *new_name = g_strdup (name);

  g_return_if_fail (PTL_IS_RELAY_PAGE (self));
  g_free (self->id);
  g_free (self->name);
  self->id = new_id;
  self->name = new_name;
}

static GtkWidget *
create_row (gpointer item, gpointer data)
{
  PtlRelayItem *relay = item;
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name
      = ptl_text_make_safe (ptl_relay_item_get (relay, "Name"), -1, NAME_MAX_CHARS);
  g_autofree char *message
      = ptl_text_make_safe (ptl_relay_item_get (relay, "Message"), -1, MESSAGE_MAX_CHARS);
  g_autofree char *login = g_strdup_printf ("%s@%s", ptl_relay_item_get (relay, "User"),
                                            ptl_relay_item_get (relay, "Host"));
  g_autofree char *subtitle
      = *message != '\0' ? g_strdup_printf ("%s\n%s", login, message) : g_strdup (login);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "relay", g_object_ref (relay), g_object_unref);
  return row;
}

static void
relays_changed_cb (PtlRelayPage *self)
{
  gtk_widget_set_visible (self->list_group, g_list_model_get_n_items (self->relays) > 0);
}

static void
row_activated_cb (PtlRelayPage *self, GtkListBoxRow *row)
{
  PtlRelayItem *relay = g_object_get_data (G_OBJECT (row), "relay");

  if (relay != NULL)
    ptl_relay_page_set_chosen (self, ptl_relay_item_get (relay, "Id"),
                               ptl_relay_item_get (relay, "Name"));
  else
    ptl_relay_page_set_chosen (self, NULL, NULL);
  ptl_wizard_page_go_on (PTL_WIZARD_PAGE (self));
}

static void
enter (PtlWizardPage *page)
{
  PtlRelayPage *self = PTL_RELAY_PAGE (page);
  GtkWidget *first = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  gtk_widget_grab_focus (first != NULL ? first : self->add_row);
}

static void
ptl_relay_page_dispose (GObject *object)
{
  PtlRelayPage *self = PTL_RELAY_PAGE (object);

  g_clear_object (&self->relays);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
  G_OBJECT_CLASS (ptl_relay_page_parent_class)->dispose (object);
}

static void
ptl_relay_page_class_init (PtlRelayPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_relay_page_dispose;
  PTL_WIZARD_PAGE_CLASS (klass)->enter = enter;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-relay-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlRelayPage, list_group);
  gtk_widget_class_bind_template_child (widget_class, PtlRelayPage, list);
  gtk_widget_class_bind_template_child (widget_class, PtlRelayPage, add_row);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
}

static void
ptl_relay_page_init (PtlRelayPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PtlRelayPage *
ptl_relay_page_new (PtlClient *client)
{
  PtlRelayPage *self = g_object_new (PTL_TYPE_RELAY_PAGE, NULL);

  self->relays = g_object_ref (ptl_client_get_relays (client));
  gtk_list_box_bind_model (self->list, self->relays, create_row, self, NULL);
  g_signal_connect_object (self->relays, "items-changed", G_CALLBACK (relays_changed_cb), self,
                           G_CONNECT_SWAPPED);
  relays_changed_cb (self);
  return self;
}
