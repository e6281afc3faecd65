/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-back-button.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

struct _PtlBackButton
{
  GtkWidget parent_instance;
  GtkWidget *button;
  GBinding *visible;
  GBinding *controls;
};

G_DEFINE_FINAL_TYPE (PtlBackButton, ptl_back_button, GTK_TYPE_WIDGET)

static void
unbind (PtlBackButton *self)
{
  if (self->visible)
    g_binding_unbind (self->visible);
  if (self->controls)
    g_binding_unbind (self->controls);
  g_clear_object (&self->visible);
  g_clear_object (&self->controls);
}

static void
ptl_back_button_root (GtkWidget *widget)
{
  PtlBackButton *self = PTL_BACK_BUTTON (widget);
  GtkWidget *leaflet, *bar;

  GTK_WIDGET_CLASS (ptl_back_button_parent_class)->root (widget);
  leaflet = gtk_widget_get_ancestor (widget, ADW_TYPE_LEAFLET);
  bar = gtk_widget_get_ancestor (widget, ADW_TYPE_HEADER_BAR);
  if (!leaflet || !bar)
    return;
  self->visible = g_object_ref (g_object_bind_property (leaflet, "folded", self->button, "visible",
                                                        G_BINDING_SYNC_CREATE));
  /* Buttons of the window that belong at its start are the side bar's while that is beside us. */
  self->controls = g_object_ref (g_object_bind_property (leaflet, "folded", bar, "show-start-title-buttons",
                                                         G_BINDING_SYNC_CREATE));
}

static void
ptl_back_button_unroot (GtkWidget *widget)
{
  unbind (PTL_BACK_BUTTON (widget));
  GTK_WIDGET_CLASS (ptl_back_button_parent_class)->unroot (widget);
}

static void
ptl_back_button_dispose (GObject *object)
{
  PtlBackButton *self = PTL_BACK_BUTTON (object);

  unbind (self);
  g_clear_pointer (&self->button, gtk_widget_unparent);
  G_OBJECT_CLASS (ptl_back_button_parent_class)->dispose (object);
}

static void
ptl_back_button_class_init (PtlBackButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_back_button_dispose;
  widget_class->root = ptl_back_button_root;
  widget_class->unroot = ptl_back_button_unroot;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
ptl_back_button_init (PtlBackButton *self)
{
  self->button = gtk_button_new_from_icon_name ("go-previous-symbolic");
  gtk_widget_set_tooltip_text (self->button, _("Back"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.show-sidebar");
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}
