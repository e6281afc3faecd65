/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-names-group.h"

#include "gui/ptl-gui.h"
#include "ptl-name-dialog.h"
#include "ptl-name-row.h"

struct _PtlNamesGroup
{
  AdwPreferencesGroup parent_instance;
  GtkListBox *list;
  PtlClient *client;
};

G_DEFINE_FINAL_TYPE (PtlNamesGroup, ptl_names_group, ADW_TYPE_PREFERENCES_GROUP)

static void
on_add (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlNamesGroup *self = PTL_NAMES_GROUP (widget);

  if (self->client)
    ptl_name_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->client, NULL);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return ptl_name_row_new (user_data, item);
}

void
ptl_names_group_set_client (PtlNamesGroup *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  gtk_list_box_bind_model (self->list, ptl_client_get_names (client), create_row, client, NULL);
}

static void
ptl_names_group_dispose (GObject *object)
{
  g_clear_object (&PTL_NAMES_GROUP (object)->client);
  G_OBJECT_CLASS (ptl_names_group_parent_class)->dispose (object);
}

static void
ptl_names_group_class_init (PtlNamesGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_names_group_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               PTL_GUI_RESOURCES "/network/ptl-names-group.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlNamesGroup, list);
  gtk_widget_class_install_action (widget_class, "names.add", NULL, on_add);
}

static void
ptl_names_group_init (PtlNamesGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
