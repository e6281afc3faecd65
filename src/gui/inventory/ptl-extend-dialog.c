/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-extend-dialog.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-time-row.h"

typedef struct
{
  AdwMessageDialog *dialog;
  PtlTimeRow *row;
  PtlExtendFunc func;
  gpointer user_data;
} Question;

static void
on_time (Question *question)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  adw_message_dialog_set_response_enabled (question->dialog, "extend", ptl_time_row_get_time (question->row) > now);
}

static void
on_response (Question *question, const char *response)
{
  gboolean extend = g_str_equal (response, "extend");

  question->func (extend ? ptl_time_row_get_time (question->row) : 0, question->user_data);
}

static GtkWidget *
make_list (Question *question, gint64 present)
{
  GtkWidget *list = gtk_list_box_new ();

  question->row = g_object_new (PTL_TYPE_TIME_ROW, "title", _("Open Until"), NULL);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (question->row));
  ptl_time_row_set_time (question->row, MAX (present, g_get_real_time () / G_USEC_PER_SEC) + 3600);
  g_signal_connect_swapped (question->row, "notify::time", G_CALLBACK (on_time), question);
  return list;
}

void
ptl_extend_dialog_present (GtkWindow *parent, gint64 present, PtlExtendFunc func, gpointer user_data)
{
  Question *question = g_new0 (Question, 1);

  question->dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, _("Extend"), _("Until when should it stay open?")));
  question->func = func;
  question->user_data = user_data;
  adw_message_dialog_set_extra_child (question->dialog, make_list (question, present));
  adw_message_dialog_add_responses (question->dialog, "cancel", _("_Cancel"), "extend", _("E_xtend"), NULL);
  adw_message_dialog_set_response_appearance (question->dialog, "extend", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question->dialog, "extend");
  adw_message_dialog_set_close_response (question->dialog, "cancel");
  g_signal_connect_swapped (question->dialog, "response", G_CALLBACK (on_response), question);
  g_object_set_data_full (G_OBJECT (question->dialog), "ptl-question", question, g_free);
  gtk_window_present (GTK_WINDOW (question->dialog));
}
