/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-network-note.h"

#include <glib/gi18n-lib.h>

#include "ptl-server-row.h"

struct _PtlNetworkNote
{
  AdwPreferencesGroup parent_instance;
  AdwActionRow *message_row;
  PtlClient *client;
};

G_DEFINE_FINAL_TYPE (PtlNetworkNote, ptl_network_note, ADW_TYPE_PREFERENCES_GROUP)

gboolean
ptl_network_state_is_bad (const char *state)
{
  return g_strcmp0 (state, "no-router") == 0 || g_strcmp0 (state, "no-gateway") == 0;
}

static void
state_changed_cb (PtlNetworkNote *self)
{
  g_autofree char *state = NULL, *message = NULL;

  g_object_get (self->client, "network-state", &state, "network-message", &message, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self), ptl_network_state_is_bad (state));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->message_row),
                                 g_strcmp0 (state, "no-gateway") == 0
                                     ? _ ("This computer is not connected to a router")
                                     : _ ("No router that opens ports was found"));
  adw_action_row_set_subtitle (self->message_row, message != NULL ? message : "");
}

void
ptl_network_note_set_client (PtlNetworkNote *self, PtlClient *client)
{
  g_return_if_fail (PTL_IS_NETWORK_NOTE (self));
  g_return_if_fail (self->client == NULL);
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::network-state", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::network-message", G_CALLBACK (state_changed_cb), self,
                           G_CONNECT_SWAPPED);
  state_changed_cb (self);
}

static void
ptl_network_note_dispose (GObject *object)
{
  g_clear_object (&PTL_NETWORK_NOTE (object)->client);
  G_OBJECT_CLASS (ptl_network_note_parent_class)->dispose (object);
}

static void
ptl_network_note_class_init (PtlNetworkNoteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_network_note_dispose;
  g_type_ensure (PTL_TYPE_SERVER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/portolan/Portolan/wizard/"
                                                             "ptl-network-note.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlNetworkNote, message_row);
}

static void
ptl_network_note_init (PtlNetworkNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
