/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-exposure-private.h"

#include <glib/gi18n-lib.h>

#include "gui/inventory/ptl-rule-columns.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-back-button.h"
#include "gui/ptl-format.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-wrap-layout.h"
#include "ptl-finding-columns.h"
#include "ptl-report-item.h"

G_DEFINE_FINAL_TYPE (PtlExposurePage, ptl_exposure_page, ADW_TYPE_BIN)

PtlReport *
ptl_exposure_page_get_report (PtlExposurePage *self)
{
  return self->old_report ? self->old_report : ptl_finding_list_get_report (self->findings);
}

const PtlFinding *
ptl_exposure_page_get_finding (PtlExposurePage *self)
{
  PtlFindingItem *item = ptl_finding_pane_get_item (self->pane);

  return item ? ptl_finding_item_get_finding (item) : NULL;
}

static PtlTable *
get_table (PtlExposurePage *self)
{
  const char *view = adw_view_stack_get_visible_child_name (self->views);

  if (g_strcmp0 (view, "history") == 0)
    return self->history_table;
  return g_strcmp0 (view, "listeners") == 0 ? ptl_listeners_view_get_table (self->listeners) : self->findings_table;
}

gboolean
ptl_exposure_page_shows_report (PtlExposurePage *self)
{
  return g_strcmp0 (adw_view_stack_get_visible_child_name (self->views), "report") == 0;
}

gboolean
ptl_exposure_page_shows_history (PtlExposurePage *self)
{
  return get_table (self) == self->history_table;
}

/* ---- The details ---- */

static void
update_flap (PtlExposurePage *self)
{
  gboolean wanted = !adw_flap_get_folded (self->flap) || self->opened;

  adw_flap_set_reveal_flap (self->flap, wanted && ptl_exposure_page_shows_report (self) && ptl_exposure_page_get_finding (self));
}

static void
on_selection_changed (PtlExposurePage *self)
{
  g_autoptr (GPtrArray) selected = ptl_table_dup_selected (self->findings_table);
  PtlFindingItem *item = selected->len == 1 ? selected->pdata[0] : NULL;

  if (!item)
    self->opened = FALSE;
  ptl_finding_pane_set_item (self->pane, item);
  if (item)
    {
      g_free (self->selected_key);
      self->selected_key = g_strdup (ptl_finding_item_get_finding (item)->key);
    }
  ptl_finding_actions_update (self);
  update_flap (self);
}

static void
on_activate (PtlExposurePage *self)
{
  self->opened = TRUE;
  update_flap (self);
}

/* The person slid or clicked the pane away. */
static void
on_flap_revealed (PtlExposurePage *self)
{
  if (!adw_flap_get_reveal_flap (self->flap))
    self->opened = FALSE;
}

static gboolean
after_shape (gpointer user_data)
{
  PtlExposurePage *self = user_data;

  self->shape_id = 0;
  if (!adw_flap_get_folded (self->flap))
    self->opened = FALSE;
  adw_view_switcher_bar_set_reveal (self->switcher_bar, adw_view_switcher_title_get_title_visible (self->switcher));
  update_flap (self);
  return G_SOURCE_REMOVE;
}

/* It is in the middle of being allocated its size: what is above it changes afterwards. */
static void
on_shape_changed (PtlExposurePage *self)
{
  if (self->shape_id == 0)
    self->shape_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, after_shape, self, NULL);
}

static void
on_hide_details (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  self->opened = FALSE;
  if (!adw_flap_get_folded (self->flap))
    ptl_table_unselect_all (self->findings_table);
  update_flap (self);
  gtk_widget_child_focus (GTK_WIDGET (get_table (self)), GTK_DIR_TAB_FORWARD);
}

/* What was selected is selected in another report too, where it is there. */
static void
select_again (PtlExposurePage *self)
{
  GtkSelectionModel *selection = ptl_table_get_selection (self->findings_table);
  GListModel *model = G_LIST_MODEL (selection);

  for (guint i = 0; self->selected_key && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PtlFindingItem) item = g_list_model_get_item (model, i);

      if (g_str_equal (ptl_finding_item_get_finding (item)->key, self->selected_key))
        {
          gtk_selection_model_select_item (selection, i, TRUE);
          return;
        }
    }
}

/* ---- The report ---- */

