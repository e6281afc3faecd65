/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-options-group.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/ptl-format.h"
#include "ptl-audience-text.h"
#include "ptl-field.h"
#include "ptl-option-row.h"
#include "ptl-option-words.h"

/* The lists, besides the options that are one value. */
typedef enum
{
  LIST_TARGETS,
  LIST_BACKUPS,
  LIST_PROXY_FROM,
  N_LISTS,
} List;

struct _PtlOptionsGroup
{
  AdwPreferencesGroup parent_instance;
  AdwExpanderRow *topics[PTL_N_TOPICS];
  GtkWidget *rows[PTL_N_OPTIONS]; /* PtlOptionRow, or AdwComboRow where words are chosen from */
  PtlOptionRow *lists[N_LISTS];
  GtkLabel *note; /* why there are none, or what does not fit together */
  PtlOptions *base;
  PtlKind kind;
  PtlWay way;
  PtlProtocol protocol;
  gboolean several;
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (PtlOptionsGroup, ptl_options_group, ADW_TYPE_PREFERENCES_GROUP)

static guint changed_signal;

static gboolean
fits (PtlOptionsGroup *self, PtlOption option)
{
  return (ptl_option_get_words (option)->protocols & self->protocol) != 0;
}

static gboolean
topic_fits (PtlOptionsGroup *self, PtlOptionTopic topic)
{
  return ptl_topic_fits (topic, self->protocol) && !(self->several && topic == PTL_TOPIC_TARGETS);
}

static gboolean
list_fits (PtlOptionsGroup *self, List list)
{
  if (list != LIST_PROXY_FROM && self->several)
    return FALSE;
  return list != LIST_PROXY_FROM || (self->protocol & PTL_PROTOCOL_TCP) != 0;
}

/* Reading */

static gboolean
read_value (PtlOptionsGroup *self, PtlOption option, PtlOptions *options, GError **error)
{
  GtkWidget *row = self->rows[option];
  g_autofree char *text = NULL;

  if (ADW_IS_COMBO_ROW (row))
    {
      options->values[option] = MIN (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ptl_option_get_spec (option)->most);
      return TRUE;
    }
  text = ptl_option_row_dup_text (PTL_OPTION_ROW (row));
  options->values[option] = ptl_option_get_spec (option)->fallback;
  return *text == '\0' || ptl_option_parse (option, text, &options->values[option], error);
}

static gboolean
read_targets (PtlOptionsGroup *self, gboolean backup, PtlOptions *options, GError **error)
{
  g_autofree char *text = ptl_option_row_dup_text (self->lists[backup ? LIST_BACKUPS : LIST_TARGETS]);
  g_auto (GStrv) parts = g_strsplit_set (text, ",; \t", -1);

  for (guint i = 0; parts[i]; i++)
    {
      g_autoptr (PtlEndpoint) endpoint = NULL;

      if (*parts[i] == '\0')
        continue;
      endpoint = ptl_endpoint_parse (parts[i], self->protocol, error);
      if (!endpoint)
        return FALSE;
      g_ptr_array_add (options->targets, ptl_target_new (endpoint, backup));
    }
  return TRUE;
}

static gboolean
read_proxy_from (PtlOptionsGroup *self, PtlOptions *options, GError **error)
{
  g_autofree char *text = ptl_option_row_dup_text (self->lists[LIST_PROXY_FROM]);
  g_auto (GStrv) networks = NULL;

  g_clear_pointer (&options->proxy_from, ptl_audience_unref);
  if (*text == '\0')
    return TRUE;
  if (!ptl_audience_parse (text, &networks, error))
    return FALSE;
  options->proxy_from = ptl_audience_new ((const char *const *) networks, error);
  return options->proxy_from != NULL;
}

static gboolean
read_list (PtlOptionsGroup *self, List list, PtlOptions *options, GError **error)
{
  return list == LIST_PROXY_FROM ? read_proxy_from (self, options, error)
                                 : read_targets (self, list == LIST_BACKUPS, options, error);
}

/* What a single value is called, its row says: what may be typed is enough. */
static char *
dup_mistake (PtlOptionsGroup *self, PtlOptionRow *row, const GError *error)
{
  g_autofree char *advice = ptl_error_dup_advice (error);

  for (List list = 0; list < N_LISTS; list++)
    if (row == self->lists[list])
      return ptl_error_dup_sentence (error);
  return *advice ? g_steal_pointer (&advice) : ptl_error_dup_sentence (error);
}

/* Shows at each field what is wrong with it; the first one that is wrong: @wrong and @error. */
static void
note_wrong (PtlOptionsGroup *self, PtlOptionRow *row, GError *own, PtlOptionRow **wrong, GError **error)
{
  g_autofree char *sentence = own ? dup_mistake (self, row, own) : NULL;

  ptl_option_row_show_mistake (row, sentence);
  if (!own)
    return;
  if (*wrong)
    {
      g_error_free (own);
      return;
    }
  *wrong = row;
  g_propagate_error (error, own);
}

static void
read_values (PtlOptionsGroup *self, PtlOptions *options, PtlOptionRow **wrong, GError **error)
{
  for (PtlOption option = 0; option < PTL_N_OPTIONS; option++)
    {
      GError *own = NULL;

      if (!fits (self, option))
        continue;
      read_value (self, option, options, &own);
      if (PTL_IS_OPTION_ROW (self->rows[option]))
        note_wrong (self, PTL_OPTION_ROW (self->rows[option]), own, wrong, error);
    }
}

static void
read_lists (PtlOptionsGroup *self, PtlOptions *options, PtlOptionRow **wrong, GError **error)
{
  g_ptr_array_set_size (options->targets, 0);
  for (List list = 0; list < N_LISTS; list++)
    {
      GError *own = NULL;

      if (!list_fits (self, list))
        continue;
      read_list (self, list, options, &own);
      note_wrong (self, self->lists[list], own, wrong, error);
    }
}

static PtlOptions *
read_all (PtlOptionsGroup *self, const PtlEndpoint *target, PtlOptionRow **wrong, GError **error)
{
  g_autoptr (PtlOptions) options = NULL;

  *wrong = NULL;
  if (ptl_options_why_not (self->kind, self->way))
    return ptl_options_new ();
  options = ptl_options_copy (self->base);
  read_values (self, options, wrong, error);
  read_lists (self, options, wrong, *wrong ? NULL : error);
  if (*wrong || !ptl_options_check (options, self->protocol, target, error))
    return NULL;
  return g_steal_pointer (&options);
}

PtlOptions *
ptl_options_group_dup_options (PtlOptionsGroup *self, const PtlEndpoint *target, GError **error)
{
  PtlOptionRow *wrong;

  return read_all (self, target, &wrong, error);
}

/* Showing */

static void
show_note (PtlOptionsGroup *self, const char *text, gboolean wrong)
{
  gtk_label_set_text (self->note, text ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->note), text != NULL);
  if (wrong)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->note), "error");
      gtk_widget_remove_css_class (GTK_WIDGET (self->note), "dim-label");
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->note), "error");
      gtk_widget_add_css_class (GTK_WIDGET (self->note), "dim-label");
    }
}

