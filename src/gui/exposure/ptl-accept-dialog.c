/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-accept-dialog.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-time-row.h"

#define USUAL_SECONDS (30 * 24 * 3600)
/* As the worker bounds them. */
#define MOST_SECONDS (366 * 24 * 3600)
#define REASON_MAX_CHARS 200

typedef struct
{
  AdwMessageDialog *dialog;
  AdwEntryRow *reason;
  PtlTimeRow *until;
  PtlAcceptFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->destroy)
    question->destroy (question->user_data);
  g_free (question);
}

static char *
dup_reason (Question *question)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (question->reason))));
}

static void
on_changed (Question *question)
{
  g_autofree char *reason = dup_reason (question);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC, until = ptl_time_row_get_time (question->until);

  adw_message_dialog_set_response_enabled (question->dialog, "accept",
                                           *reason && g_utf8_strlen (reason, -1) <= REASON_MAX_CHARS && until > now
                                               && until <= now + MOST_SECONDS);
}

static void
on_response (Question *question, const char *response)
{
  g_autofree char *reason = dup_reason (question);

  if (g_str_equal (response, "accept"))
    question->func (ptl_time_row_get_time (question->until), reason, question->user_data);
}

static GtkWidget *
make_list (Question *question)
{
  GtkWidget *list = gtk_list_box_new ();

  question->reason = g_object_new (ADW_TYPE_ENTRY_ROW, "title", _("_Reason"), "use-underline", TRUE, NULL);
  question->until = g_object_new (PTL_TYPE_TIME_ROW, "title", _("Until"), NULL);
  ptl_time_row_set_time (question->until, g_get_real_time () / G_USEC_PER_SEC + USUAL_SECONDS);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (question->reason));
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (question->until));
  g_signal_connect_swapped (question->reason, "changed", G_CALLBACK (on_changed), question);
  g_signal_connect_swapped (question->until, "notify::time", G_CALLBACK (on_changed), question);
  return list;
}

void
ptl_accept_dialog_present (GtkWidget *from, const char *name, PtlAcceptFunc func, gpointer user_data, GDestroyNotify destroy)
{
  GtkRoot *root = gtk_widget_get_root (from);
  Question *question = g_new0 (Question, 1);
  /* Translators: %s is what answers at a port */
  g_autofree char *body = g_strdup_printf (_("“%s” stays open. It counts no more, and nobody is told of it, until then or "
                                             "until it gets worse."),
                                           name);
  GtkWidget *widget = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Accept This Finding?"), body);

  question->dialog = ADW_MESSAGE_DIALOG (widget);
  question->func = func;
  question->user_data = user_data;
  question->destroy = destroy;
  adw_message_dialog_set_extra_child (question->dialog, make_list (question));
  adw_message_dialog_add_responses (question->dialog, "cancel", _("_Cancel"), "accept", _("_Accept"), NULL);
  adw_message_dialog_set_response_appearance (question->dialog, "accept", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question->dialog, "accept");
  adw_message_dialog_set_close_response (question->dialog, "cancel");
  on_changed (question);
  ptl_a11y_name_buttons (widget);
  g_signal_connect_swapped (question->dialog, "response", G_CALLBACK (on_response), question);
  g_object_set_data_full (G_OBJECT (question->dialog), "ptl-question", question, question_free);
  gtk_window_present (GTK_WINDOW (question->dialog));
  gtk_widget_grab_focus (GTK_WIDGET (question->reason));
}
