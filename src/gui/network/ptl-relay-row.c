/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-relay-row.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-feedback.h"
#include "gui/ptl-state-look.h"

struct _PtlRelayRow
{
  AdwActionRow parent_instance;
  PtlClient *client;
  PtlRelayItem *item;
  GtkImage *icon;
  GtkLabel *state;
  GtkWidget *remove;
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlRelayRow, ptl_relay_row, ADW_TYPE_ACTION_ROW)

static const PtlStateLook states[] = {
  { "unknown", NC_ ("relay", "Not used yet"), "dialog-question-symbolic", "dim-label" },
  { "ready", NC_ ("relay", "Ready"), "object-select-symbolic", "success" },
  { "key-offered", NC_ ("relay", "New host key"), "dialog-question-symbolic", "warning" },
  { "key-changed", NC_ ("relay", "Host key changed"), "dialog-error-symbolic", "error" },
  { "refused", NC_ ("relay", "Login refused"), "dialog-error-symbolic", "error" },
  { "unreachable", NC_ ("relay", "Not reachable"), "dialog-warning-symbolic", "warning" },
};

static void
show_state (PtlRelayRow *self)
{
  const PtlStateLook *look = ptl_state_look_find (states, G_N_ELEMENTS (states), ptl_relay_item_get (self->item, "State"), 0);

  ptl_state_look_show (look, "relay", self->state, self->icon, &self->style);
}

static void
show_relay (PtlRelayRow *self)
{
  const char *name = ptl_relay_item_get (self->item, "Name");
  const char *user = ptl_relay_item_get (self->item, "User");
  const char *message = ptl_relay_item_get (self->item, "Message");
  /* Translators: %s is the name of a relay */
  g_autofree char *label = g_strdup_printf (_("Remove %s"), name);
  g_autofree char *address = g_strdup_printf ("%s%s%s:%u%s%s", user, *user ? "@" : "",
                                              ptl_relay_item_get (self->item, "Host"),
                                              ptl_relay_item_get_port (self->item), *message ? "\n" : "", message);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  show_state (self);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlRelayRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_response (PtlRelayRow *self, const char *response)
{
  if (g_str_equal (response, "remove"))
    ptl_client_call_async (self->client, "RemoveRelay", g_variant_new ("(s)", ptl_relay_item_get (self->item, "Id")),
                           NULL, on_removed, g_object_ref (self));
}

static void
on_remove (PtlRelayRow *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  /* Translators: %s is the name of a relay */
  g_autofree char *question = g_strdup_printf (_("Remove %s?"), ptl_relay_item_get (self->item, "Name"));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (window, question, _("Portolan forgets how to reach it. On the relay nothing changes.")));

  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "remove", _("_Remove"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "remove", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

GtkWidget *
ptl_relay_row_new (PtlClient *client, PtlRelayItem *item)
{
  PtlRelayRow *self = g_object_new (PTL_TYPE_RELAY_ROW, "use-markup", FALSE, "subtitle-lines", 0, NULL);

  self->client = g_object_ref (client);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (show_relay), self, G_CONNECT_SWAPPED);
  show_relay (self);
  return GTK_WIDGET (self);
}

static void
ptl_relay_row_dispose (GObject *object)
{
  PtlRelayRow *self = PTL_RELAY_ROW (object);

  g_clear_object (&self->client);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (ptl_relay_row_parent_class)->dispose (object);
}

static void
ptl_relay_row_class_init (PtlRelayRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_relay_row_dispose;
}

static void
ptl_relay_row_init (PtlRelayRow *self)
{
  adw_action_row_set_icon_name (ADW_ACTION_ROW (self), "ptl-relay-symbolic");
  self->icon = GTK_IMAGE (gtk_image_new ());
  self->state = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->state, PANGO_ELLIPSIZE_END);
  self->remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  gtk_widget_set_valign (self->remove, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->remove, "flat");
  gtk_widget_set_tooltip_text (self->remove, _("Remove"));
  g_signal_connect_swapped (self->remove, "clicked", G_CALLBACK (on_remove), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->icon));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->state));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->remove);
}
