/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-vantage-dialog.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-exposure-words.h"
#include "gui/ptl-a11y.h"

/* Where from it can be looked, and what that tells and costs. */
typedef struct
{
  PtlVantageKind kind;
  const char *text; /* N_() */
  gboolean usual;   /* ticked at first, as a check without a choice has it */
  gboolean asks;    /* somebody else, so that it takes consent */
} Place;

/* In the order of the kinds. */
static const Place places[PTL_N_VANTAGES] = {
  { PTL_VANTAGE_MACHINE, N_("What programs of this computer listen on"), TRUE, FALSE },
  { PTL_VANTAGE_LAN, N_("What others in your home network can reach, and what the router lets in"), TRUE, FALSE },
  { PTL_VANTAGE_HAIRPIN, N_("Through the router’s public address, from inside: an answer proves little, silence nothing"), FALSE, FALSE },
  { PTL_VANTAGE_RELAY, N_("The true view from outside, by ssh: your relay connects to your public address"), FALSE, FALSE },
  { PTL_VANTAGE_INTERNETDB, N_("What Shodan knew of your public address within the last week or so. It learns that this address asks"), FALSE, TRUE },
  { PTL_VANTAGE_SHODAN, N_("What Shodan has on record, with your key"), FALSE, TRUE },
  { PTL_VANTAGE_CENSYS, N_("What Censys has on record, with your key"), FALSE, TRUE },
};

typedef struct
{
  AdwMessageDialog *dialog;
  GtkCheckButton *checks[PTL_N_VANTAGES];
  AdwComboRow *relay; /* NULL: there is but one, or none */
  PtlClient *client;
  PtlVantageFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  if (question->destroy)
    question->destroy (question->user_data);
  g_object_unref (question->client);
  g_free (question);
}

static void
on_toggled (Question *question)
{
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    any |= gtk_check_button_get_active (question->checks[i]);
  adw_message_dialog_set_response_enabled (question->dialog, "check", any);
  if (question->relay)
    gtk_widget_set_sensitive (GTK_WIDGET (question->relay), gtk_check_button_get_active (question->checks[PTL_VANTAGE_RELAY]));
}

static GVariant *
make_options (Question *question)
{
  GListModel *relays = ptl_client_get_relays (question->client);
  guint selected = question->relay ? adw_combo_row_get_selected (question->relay) : 0;
  g_autoptr (PtlRelayItem) relay = g_list_model_get_item (relays, selected);
  GVariantBuilder vantages;
  GVariantDict options;

  g_variant_builder_init (&vantages, G_VARIANT_TYPE ("as"));
  g_variant_dict_init (&options, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (gtk_check_button_get_active (question->checks[i]))
      g_variant_builder_add (&vantages, "s", ptl_vantage_to_string (places[i].kind));
  g_variant_dict_insert_value (&options, "Vantages", g_variant_builder_end (&vantages));
  if (relay && gtk_check_button_get_active (question->checks[PTL_VANTAGE_RELAY]))
    g_variant_dict_insert (&options, "Relay", "s", ptl_relay_item_get (relay, "Id"));
  return g_variant_dict_end (&options);
}

static GVariant *
make_consent (Question *question)
{
  GVariantBuilder consent;

  g_variant_builder_init (&consent, G_VARIANT_TYPE ("a{sb}"));
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (places[i].asks && gtk_check_button_get_active (question->checks[i]))
      g_variant_builder_add (&consent, "{sb}", ptl_vantage_to_string (places[i].kind), TRUE);
  return g_variant_builder_end (&consent);
}

static void
on_response (Question *question, const char *response)
{
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) consent = NULL;

  if (!g_str_equal (response, "check"))
    return;
  options = g_variant_ref_sink (make_options (question));
  consent = g_variant_ref_sink (make_consent (question));
  question->func (options, consent, question->user_data);
}

