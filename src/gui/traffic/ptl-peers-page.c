/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-peers-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"
#include "ptl-peer-row.h"
#include "ptl-source-block.h"
#include "ptl-traffic-words.h"

struct _PtlPeersPage
{
  AdwBin parent_instance;
  GtkStack *states;
  AdwStatusPage *none;
  GtkListBox *connections;
  GtkWidget *nobody;
  GtkWidget *more_box;
  GtkLabel *more;
  GtkWidget *sources_group;
  GtkListBox *sources;

  PtlClient *client;
  PtlTrafficFeed *feed;
};

G_DEFINE_FINAL_TYPE (PtlPeersPage, ptl_peers_page, ADW_TYPE_BIN)

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static const PtlRule *
get_rule (PtlPeersPage *self)
{
  return ptl_rule_item_get_rule (ptl_traffic_feed_get_item (self->feed));
}

/* Showing */

static PtlPeerRow *
row_at (GtkListBox *list, guint index)
{
  return (PtlPeerRow *) gtk_list_box_get_row_at_index (list, (int) index);
}

/* Rows that stay are kept, with the focus and the menu that may be open on one. Both lists are youngest first. */
static void
show_connections (PtlPeersPage *self, GPtrArray *connections)
{
  PtlPeerRow *row;

  for (guint i = 0; i < connections->len; i++)
    {
      const PtlTrafficConnection *connection = connections->pdata[i];

      while ((row = row_at (self->connections, i)) && ptl_peer_row_get_id (row) > connection->id)
        gtk_list_box_remove (self->connections, GTK_WIDGET (row));
      if (!row || ptl_peer_row_get_id (row) != connection->id)
        {
          row = PTL_PEER_ROW (ptl_peer_row_new ());
          gtk_list_box_insert (self->connections, GTK_WIDGET (row), (int) i);
        }
      ptl_peer_row_set_connection (row, connection, now ());
    }
  while ((row = row_at (self->connections, connections->len)))
    gtk_list_box_remove (self->connections, GTK_WIDGET (row));
}

static void
show_more (PtlPeersPage *self, guint shown, guint64 all)
{
  g_autofree char *number = all > shown ? g_strdup_printf ("%" G_GUINT64_FORMAT, all - shown) : NULL;
  g_autofree char *words = NULL;

  if (number && shown >= ptl_traffic_feed_get_limit (self->feed))
    /* Translators: below a list of connections; %s is how many are left out of it */
    words = g_strdup_printf (ngettext ("And %s older one.", "And %s older ones.", (gulong) (all - shown)), number);
  gtk_label_set_text (self->more, words ? words : "");
  gtk_widget_set_visible (self->more_box, words != NULL);
}

static gboolean
is_blocked (const PtlRule *rule, const char *address)
{
  PtlNetwork network;
  g_autofree char *wanted = ptl_network_parse (address, &network, NULL) ? ptl_network_to_string (&network) : NULL;

  for (guint i = 0; wanted && i < ptl_audience_get_n_denied (rule->audience); i++)
    {
      g_autofree char *denied = ptl_network_to_string (ptl_audience_get_denied (rule->audience, i));

      if (g_str_equal (denied, wanted))
        return TRUE;
    }
  return FALSE;
}

static void
show_sources (PtlPeersPage *self, GPtrArray *sources)
{
  g_autofree char *since = ptl_traffic_describe_since (get_rule (self), now ());
  PtlPeerRow *row;

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->sources_group), since);
  for (guint i = 0; i < sources->len; i++)
    {
      const PtlTrafficSource *source = sources->pdata[i];

      row = row_at (self->sources, i);
      if (!row)
        {
          row = PTL_PEER_ROW (ptl_peer_row_new ());
          gtk_list_box_append (self->sources, GTK_WIDGET (row));
        }
      ptl_peer_row_set_source (row, source, is_blocked (get_rule (self), source->address), now ());
    }
  while ((row = row_at (self->sources, sources->len)))
    gtk_list_box_remove (self->sources, GTK_WIDGET (row));
  gtk_widget_set_visible (self->sources_group, sources->len > 0);
}

static void
show_none (PtlPeersPage *self, const char *title, const char *description)
{
  /* A status page's description is markup. */
  g_autofree char *safe = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->none, title);
  adw_status_page_set_description (self->none, safe);
  gtk_stack_set_visible_child_name (self->states, "none");
}

