/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-a11y.h"

static void
show_mapped (GtkWidget *widget)
{
  if (gtk_widget_get_mapped (widget))
    gtk_accessible_reset_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN);
  else
    gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}

void
ptl_a11y_hide_unmapped (GtkWidget *widget)
{
  g_signal_connect_after (widget, "map", G_CALLBACK (show_mapped), NULL);
  g_signal_connect_after (widget, "unmap", G_CALLBACK (show_mapped), NULL);
  show_mapped (widget);
}

void
ptl_a11y_hide_unmapped_children (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    ptl_a11y_hide_unmapped (child);
}

void
ptl_a11y_name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)))
    gtk_accessible_reset_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    ptl_a11y_name_buttons (child);
}

void
ptl_a11y_name (GtkWidget *widget, const char *name)
{
  GtkWidget *button = gtk_widget_get_first_child (widget);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (GTK_IS_BUTTON (button))
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
on_closed (GtkMenuButton *button)
{
  gtk_widget_grab_focus (GTK_WIDGET (button));
}

static void
on_popover (GtkMenuButton *button)
{
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  if (popover)
    g_signal_connect_object (popover, "closed", G_CALLBACK (on_closed), button, G_CONNECT_SWAPPED);
}

void
ptl_a11y_keep_focus (GtkMenuButton *button)
{
  g_signal_connect (button, "notify::popover", G_CALLBACK (on_popover), NULL);
  on_popover (button);
}
