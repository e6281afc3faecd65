/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-feedback.h"

#include <adwaita.h>
#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "ptl-window.h"

/* @from may sit in a dialog of the window, or be on its way out. */
static GtkWindow *
find_window (GtkWidget *from)
{
  GtkRoot *root = gtk_widget_get_root (from);

  while (GTK_IS_WINDOW (root) && !PTL_IS_WINDOW (root) && gtk_window_get_transient_for (GTK_WINDOW (root)))
    root = GTK_ROOT (gtk_window_get_transient_for (GTK_WINDOW (root)));
  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

static AdwToast *
make_toast (const char *text)
{
  /* A toast's title is markup, and names come from other people. */
  g_autofree char *title = g_markup_escape_text (text, -1);

  return adw_toast_new (title);
}

void
ptl_feedback_say (GtkWidget *from, const char *text)
{
  GtkWindow *window = find_window (from);

  if (PTL_IS_WINDOW (window))
    ptl_window_add_toast (PTL_WINDOW (window), make_toast (text));
}

void
ptl_feedback_offer (GtkWidget *from, const char *text, const char *button, const char *action, GVariant *target)
{
  g_autoptr (GVariant) owned = target ? g_variant_ref_sink (target) : NULL;
  GtkWindow *window = find_window (from);
  AdwToast *toast;

  if (!PTL_IS_WINDOW (window))
    return;
  toast = make_toast (text);
  adw_toast_set_button_label (toast, button);
  adw_toast_set_action_name (toast, action);
  adw_toast_set_action_target_value (toast, owned);
  adw_toast_set_timeout (toast, 8);
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  ptl_window_add_toast (PTL_WINDOW (window), toast);
}

static void
show_dialog (GtkWidget *from, const char *what, const char *advice)
{
  GtkRoot *root = gtk_widget_get_root (from);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, what, advice);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  gtk_window_present (GTK_WINDOW (dialog));
}

void
ptl_feedback_error (GtkWidget *from, const GError *error)
{
  g_autofree char *what = NULL;
  g_autofree char *advice = NULL;

  if (ptl_error_code_of (error) == PTL_ERROR_CANCELLED)
    return;
  what = ptl_error_dup_what (error);
  advice = ptl_error_dup_advice (error);
  if (advice && *advice)
    show_dialog (from, what, advice);
  else
    ptl_feedback_say (from, what);
}

void
ptl_feedback_error_in_preferences (GtkWidget *from, const GError *error)
{
  GtkRoot *root = gtk_widget_get_root (from);
  g_autofree char *text = g_strdup (error->message);

  /* The advice is a line of its own, and a toast has one. */
  g_strdelimit (text, "\n", ' ');
  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), make_toast (text));
}
