/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-unused-group.h"

#include <glib/gi18n-lib.h>

struct _PtlUnusedGroup
{
  AdwBin parent_instance;
  AdwPreferencesGroup *group;
  GtkListBox *list;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (PtlUnusedGroup, ptl_unused_group, ADW_TYPE_BIN)

static GtkWidget *
create_row (const char *name, const char *why_not)
{
  const char *words = g_str_equal (why_not, "vpn")
                          ? _ ("A VPN: its other end decides what may come in")
                          : _ ("Of containers or virtual machines on this computer");

  return g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", name, "subtitle", words, NULL);
}

static void
add_row (PtlUnusedGroup *self, GVariant *interface)
{
  const char *name = "", *why_not = "";

  g_variant_lookup (interface, "Name", "&s", &name);
  g_variant_lookup (interface, "WhyNot", "&s", &why_not);
  if (*why_not)
    gtk_list_box_append (self->list, create_row (name, why_not));
}

static void
clear (PtlUnusedGroup *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))))
    gtk_list_box_remove (self->list, row);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlUnusedGroup) self = user_data;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, NULL);
  g_autoptr (GVariant) interfaces = NULL;

  if (!answer || !self->list)
    return;
  interfaces = g_variant_get_child_value (answer, 0);
  clear (self);
  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);

      add_row (self, interface);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), gtk_widget_get_first_child (GTK_WIDGET (self->list)) != NULL);
}

void
ptl_unused_group_refresh (PtlUnusedGroup *self, PtlClient *client)
{
  g_return_if_fail (PTL_IS_UNUSED_GROUP (self));
  ptl_client_call_async (client, "ListInterfaces", NULL, self->cancellable, on_listed, g_object_ref (self));
}

static void
ptl_unused_group_dispose (GObject *object)
{
  PtlUnusedGroup *self = PTL_UNUSED_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->list = NULL;
  G_OBJECT_CLASS (ptl_unused_group_parent_class)->dispose (object);
}

static void
ptl_unused_group_class_init (PtlUnusedGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_unused_group_dispose;
}

static void
ptl_unused_group_init (PtlUnusedGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  adw_preferences_group_set_title (self->group, _ ("Networks That Are Not Used"));
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Networks that are not used"), -1);
  adw_preferences_group_add (self->group, GTK_WIDGET (self->list));
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->group));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
