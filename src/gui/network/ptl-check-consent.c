/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-consent.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"

typedef struct
{
  PtlCheckConsentFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  if (question->destroy)
    question->destroy (question->user_data);
  g_free (question);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Question *question)
{
  if (g_str_equal (response, "granted") || g_str_equal (response, "refused"))
    question->func (response, question->user_data);
}

static char *
dup_servers (GVariant *state)
{
  static const char *const keys[] = { "StunServers", "HttpServers" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree const char **servers = NULL;

      g_variant_lookup (state, keys[i], "^a&s", &servers);
      for (guint j = 0; servers && servers[j]; j++)
        g_string_append_printf (text, "\n%s", servers[j]);
    }
  return g_string_free (text, FALSE);
}

void
ptl_check_consent_ask (GtkWidget *from, GVariant *state, PtlCheckConsentFunc func, gpointer user_data, GDestroyNotify destroy)
{
  Question *question = g_new (Question, 1);
  g_autofree char *servers = dup_servers (state);
  g_autofree char *body
      = g_strconcat (_("Where others see this computer, only somebody outside can tell. These servers would be asked, and learn "
                       "your public address, as every server does that you use:"),
                     "\n", servers, "\n\n", _("You can change your mind, and the servers, in the preferences."), NULL);
  GtkRoot *root = gtk_widget_get_root (from);
  GtkWidget *widget = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              _("Ask Servers on the Internet?"), body);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);

  *question = (Question) { func, user_data, destroy };
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "refused", _("Check _Without Them"), "granted", _("_Ask Them"),
                                    NULL);
  adw_message_dialog_set_response_appearance (dialog, "granted", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "granted");
  adw_message_dialog_set_close_response (dialog, "cancel");
  ptl_a11y_name_buttons (widget);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), question, question_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
