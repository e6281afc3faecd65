/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-check-group.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/details/ptl-fact-row.h"
#include "gui/details/ptl-way-view.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-wrap-layout.h"
#include "ptl-check-consent.h"
#include "ptl-check-words.h"

struct _PtlCheckGroup
{
  AdwPreferencesGroup parent_instance;
  GtkWidget *check_button;
  GtkWidget *stop_button;
  GtkSpinner *spinner;
  GtkWidget *verdict_box;
  GtkImage *verdict_icon;
  GtkLabel *verdict;
  GtkLabel *advice;
  GtkLabel *note;
  GtkWidget *ways;
  GtkWidget *open_tunnel;
  GtkWidget *open_game;
  GtkWidget *ask_outside;
  PtlWayView *way;
  GtkWidget *found_list;
  AdwExpanderRow *found;
  GPtrArray *rows; /* in @found */
  PtlClient *client;
  gboolean checking; /* this window waits for a check */
  const char *style;
};

G_DEFINE_FINAL_TYPE (PtlCheckGroup, ptl_check_group, ADW_TYPE_PREFERENCES_GROUP)

/* --- what is shown --- */

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
set_verdict (PtlCheckGroup *self, const char *icon, const char *style, const char *title, const char *advice)
{
  if (self->style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->verdict_icon), self->style);
  gtk_widget_add_css_class (GTK_WIDGET (self->verdict_icon), style);
  self->style = style;
  gtk_image_set_from_icon_name (self->verdict_icon, icon);
  set_text (self->verdict, title);
  set_text (self->advice, advice);
}

static void
show_step (PtlCheckGroup *self, const char *step)
{
  gboolean running = *step != '\0';

  gtk_widget_set_visible (self->check_button, !running && !self->checking);
  gtk_widget_set_visible (self->stop_button, self->checking);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), running || self->checking);
  gtk_spinner_set_spinning (self->spinner, running || self->checking);
}

static void
show_note (PtlCheckGroup *self, gboolean stale, GVariant *result, const char *step)
{
  gboolean asked = TRUE;

  if (result)
    g_variant_lookup (result, "Asked", "b", &asked);
  if (*step)
    set_text (self->note, ptl_check_step_words (step));
  else if (stale)
    set_text (self->note, _("The network has changed since this was found: check again."));
  else if (!asked)
    set_text (self->note, _("Nobody on the internet was asked."));
  else
    set_text (self->note, "");
}

static void
show_ways (PtlCheckGroup *self, GVariant *result, gboolean valid)
{
  struct { GtkWidget *button; const char *way; } buttons[] = {
    { self->open_tunnel, "tunnel" }, { self->open_game, "mapping" }, { self->ask_outside, "ask-outside" },
  };
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      gboolean shown = result && valid && ptl_check_has_way_out (result, buttons[i].way);

      gtk_widget_set_visible (buttons[i].button, shown);
      any |= shown;
    }
  gtk_widget_set_visible (self->ways, any);
}

static void
add_found (PtlCheckGroup *self, GtkWidget *row)
{
  adw_expander_row_add_row (self->found, row);
  g_ptr_array_add (self->rows, row);
}

