/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-firewall-group.h"

#include <glib/gi18n-lib.h>

struct _PtlFirewallGroup
{
  AdwPreferencesGroup parent_instance;
  GtkSwitch *opens;
  PtlClient *client;
  gboolean elsewhere; /* nobody arrives at this computer */
};

G_DEFINE_FINAL_TYPE (PtlFirewallGroup, ptl_firewall_group, ADW_TYPE_PREFERENCES_GROUP)

static guint changed_signal;

static void
show (PtlFirewallGroup *self)
{
  const char *firewall = self->client ? ptl_client_get_firewall (self->client) : "";

  gtk_widget_set_visible (GTK_WIDGET (self), *firewall != '\0' && !self->elsewhere);
}

static void
on_active (PtlFirewallGroup *self)
{
  g_signal_emit (self, changed_signal, 0);
}

void
ptl_firewall_group_set_client (PtlFirewallGroup *self, PtlClient *client)
{
  g_return_if_fail (PTL_IS_FIREWALL_GROUP (self));
  if (!g_set_object (&self->client, client))
    return;
  g_signal_connect_object (client, "notify::firewall", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

void
ptl_firewall_group_set_arriving (PtlFirewallGroup *self, gboolean arriving)
{
  g_return_if_fail (PTL_IS_FIREWALL_GROUP (self));
  self->elsewhere = !arriving;
  show (self);
}

void
ptl_firewall_group_set_wish (PtlFirewallGroup *self, PtlFirewallWish wish)
{
  g_return_if_fail (PTL_IS_FIREWALL_GROUP (self));
  gtk_switch_set_active (self->opens, wish == PTL_FIREWALL_WISH_AUTO);
}

PtlFirewallWish
ptl_firewall_group_get_wish (PtlFirewallGroup *self)
{
  g_return_val_if_fail (PTL_IS_FIREWALL_GROUP (self), PTL_FIREWALL_WISH_AUTO);
  return gtk_switch_get_active (self->opens) ? PTL_FIREWALL_WISH_AUTO : PTL_FIREWALL_WISH_LEAVE;
}

static void
ptl_firewall_group_dispose (GObject *object)
{
  g_clear_object (&PTL_FIREWALL_GROUP (object)->client);
  G_OBJECT_CLASS (ptl_firewall_group_parent_class)->dispose (object);
}

static void
ptl_firewall_group_class_init (PtlFirewallGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_firewall_group_dispose;
  changed_signal = g_signal_new ("changed", PTL_TYPE_FIREWALL_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ptl_firewall_group_init (PtlFirewallGroup *self)
{
  GtkWidget *row = adw_action_row_new ();

  self->opens = GTK_SWITCH (gtk_switch_new ());
  gtk_switch_set_active (self->opens, TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->opens), GTK_ALIGN_CENTER);
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Let friends through this computer’s _firewall"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               _("Only this port, and only while the rule is open. The system may ask for a password."));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), GTK_WIDGET (self->opens));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (self->opens));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_signal_connect_swapped (self->opens, "notify::active", G_CALLBACK (on_active), self);
  show (self);
}

PtlFirewallGroup *
ptl_firewall_group_new (void)
{
  return g_object_new (PTL_TYPE_FIREWALL_GROUP, NULL);
}