static void
set_banner (PtlExposurePage *self, const char *text, const char *button, const char *action)
{
  g_object_set (self->old_banner, "button-label", button, "action-name", action, NULL);
  ptl_banner_set_message (self->old_banner, text);
}

static void
show_banner (PtlExposurePage *self)
{
  g_autofree char *hint = self->client ? ptl_exposure_compare_dup_hint (self) : NULL;
  g_autofree char *when = NULL, *text = NULL;

  if (ptl_exposure_page_shows_history (self))
    {
      set_banner (self, hint, _("_Compare"), "exposure.compare");
      return;
    }
  if (self->compared)
    text = g_strdup (_("These are the differences between two checks."));
  else if (self->old_report)
    {
      when = ptl_format_time (self->old_report->finished, g_get_real_time () / G_USEC_PER_SEC);
      /* Translators: %s is a time */
      text = g_strdup_printf (_("This is a former report: %s."), when);
    }
  else if (self->stale)
    text = g_strdup (_("Something was opened or closed since this check."));
  set_banner (self, ptl_exposure_page_shows_report (self) ? text : NULL,
              self->old_report ? _("Show the _Latest") : _("Check _Again"),
              self->old_report ? "exposure.show-latest" : "exposure.check");
}

static gboolean
is_other (const char *what)
{
  static const char *const others[] = { "open", "close", "edit", "reopen", "entry-remove", "entry-restore", "entry-new",
                                        "entries-flood", NULL };

  return g_strv_contains (others, what);
}

/* The report says what was so; what a person does about it is seen by the next one. */
static void
on_event (PtlExposurePage *self, const PtlEvent *event)
{
  if (self->stale || !is_other (event->what) || g_strcmp0 (event->result, "ok") != 0)
    return;
  self->stale = ptl_finding_list_get_report (self->findings) != NULL;
  show_banner (self);
}

static const char *
get_report_state (PtlExposurePage *self)
{
  const GError *error = ptl_finding_list_get_error (self->findings);
  g_autofree char *safe = NULL;

  if (ptl_exposure_page_get_report (self))
    return "report";
  if (ptl_finding_list_is_loading (self->findings))
    return "loading";
  if (!error)
    return "none";
  safe = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->report_error, safe);
  return "error";
}

static void
show_view_menu (PtlExposurePage *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) export = g_menu_new ();

  g_menu_append_section (menu, NULL, ptl_table_get_view_menu (get_table (self)));
  if (ptl_exposure_page_shows_report (self) && !self->compared)
    {
      g_menu_append (export, _("_Compare With the Check Before"), "exposure.compare");
      g_menu_append (export, _("Export as _Web Page…"), "exposure.export::html");
      g_menu_append (export, _("Export as _Table (CSV)…"), "exposure.export::csv");
      g_menu_append (export, _("Export as _JSON…"), "exposure.export::json");
      g_menu_append_section (menu, NULL, G_MENU_MODEL (export));
    }
  gtk_menu_button_set_menu_model (self->view_button, G_MENU_MODEL (menu));
}

static void
show_report (PtlExposurePage *self)
{
  const PtlReport *report = ptl_exposure_page_get_report (self);

  gtk_stack_set_visible_child_name (self->report_states, get_report_state (self));
  ptl_exposure_show_nothing (self);
  show_banner (self);
  show_view_menu (self);
  gtk_widget_set_visible (self->filters, !self->compared);
  if (!report)
    return;
  if (self->compared)
    ptl_exposure_show_changes (self, report);
  else
    ptl_exposure_show_summary (self, report);
  ptl_exposure_show_filters (self, report);
}

static void
on_findings (PtlExposurePage *self)
{
  PtlReport *report = ptl_finding_list_get_report (self->findings);

  if (report && g_strcmp0 (self->last_id, report->id) != 0)
    {
      g_free (self->last_id);
      self->last_id = g_strdup (report->id);
      self->stale = FALSE;
    }
  show_report (self);
  if (self->old_report)
    return;
  select_again (self);
  on_selection_changed (self);
}

static GListModel *
make_model (PtlReport *report)
{
  GListStore *store = g_list_store_new (PTL_TYPE_FINDING_ITEM);

  for (guint i = 0; i < report->findings->len; i++)
    {
      g_autoptr (PtlFindingItem) item = ptl_finding_item_new (report, i);

      g_list_store_append (store, item);
    }
  return G_LIST_MODEL (store);
}

