/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Words to the person, in the window that @from is in. Texts are plain, never markup. */

/* A toast. */
void ptl_feedback_say (GtkWidget *from, const char *text);
/* A toast with a button; @target may be floating or NULL. */
void ptl_feedback_offer (GtkWidget *from, const char *text, const char *button, const char *action, GVariant *target);
/* What went wrong and what to do: a dialog, or a toast where there is nothing to do about it. A request that was
 * cancelled is no error. */
void ptl_feedback_error (GtkWidget *from, const GError *error);

/* The same in the preferences, whose window has toasts of its own: in one line, which both are in. */
void ptl_feedback_error_in_preferences (GtkWidget *from, const GError *error);

G_END_DECLS
