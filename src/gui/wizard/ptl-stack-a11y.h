/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* GTK 4.8 shows assistive technology the pages of a stack that nobody sees: from here on only the one that is seen,
 * of those that @stack has now. */
void ptl_stack_hide_unseen (GtkStack *stack);

G_END_DECLS
