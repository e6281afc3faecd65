/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-stack-a11y.h"

static void
update (GtkStack *stack)
{
  GtkWidget *seen = gtk_stack_get_visible_child (stack);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stack)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (child == seen)
      gtk_accessible_reset_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN);
    else
      gtk_accessible_update_state (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
}

void
ptl_stack_hide_unseen (GtkStack *stack)
{
  g_signal_handlers_disconnect_by_func (stack, update, NULL);
  g_signal_connect (stack, "notify::visible-child", G_CALLBACK (update), NULL);
  update (stack);
}
