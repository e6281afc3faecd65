/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 shows assistive technology the pages of a stack that nobody sees: from here on @widget and all in it are
 * there only while they are mapped. */
void ptl_a11y_hide_unmapped (GtkWidget *widget);
/* The same for each child that @widget has now. */
void ptl_a11y_hide_unmapped_children (GtkWidget *widget);
/* GTK 4.8 names a button twice, once with the underscore of its mnemonic: each button in @widget is named by its
 * visible label alone. */
void ptl_a11y_name_buttons (GtkWidget *widget);
/* Names @widget, and the button in it that gets the focus in its place (GtkDropDown, GtkMenuButton). */
void ptl_a11y_name (GtkWidget *widget, const char *name);
/* GTK 4.8 loses the keyboard when a menu is closed from one of its submenus: the focus comes back to @button. */
void ptl_a11y_keep_focus (GtkMenuButton *button);

G_END_DECLS