static void
show_topics (PtlOptionsGroup *self, const PtlOptions *options)
{
  gboolean none = ptl_options_why_not (self->kind, self->way) != NULL;

  for (PtlOptionTopic topic = 0; topic < PTL_N_TOPICS; topic++)
    {
      g_autofree char *words = options ? ptl_format_capitalize (ptl_topic_describe (topic, options)) : NULL;

      gtk_widget_set_visible (GTK_WIDGET (self->topics[topic]), !none && topic_fits (self, topic));
      if (words)
        adw_expander_row_set_subtitle (self->topics[topic], *words ? words : _("As usual"));
    }
}

static void
show (PtlOptionsGroup *self)
{
  const char *why_not = ptl_options_why_not (self->kind, self->way);
  g_autoptr (GError) error = NULL;
  PtlOptionRow *wrong;
  g_autoptr (PtlOptions) options = read_all (self, NULL, &wrong, &error);
  g_autofree char *sentence = error && !wrong ? ptl_error_dup_sentence (error) : NULL;

  show_topics (self, options);
  show_note (self, why_not ? why_not : sentence, !why_not);
}

static void
on_changed (PtlOptionsGroup *self)
{
  if (self->filling)
    return;
  show (self);
  g_signal_emit (self, changed_signal, 0);
}

