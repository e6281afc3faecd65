/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-peer-row.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-gui.h"
#include "gui/ptl-ticker.h"
#include "ptl-traffic-words.h"

struct _PtlPeerRow
{
  GtkListBoxRow parent_instance;
  GtkLabel *title;
  GtkLabel *words;
  GtkLabel *target; /* of a connection; apart from the words, which change every second: laying out
                       costs */
  GtkMenuButton *button;
  PtlTrafficConnection *connection; /* NULL for a source */
  gint64 born;                      /* of the connection, Unix seconds */
  char *address;                    /* that the menu is about */
  gboolean blocked;
};

G_DEFINE_FINAL_TYPE (PtlPeerRow, ptl_peer_row, GTK_TYPE_LIST_BOX_ROW)

GtkWidget *
ptl_peer_row_new (void)
{
  return g_object_new (PTL_TYPE_PEER_ROW, NULL);
}

guint64
ptl_peer_row_get_id (PtlPeerRow *self)
{
  return self->connection ? self->connection->id : 0;
}

/* @target: "" for a source */
static void
show_words (PtlPeerRow *self, const char *who, const char *words, const char *target)
{
  g_autofree char *spoken
      = g_strdup_printf ("%s: %s%s%s", who, words, *target ? " · " : "", target);
  /* Translators: a button with a menu; %s is who connects: an address, or an address and port */
  g_autofree char *menu = g_strdup_printf (_("Actions for %s"), who);

  gtk_label_set_text (self->title, who);
  gtk_label_set_text (self->words, words);
  gtk_label_set_text (self->target, target);
  gtk_widget_set_visible (GTK_WIDGET (self->target), *target != '\0');
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, menu, -1);
}

static void
append (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

/* Made anew only when it is about another one, for it may be open. */
static void
set_menu (PtlPeerRow *self, const char *address, gboolean blocked)
{
  g_autoptr (GMenu) menu = NULL;

  if (g_strcmp0 (address, self->address) == 0 && blocked == self->blocked && gtk_menu_button_get_menu_model (self->button))
    return;
  g_free (self->address);
  self->address = g_strdup (address);
  self->blocked = blocked;
  menu = g_menu_new ();
  if (self->connection)
    append (menu, _("_Close This Connection"), "peers.close", g_variant_new_uint64 (self->connection->id));
  else
    append (menu, _("_Close Its Connections"), "peers.close-source", g_variant_new_string (address));
  if (address && blocked)
    append (menu, _("_Let This Source In Again"), "peers.unblock", g_variant_new_string (address));
  else if (address)
    append (menu, _("_Block This Source…"), "peers.block", g_variant_new_string (address));
  gtk_menu_button_set_menu_model (self->button, G_MENU_MODEL (menu));
}

static guint
show_age (GtkWidget *widget, gint64 now)
{
  PtlPeerRow *self = PTL_PEER_ROW (widget);
  gint64 age = MAX (now - self->born, 0);
  g_autofree char *words = NULL, *target = NULL;

  if (!self->connection)
    return 0;
  words = ptl_traffic_describe_connection (self->connection, age);
  target = ptl_traffic_describe_leading (self->connection);
  show_words (self, self->connection->source, words, target);
  return age < 60 ? 1 : (guint) (60 - age % 60);
}

static PtlTrafficConnection *
copy_connection (const PtlTrafficConnection *connection)
{
  PtlTrafficConnection *copy = g_memdup2 (connection, sizeof *connection);

  copy->source = g_strdup (connection->source);
  copy->target = g_strdup (connection->target);
  return copy;
}

void
ptl_peer_row_set_connection (PtlPeerRow *self, const PtlTrafficConnection *connection, gint64 now)
{
  g_autofree char *address = ptl_traffic_dup_address (connection->source);
  gboolean known = self->connection && self->connection->id == connection->id;

  ptl_traffic_connection_free (self->connection);
  self->connection = copy_connection (connection);
  /* Seconds that are rounded each time anew would let its age jump. */
  if (!known)
    self->born = now - connection->age;
  gtk_label_set_wrap (self->words, FALSE);
  gtk_label_set_ellipsize (self->words, PANGO_ELLIPSIZE_END);
  set_menu (self, address, FALSE);
  ptl_ticker_watch (GTK_WIDGET (self), show_age);
  show_age (GTK_WIDGET (self), now);
}

void
ptl_peer_row_set_source (PtlPeerRow *self, const PtlTrafficSource *source, gboolean blocked, gint64 now)
{
  g_autofree char *words = ptl_traffic_describe_source (source, now);
  /* Translators: of an address that was blocked; %s says how many connections it has and the like */
  g_autofree char *all = blocked ? g_strdup_printf (_("Blocked · %s"), words) : g_strdup (words);

  set_menu (self, source->address, blocked);
  show_words (self, source->address, all, "");
}

static void
ptl_peer_row_finalize (GObject *object)
{
  PtlPeerRow *self = PTL_PEER_ROW (object);

  ptl_traffic_connection_free (self->connection);
  g_free (self->address);
  G_OBJECT_CLASS (ptl_peer_row_parent_class)->finalize (object);
}

static void
ptl_peer_row_class_init (PtlPeerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ptl_peer_row_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/traffic/ptl-peer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlPeerRow, title);
  gtk_widget_class_bind_template_child (widget_class, PtlPeerRow, words);
  gtk_widget_class_bind_template_child (widget_class, PtlPeerRow, target);
  gtk_widget_class_bind_template_child (widget_class, PtlPeerRow, button);
}

static void
ptl_peer_row_init (PtlPeerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