static void
add_evidence (PtlCheckGroup *self, const char *line)
{
  add_found (self, g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", line, "title-lines", 0, NULL));
}

static void
show_found (PtlCheckGroup *self, GVariant *result)
{
  g_autoptr (GPtrArray) facts = NULL;
  g_auto (GStrv) evidence = NULL;

  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (self->found, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  gtk_widget_set_visible (self->found_list, result != NULL);
  if (!result)
    return;
  evidence = ptl_check_dup_evidence (result);
  for (guint i = 0; evidence[i]; i++)
    add_evidence (self, evidence[i]);
  facts = ptl_check_dup_facts (result);
  for (guint i = 0; i < facts->len; i++)
    {
      GtkWidget *row = ptl_fact_row_new ();

      ptl_fact_row_set_fact (PTL_FACT_ROW (row), facts->pdata[i]);
      add_found (self, row);
    }
}

static void
show_result (PtlCheckGroup *self, GVariant *result, gboolean stale)
{
  PtlVerdict verdict = ptl_verdict_from_string (ptl_check_get_text (result, "Verdict"));
  /* What was true of another network says nothing of this one. */
  PtlVerdict shown = stale ? PTL_VERDICT_UNKNOWN : verdict;

  if (!result)
    set_verdict (self, "dialog-question-symbolic", "dim-label", _("Not checked yet"),
                 _("A check finds out whether others can connect to this computer, and if not, what is in the way."));
  else
    set_verdict (self, ptl_check_verdict_icon (shown), ptl_check_verdict_style (shown), ptl_verdict_to_title (verdict),
                 ptl_check_get_text (result, "Advice"));
}

static void
show (PtlCheckGroup *self)
{
  GVariant *state = ptl_client_get_network_check (self->client);
  const char *step = ptl_check_get_text (state, "Step");
  g_autoptr (GVariant) result = ptl_check_dup_result (state);
  g_autoptr (GPtrArray) hops = ptl_check_dup_hops (state);
  gboolean stale = FALSE;

  g_variant_lookup (state, "Stale", "b", &stale);
  ptl_way_view_set_hops (self->way, hops);
  gtk_widget_set_visible (GTK_WIDGET (self->way), hops->len > 0);
  show_result (self, result, stale);
  show_note (self, stale, result, step);
  show_ways (self, result, !stale && *step == '\0');
  show_step (self, step);
}

/* The rows are made anew only where there is another result: an open list must not lose its place at every step. */
static void
on_changed (PtlCheckGroup *self)
{
  g_autoptr (GVariant) result = ptl_check_dup_result (ptl_client_get_network_check (self->client));
  GVariant *before = g_object_get_data (G_OBJECT (self), "result");

  show (self);
  if (before == result || (before && result && g_variant_equal (before, result)))
    return;
  show_found (self, result);
  g_object_set_data_full (G_OBJECT (self), "result", result ? g_variant_ref (result) : NULL,
                          (GDestroyNotify) g_variant_unref);
}

/* --- checking --- */

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlCheckGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  gboolean focused = gtk_widget_has_focus (self->stop_button);

  self->checking = FALSE;
  if (!self->client)
    return;
  if (!answer)
    ptl_feedback_error (GTK_WIDGET (self), error);
  show (self);
  /* The keyboard stays where it was. */
  if (focused)
    gtk_widget_grab_focus (self->check_button);
}

static void
check (PtlCheckGroup *self)
{
  if (self->checking)
    return;
  self->checking = TRUE;
  show (self);
  gtk_widget_grab_focus (self->stop_button);
  ptl_client_call_async (self->client, "CheckNetwork", g_variant_new ("(a{sv})", NULL), NULL, on_checked,
                         g_object_ref (self));
}

static void
on_consent_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlCheckGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);

  if (!self->client)
    return;
  if (answer)
    check (self);
  else
    ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_consent (const char *consent, gpointer user_data)
{
  PtlCheckGroup *self = user_data;
  GVariantDict settings;

  if (!self->client)
    return;
  g_variant_dict_init (&settings, NULL);
  g_variant_dict_insert (&settings, "Consent", "s", consent);
  ptl_client_call_async (self->client, "SetNetworkCheck", g_variant_new ("(@a{sv})", g_variant_dict_end (&settings)), NULL,
                         on_consent_kept, g_object_ref (self));
}

static void
ask_consent (PtlCheckGroup *self)
{
  ptl_check_consent_ask (GTK_WIDGET (self), ptl_client_get_network_check (self->client), on_consent, g_object_ref (self),
                         g_object_unref);
}

static void
on_check (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlCheckGroup *self = PTL_CHECK_GROUP (widget);

  if (self->checking)
    return;
  if (*ptl_check_get_text (ptl_client_get_network_check (self->client), "Consent"))
    check (self);
  else
    ask_consent (self);
}

static void
on_ask_outside (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ask_consent (PTL_CHECK_GROUP (widget));
}

static void
on_stop (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ptl_client_call_async (PTL_CHECK_GROUP (widget)->client, "CancelNetworkCheck", NULL, NULL, NULL, NULL);
}

/* --- life --- */

void
ptl_check_group_set_client (PtlCheckGroup *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  g_signal_connect_object (client, "notify::network-check", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  show_found (self, NULL);
  on_changed (self);
}

static void
ptl_check_group_dispose (GObject *object)
{
  g_clear_object (&PTL_CHECK_GROUP (object)->client);
  G_OBJECT_CLASS (ptl_check_group_parent_class)->dispose (object);
}

static void
ptl_check_group_finalize (GObject *object)
{
  g_ptr_array_unref (PTL_CHECK_GROUP (object)->rows);
  G_OBJECT_CLASS (ptl_check_group_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, check_button);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, stop_button);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, verdict_box);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, verdict);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, advice);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, note);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, ways);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, open_tunnel);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, open_game);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, ask_outside);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, way);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, found_list);
  gtk_widget_class_bind_template_child (widget_class, PtlCheckGroup, found);
}

static void
ptl_check_group_class_init (PtlCheckGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_check_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_check_group_finalize;
  g_type_ensure (PTL_TYPE_WAY_VIEW);
  g_type_ensure (PTL_TYPE_WRAP_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/network/ptl-check-group.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "check.start", NULL, on_check);
  gtk_widget_class_install_action (widget_class, "check.stop", NULL, on_stop);
  gtk_widget_class_install_action (widget_class, "check.ask-outside", NULL, on_ask_outside);
}

static void
ptl_check_group_init (PtlCheckGroup *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_way_view_set_label (self->way, _("The way from this computer to the internet"));
  ptl_a11y_name_buttons (GTK_WIDGET (self));
}