/* A row may lie in a topic that is folded. */
static void
unfold (PtlOptionsGroup *self, GtkWidget *row)
{
  GtkWidget *topic = gtk_widget_get_ancestor (row, ADW_TYPE_EXPANDER_ROW);

  if (topic)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (topic), TRUE);
}

gboolean
ptl_options_group_check (PtlOptionsGroup *self, const PtlEndpoint *target)
{
  g_autoptr (GError) error = NULL;
  PtlOptionRow *wrong;
  g_autoptr (PtlOptions) options = read_all (self, target, &wrong, &error);
  g_autofree char *sentence = options ? NULL : ptl_error_dup_sentence (error);

  if (options)
    return TRUE;
  if (wrong)
    {
      unfold (self, GTK_WIDGET (wrong));
      ptl_option_row_focus (wrong);
    }
  else
    show_note (self, sentence, TRUE);
  return FALSE;
}

static void
show_value (PtlOptionsGroup *self, PtlOption option)
{
  guint64 value = self->base->values[option];
  GtkWidget *row = self->rows[option];
  g_autofree char *text = ptl_option_to_string (option, value);

  if (ADW_IS_COMBO_ROW (row))
    adw_combo_row_set_selected (ADW_COMBO_ROW (row), (guint) value);
  else
    ptl_option_row_set_text (PTL_OPTION_ROW (row), value == ptl_option_get_spec (option)->fallback ? "" : text);
}

static char *
join_targets (const PtlOptions *options, gboolean backup)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < options->targets->len; i++)
    {
      const PtlTarget *target = options->targets->pdata[i];
      g_autofree char *endpoint = ptl_endpoint_to_string (target->endpoint);

      if (target->backup == backup)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", endpoint);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
show_lists (PtlOptionsGroup *self)
{
  g_auto (GStrv) networks = self->base->proxy_from ? ptl_audience_to_strv (self->base->proxy_from) : NULL;
  g_autofree char *targets = join_targets (self->base, FALSE);
  g_autofree char *backups = join_targets (self->base, TRUE);
  g_autofree char *proxies = networks ? g_strjoinv (", ", networks) : g_strdup ("");

  ptl_option_row_set_text (self->lists[LIST_TARGETS], targets);
  ptl_option_row_set_text (self->lists[LIST_BACKUPS], backups);
  ptl_option_row_set_text (self->lists[LIST_PROXY_FROM], proxies);
}

void
ptl_options_group_set_options (PtlOptionsGroup *self, const PtlOptions *options)
{
  ptl_options_free (self->base);
  self->base = ptl_options_copy (options);
  self->filling = TRUE;
  for (PtlOption option = 0; option < PTL_N_OPTIONS; option++)
    show_value (self, option);
  show_lists (self);
  self->filling = FALSE;
  show (self);
}

void
ptl_options_group_set_subject (PtlOptionsGroup *self, PtlKind kind, PtlWay way, PtlProtocol protocol)
{
  self->kind = kind;
  self->way = way;
  self->protocol = protocol;
  for (PtlOption option = 0; option < PTL_N_OPTIONS; option++)
    gtk_widget_set_visible (self->rows[option], fits (self, option));
  for (List list = 0; list < N_LISTS; list++)
    gtk_widget_set_visible (GTK_WIDGET (self->lists[list]), list_fits (self, list));
  show (self);
}

void
ptl_options_group_set_several (PtlOptionsGroup *self, gboolean several)
{
  self->several = several;
  show (self);
}

/* Building */

static GtkWidget *
create_combo (PtlOptionsGroup *self, const PtlOptionWords *words)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) choices = gtk_string_list_new (NULL);

  for (guint i = 0; words->choices[i]; i++)
    gtk_string_list_append (choices, _(words->choices[i]));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(words->title));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(words->explanation));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (choices));
  ptl_field_set_up_combo (ADW_COMBO_ROW (row));
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
create_entry (PtlOptionsGroup *self, const char *title, const char *explanation, const char *usual, gboolean wide)
{
  GtkWidget *row = GTK_WIDGET (ptl_option_row_new (title, explanation, usual, wide));

  g_signal_connect_object (row, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  return row;
}

static GtkWidget *
create_row (PtlOptionsGroup *self, PtlOption option)
{
  const PtlOptionWords *words = ptl_option_get_words (option);
  g_autofree char *usual = ptl_option_to_string (option, ptl_option_get_spec (option)->fallback);

  if (words->choices)
    return create_combo (self, words);
  return create_entry (self, _(words->title), _(words->explanation),
                       words->none && ptl_option_get_spec (option)->fallback == 0 ? _(words->none) : usual, FALSE);
}

static void
add_list (PtlOptionsGroup *self, List list, PtlOptionTopic topic, const char *title, const char *explanation,
          const char *usual)
{
  GtkWidget *row = create_entry (self, title, explanation, usual, TRUE);

  self->lists[list] = PTL_OPTION_ROW (row);
  adw_expander_row_add_row (self->topics[topic], row);
}

static void
add_topics (PtlOptionsGroup *self)
{
  for (PtlOptionTopic topic = 0; topic < PTL_N_TOPICS; topic++)
    {
      AdwExpanderRow *row = ADW_EXPANDER_ROW (adw_expander_row_new ());

      adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
      adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), ptl_topic_get_title (topic));
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
      self->topics[topic] = row;
    }
}