static void
show (PtlPeersPage *self)
{
  const PtlTrafficStats *stats = ptl_traffic_feed_get_stats (self->feed);
  GPtrArray *connections = ptl_traffic_feed_get_connections (self->feed);
  const GError *error = ptl_traffic_feed_get_error (self->feed);
  const char *why_not = ptl_traffic_why_not (get_rule (self)->kind, get_rule (self)->way);

  if (why_not)
    show_none (self, _("Not to Be Seen"), why_not);
  else if (error && ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    show_none (self, _("The Connections Cannot Be Told"), error->message);
  else
    gtk_stack_set_visible_child_name (self->states, "peers");
  if (why_not || !stats || !connections)
    return;
  /* Before the first answer nobody knows whether anybody is connected. */
  gtk_widget_set_visible (self->nobody, TRUE);
  show_connections (self, connections);
  show_more (self, connections->len, stats->connections_now);
  show_sources (self, stats->sources);
}

static void
clear (PtlPeersPage *self)
{
  PtlPeerRow *row;

  while ((row = row_at (self->connections, 0)))
    gtk_list_box_remove (self->connections, GTK_WIDGET (row));
  while ((row = row_at (self->sources, 0)))
    gtk_list_box_remove (self->sources, GTK_WIDGET (row));
  gtk_widget_set_visible (self->sources_group, FALSE);
  gtk_widget_set_visible (self->more_box, FALSE);
  gtk_widget_set_visible (self->nobody, FALSE);
}

void
ptl_peers_page_set_feed (PtlPeersPage *self, PtlClient *client, PtlTrafficFeed *feed)
{
  if (self->feed)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_set_object (&self->client, client);
  g_set_object (&self->feed, feed);
  clear (self);
  if (!feed)
    return;
  g_signal_connect_swapped (feed, "changed", G_CALLBACK (show), self);
  show (self);
}

/* Doing */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlPeersPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autofree char *words = NULL;
  guint n = 0;

  if (!answer)
    {
      ptl_feedback_error (GTK_WIDGET (self), error);
      return;
    }
  g_variant_get (answer, "(u)", &n);
  /* Translators: %u is a number */
  words = g_strdup_printf (ngettext ("%u connection closed", "%u connections closed", n), n);
  ptl_feedback_say (GTK_WIDGET (self), n > 0 ? words : _("It was closed already"));
  if (self->feed)
    ptl_traffic_feed_refresh (self->feed);
}

/* @id: of the one connection; 0 = all from @address. */
static void
close_them (PtlPeersPage *self, guint64 id, const char *address)
{
  GVariantBuilder ids;

  if (!self->feed)
    return;
  g_variant_builder_init (&ids, G_VARIANT_TYPE ("at"));
  if (id != 0)
    g_variant_builder_add (&ids, "t", id);
  ptl_client_call_async (self->client, "KickConnections", g_variant_new ("(sats)", get_rule (self)->id, &ids, address),
                         NULL, on_closed, g_object_ref (self));
}

static void
on_close (GtkWidget *widget, const char *name, GVariant *parameter)
{
  close_them (PTL_PEERS_PAGE (widget), g_variant_get_uint64 (parameter), "");
}

static void
on_close_source (GtkWidget *widget, const char *name, GVariant *parameter)
{
  close_them (PTL_PEERS_PAGE (widget), 0, g_variant_get_string (parameter, NULL));
}

static void
on_more (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlPeersPage *self = PTL_PEERS_PAGE (widget);

  if (self->feed)
    ptl_traffic_feed_show_more (self->feed);
}

static void
on_block (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlPeersPage *self = PTL_PEERS_PAGE (widget);

  if (self->feed)
    ptl_source_block_ask (widget, self->client, get_rule (self), g_variant_get_string (parameter, NULL));
}

static void
on_unblock (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlPeersPage *self = PTL_PEERS_PAGE (widget);

  if (self->feed)
    gtk_widget_activate_action (widget, "win.unblock", "(ss)", get_rule (self)->id, g_variant_get_string (parameter, NULL));
}

static void
ptl_peers_page_dispose (GObject *object)
{
  PtlPeersPage *self = PTL_PEERS_PAGE (object);

  if (self->feed)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_peers_page_parent_class)->dispose (object);
}

static void
ptl_peers_page_class_init (PtlPeersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_peers_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/traffic/ptl-peers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, states);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, none);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, connections);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, nobody);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, more_box);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, more);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, sources_group);
  gtk_widget_class_bind_template_child (widget_class, PtlPeersPage, sources);
  gtk_widget_class_install_action (widget_class, "peers.close", "t", on_close);
  gtk_widget_class_install_action (widget_class, "peers.close-source", "s", on_close_source);
  gtk_widget_class_install_action (widget_class, "peers.more", NULL, on_more);
  gtk_widget_class_install_action (widget_class, "peers.block", "s", on_block);
  gtk_widget_class_install_action (widget_class, "peers.unblock", "s", on_unblock);
}

static void
ptl_peers_page_init (PtlPeersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->states));
  ptl_a11y_hide_unmapped (self->nobody);
}