/* @compared: (transfer full) (nullable) */
static void
show_other (PtlExposurePage *self, PtlReport *report, char *compared)
{
  g_autoptr (GListModel) model = report ? make_model (report) : NULL;

  g_clear_pointer (&self->old_report, ptl_report_unref);
  self->old_report = report;
  g_free (self->compared);
  self->compared = compared;
  gtk_filter_list_model_set_model (self->filtered, model ? model : G_LIST_MODEL (self->findings));
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  adw_view_stack_set_visible_child_name (self->views, "report");
  show_report (self);
  select_again (self);
  on_selection_changed (self);
}

void
ptl_exposure_page_show_report (PtlExposurePage *self, PtlReport *report)
{
  if (report || self->old_report)
    show_other (self, report, NULL);
}

void
ptl_exposure_page_show_difference (PtlExposurePage *self, PtlReport *difference, const char *both)
{
  show_other (self, difference, g_strdup (both));
}

void
ptl_exposure_page_set_waiting (PtlExposurePage *self, gboolean waiting)
{
  self->waiting = waiting;
  ptl_check_controls_set_waiting (self->controls, waiting);
  ptl_check_controls_set_waiting (self->first_controls, waiting);
}

/* ---- Which of them ---- */

static gboolean
match (gpointer item, gpointer user_data)
{
  PtlExposurePage *self = user_data;
  const PtlFinding *finding = ptl_finding_item_get_finding (item);

  return (self->compared || ptl_finding_passes (finding, self->shown, g_get_real_time () / G_USEC_PER_SEC))
         && ptl_finding_matches (finding, (const char *const *) self->words);
}

static void
refilter (PtlExposurePage *self)
{
  ptl_exposure_show_nothing (self);
  if (self->filter)
    gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static void
on_filter (PtlExposurePage *self, GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (PtlFindingsFilter filter = 0; filter < PTL_N_FINDINGS; filter++)
    if (self->filter_buttons[filter] == button)
      self->shown = filter;
  refilter (self);
}

static void
on_search_changed (PtlExposurePage *self)
{
  g_strfreev (self->words);
  self->words = ptl_search_words (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  ptl_listeners_view_set_words (self->listeners, (const char *const *) self->words);
  refilter (self);
}

static void
on_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/* ---- The history ---- */

static void
describe_history (PtlExposurePage *self)
{
  const GError *error = ptl_asked_list_get_error (self->reports);
  g_autofree char *safe = error ? g_markup_escape_text (error->message, -1) : NULL;

  adw_status_page_set_title (self->history_empty, error ? _("The Reports Cannot Be Read") : _("No Reports Yet"));
  adw_status_page_set_description (self->history_empty,
                                   error ? safe : _("Each check leaves a report here, for a year: what was found, and what was new."));
  show_banner (self);
}

static void
on_report_activate (PtlExposurePage *self, GObject *item)
{
  const PtlReport *report = ptl_report_item_get_report (PTL_REPORT_ITEM (item));
  PtlReport *last = ptl_finding_list_get_report (self->findings);

  if (last && g_str_equal (last->id, report->id))
    {
      ptl_exposure_page_show_report (self, NULL);
      adw_view_stack_set_visible_child_name (self->views, "report");
    }
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "exposure.show-report", "s", report->id);
}

static void
on_exposure_check (PtlExposurePage *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self->history_table)))
    ptl_asked_list_refresh (self->reports);
}

/* ---- The views ---- */

static void
on_view_changed (PtlExposurePage *self)
{
  if (!self->client)
    return;
  gtk_widget_insert_action_group (GTK_WIDGET (self->view_button), "table", ptl_table_get_actions (get_table (self)));
  show_view_menu (self);
  show_banner (self);
  if (get_table (self) == self->history_table)
    ptl_asked_list_refresh (self->reports);
  update_flap (self);
}

static void
on_refresh (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (widget);

  if (get_table (self) == self->history_table)
    ptl_asked_list_refresh (self->reports);
  else if (ptl_exposure_page_shows_report (self))
    gtk_widget_activate_action (widget, "exposure.check", NULL);
  else
    ptl_listeners_view_refresh (self->listeners);
}

/* ---- Life ---- */