static const char *
find_hindrance (Question *question, PtlVantageKind kind)
{
  gboolean granted = FALSE;
  g_autoptr (GVariant) consent
      = g_variant_lookup_value (ptl_client_get_exposure_check (question->client), "Consent", G_VARIANT_TYPE ("a{sb}"));

  if (kind == PTL_VANTAGE_RELAY && g_list_model_get_n_items (ptl_client_get_relays (question->client)) == 0)
    return _("You have no relay yet: a tunnel through your server makes one");
  if (kind != PTL_VANTAGE_SHODAN && kind != PTL_VANTAGE_CENSYS)
    return NULL;
  if (consent)
    g_variant_lookup (consent, ptl_vantage_to_string (kind), "b", &granted);
  return granted ? NULL : _("Give your key in the preferences first");
}

static void
add_place (Question *question, GtkListBox *list, guint index)
{
  const Place *place = &places[index];
  const char *hindrance = find_hindrance (question, place->kind);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", ptl_vantage_to_title (place->kind), "title-lines", 0,
                                 "use-markup", FALSE, "subtitle",
                                 hindrance ? hindrance : _(place->text),
                                 "subtitle-lines", 0, NULL);

  question->checks[index] = GTK_CHECK_BUTTON (gtk_check_button_new ());
  gtk_check_button_set_active (question->checks[index], place->usual);
  gtk_widget_set_valign (GTK_WIDGET (question->checks[index]), GTK_ALIGN_CENTER);
  ptl_a11y_name (GTK_WIDGET (question->checks[index]), ptl_vantage_to_title (place->kind));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), GTK_WIDGET (question->checks[index]));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), GTK_WIDGET (question->checks[index]));
  gtk_widget_set_sensitive (row, hindrance == NULL);
  g_signal_connect_swapped (question->checks[index], "toggled", G_CALLBACK (on_toggled), question);
  gtk_list_box_append (list, row);
}

static void
add_relays (Question *question, GtkListBox *list)
{
  GListModel *relays = ptl_client_get_relays (question->client);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  if (g_list_model_get_n_items (relays) < 2)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (relays); i++)
    {
      g_autoptr (PtlRelayItem) relay = g_list_model_get_item (relays, i);

      gtk_string_list_append (names, ptl_relay_item_get (relay, "Name"));
    }
  question->relay = g_object_new (ADW_TYPE_COMBO_ROW, "title", _("Relay"), "model", names, NULL);
  gtk_list_box_append (list, GTK_WIDGET (question->relay));
}

static GtkWidget *
make_list (Question *question)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    add_place (question, GTK_LIST_BOX (list), i);
  add_relays (question, GTK_LIST_BOX (list));
  /* So many that a low screen has no room for all. */
  return g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", list, "hscrollbar-policy", GTK_POLICY_NEVER,
                       "propagate-natural-height", TRUE, "max-content-height", 380, NULL);
}

void
ptl_vantage_dialog_present (GtkWidget *from, PtlClient *client, PtlVantageFunc func, gpointer user_data, GDestroyNotify destroy)
{
  GtkRoot *root = gtk_widget_get_root (from);
  Question *question = g_new0 (Question, 1);
  GtkWidget *widget = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, _("Look From Where?"),
                                              _("Each place sees another part. Nobody but those you choose is asked."));

  question->dialog = ADW_MESSAGE_DIALOG (widget);
  question->client = g_object_ref (client);
  question->func = func;
  question->user_data = user_data;
  question->destroy = destroy;
  adw_message_dialog_add_responses (question->dialog, "cancel", _("_Cancel"), "check", _("_Check"), NULL);
  adw_message_dialog_set_extra_child (question->dialog, make_list (question));
  adw_message_dialog_set_response_appearance (question->dialog, "check", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question->dialog, "check");
  adw_message_dialog_set_close_response (question->dialog, "cancel");
  on_toggled (question);
  ptl_a11y_name_buttons (widget);
  g_signal_connect_swapped (question->dialog, "response", G_CALLBACK (on_response), question);
  g_object_set_data_full (G_OBJECT (question->dialog), "ptl-question", question, question_free);
  gtk_window_present (GTK_WINDOW (question->dialog));
}