static void
add_rows (PtlOptionsGroup *self)
{
  add_list (self, LIST_TARGETS, PTL_TOPIC_TARGETS, _("_Also lead to"),
            _("More places that do the same, like 192.168.1.6:80, 192.168.1.7:80."), _("none"));
  add_list (self, LIST_BACKUPS, PTL_TOPIC_TARGETS, _("_Backups"), _("Only used while none of the others is up."),
            _("none"));
  for (PtlOption option = 0; option < PTL_N_OPTIONS; option++)
    {
      self->rows[option] = create_row (self, option);
      adw_expander_row_add_row (self->topics[ptl_option_get_words (option)->topic], self->rows[option]);
    }
  add_list (self, LIST_PROXY_FROM, PTL_TOPIC_PROXY, _("_Believe who connects from"),
            _("Proxies before this computer: networks that have to say by the PROXY protocol who connects, like "
              "192.168.1.2."),
            _("nobody"));
}

static void
add_note (PtlOptionsGroup *self)
{
  self->note = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->note, TRUE);
  gtk_label_set_xalign (self->note, 0);
  gtk_widget_set_margin_top (GTK_WIDGET (self->note), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->note), "caption");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->note));
}

static void
ptl_options_group_finalize (GObject *object)
{
  ptl_options_free (PTL_OPTIONS_GROUP (object)->base);
  G_OBJECT_CLASS (ptl_options_group_parent_class)->finalize (object);
}

static void
ptl_options_group_class_init (PtlOptionsGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ptl_options_group_finalize;
  changed_signal = g_signal_new ("changed", PTL_TYPE_OPTIONS_GROUP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
ptl_options_group_init (PtlOptionsGroup *self)
{
  self->base = ptl_options_new ();
  self->kind = PTL_KIND_FORWARD;
  self->protocol = PTL_PROTOCOL_BOTH;
  self->filling = TRUE;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Limits and More"));
  add_topics (self);
  add_rows (self);
  add_note (self);
  self->filling = FALSE;
  show (self);
}

PtlOptionsGroup *
ptl_options_group_new (void)
{
  return g_object_new (PTL_TYPE_OPTIONS_GROUP, NULL);
}