void
ptl_exposure_page_set_client (PtlExposurePage *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  self->findings = ptl_finding_list_new (client);
  self->filter = gtk_custom_filter_new (match, self, NULL);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->findings)),
                                              g_object_ref (GTK_FILTER (self->filter)));
  self->reports = ptl_report_item_list_new (client);
  ptl_table_set_model (self->findings_table, G_LIST_MODEL (self->filtered));
  ptl_table_set_model (self->history_table, G_LIST_MODEL (self->reports));
  ptl_listeners_view_set_client (self->listeners, client);
  ptl_finding_pane_set_client (self->pane, client);
  ptl_check_controls_set_client (self->controls, client);
  ptl_check_controls_set_client (self->first_controls, client);
  g_signal_connect_object (self->findings, "changed", G_CALLBACK (on_findings), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reports, "loaded", G_CALLBACK (describe_history), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "notify::exposure-check", G_CALLBACK (on_exposure_check), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  describe_history (self);
  on_view_changed (self);
  on_findings (self);
}

static void
ptl_exposure_page_dispose (GObject *object)
{
  PtlExposurePage *self = PTL_EXPOSURE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->shape_id, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->findings);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->reports);
  g_clear_object (&self->client);
  g_clear_pointer (&self->old_report, ptl_report_unref);
  g_clear_pointer (&self->compared, g_free);
  g_clear_pointer (&self->selected_key, g_free);
  g_clear_pointer (&self->last_id, g_free);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (ptl_exposure_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  static const char *const buttons[] = { "doors_button", "new_button", "accepted_button", "all_button" };

  gtk_widget_class_bind_template_child (klass, PtlExposurePage, switcher);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, switcher_bar);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, view_button);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, search_bar);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, search_entry);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, old_banner);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, flap);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, views);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, report_page);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, report_states);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, report_error);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, first_controls);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, controls);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, summary_icon);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, summary_title);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, summary_more);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, summary_checked);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, notes_expander);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, notes);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, filters);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, findings_table);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, findings_empty);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, history_table);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, history_empty);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, listeners);
  gtk_widget_class_bind_template_child (klass, PtlExposurePage, pane);
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_widget_class_bind_template_child_full (klass, buttons[i], FALSE,
                                               G_STRUCT_OFFSET (PtlExposurePage, filter_buttons)
                                                   + (gssize) (i * sizeof (GtkToggleButton *)));
}

static void
bind_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, on_search_changed);
  gtk_widget_class_bind_template_callback (klass, on_view_changed);
  gtk_widget_class_bind_template_callback (klass, on_shape_changed);
  gtk_widget_class_bind_template_callback (klass, on_flap_revealed);
  gtk_widget_class_bind_template_callback (klass, on_selection_changed);
  gtk_widget_class_bind_template_callback (klass, on_activate);
  gtk_widget_class_bind_template_callback (klass, on_report_activate);
  gtk_widget_class_bind_template_callback (klass, on_filter);
  gtk_widget_class_bind_template_callback (klass, show_banner);
  gtk_widget_class_install_action (klass, "page.find", NULL, on_find);
  gtk_widget_class_install_action (klass, "page.refresh", NULL, on_refresh);
  gtk_widget_class_install_action (klass, "exposure.hide-details", NULL, on_hide_details);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Escape, 0, "exposure.hide-details", NULL);
  ptl_exposure_check_install (klass);
  ptl_exposure_compare_install (klass);
  ptl_finding_actions_install (klass);
}

static void
ptl_exposure_page_class_init (PtlExposurePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_exposure_page_dispose;
  g_type_ensure (PTL_TYPE_BACK_BUTTON);
  g_type_ensure (PTL_TYPE_BANNER);
  g_type_ensure (PTL_TYPE_TABLE);
  g_type_ensure (PTL_TYPE_WRAP_LAYOUT);
  g_type_ensure (PTL_TYPE_CHECK_CONTROLS);
  g_type_ensure (PTL_TYPE_FINDING_PANE);
  g_type_ensure (PTL_TYPE_LISTENERS_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/exposure/ptl-exposure-page.ui");
  bind_children (widget_class);
  bind_actions (widget_class);
}

static void
ptl_exposure_page_init (PtlExposurePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self->views));
  ptl_table_set_spec (self->findings_table, &ptl_finding_table, TRUE);
  ptl_table_set_spec (self->history_table, &ptl_report_table, FALSE);
  ptl_a11y_keep_focus (self->view_button);
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->views));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->report_states));
}
