/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-inventory-private.h"

#include <glib/gi18n-lib.h>

#include "gui/ptl-a11y.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-ticker.h"
#include "gui/ptl-trace.h"
#include "ptl-rule-columns.h"

/* What is about to close is noticed at most this late. */
#define ATTENTION_SECONDS 20
/* Changes that come in a burst are sorted in at once. */
#define REFRESH_MSECONDS 120

G_DEFINE_FINAL_TYPE (PtlInventoryPage, ptl_inventory_page, ADW_TYPE_BIN)

PtlTable *
ptl_inventory_page_get_table (PtlInventoryPage *self)
{
  return PTL_TABLE (adw_view_stack_get_visible_child (self->views));
}

GPtrArray *
ptl_inventory_page_dup_selected (PtlInventoryPage *self)
{
  PtlTable *table = ptl_inventory_page_get_table (self);

  if (!table || table == self->foreign_table)
    return g_ptr_array_new_with_free_func (g_object_unref);
  return ptl_table_dup_selected (table);
}

static void
update_flap (PtlInventoryPage *self)
{
  gboolean foreign = ptl_inventory_page_get_table (self) == self->foreign_table;
  gboolean has_item = foreign ? ptl_entry_pane_get_entry (self->entry_pane) != NULL
                              : ptl_details_pane_get_item (self->details) != NULL;
  gboolean wanted = adw_flap_get_folded (self->flap) ? self->opened : self->show_details;

  adw_flap_set_reveal_flap (self->flap, has_item && wanted);
}

static void
show_selection_bar (PtlInventoryPage *self, guint n)
{
  g_autofree char *text = NULL;

  gtk_action_bar_set_revealed (self->selection_bar, n > 1);
  if (n < 2)
    return;
  /* Translators: %u is a number of rules */
  text = g_strdup_printf (ngettext ("%u selected", "%u selected", n), n);
  gtk_label_set_text (self->selection_label, text);
}

static void
on_entry_selected (PtlInventoryPage *self)
{
  g_autoptr (GPtrArray) entries = ptl_table_dup_selected (self->foreign_table);

  if (entries->len != 1)
    self->opened = FALSE;
  ptl_entry_pane_set_entry (self->entry_pane, entries->len == 1 ? entries->pdata[0] : NULL);
}

static void
on_selection_changed (PtlInventoryPage *self)
{
  PtlTable *table = ptl_inventory_page_get_table (self);
  g_autoptr (GPtrArray) selected = NULL;
  guint n;

  if (!table || !self->client)
    return;
  gtk_stack_set_visible_child (self->panes, table == self->foreign_table ? GTK_WIDGET (self->entry_pane)
                                                                         : GTK_WIDGET (self->details));
  if (table == self->foreign_table)
    on_entry_selected (self);
  ptl_entry_actions_update (self);
  n = ptl_table_get_n_selected (table);
  selected = ptl_inventory_page_dup_selected (self);
  if (selected->len != 1 && table != self->foreign_table)
    self->opened = FALSE;
  ptl_details_pane_set_item (self->details, selected->len == 1 ? selected->pdata[0] : NULL);
  ptl_inventory_actions_update (self, selected);
  show_selection_bar (self, table == self->open_table || table == self->attention_table ? n : 0);
  update_flap (self);
}

static void
set_show_details (PtlInventoryPage *self, gboolean show)
{
  self->show_details = show;
  g_settings_set_boolean (self->settings, "show-details", show);
  g_object_notify (G_OBJECT (self), "show-details");
}

static void
on_activate (PtlInventoryPage *self, GObject *item, PtlTable *table)
{
  self->opened = TRUE;
  if (!adw_flap_get_folded (self->flap) && !self->show_details)
    set_show_details (self, TRUE);
  update_flap (self);
}

/* The person slid or clicked the pane away. */
static void
on_flap_revealed (PtlInventoryPage *self)
{
  if (adw_flap_get_reveal_flap (self->flap))
    return;
  self->opened = FALSE;
}

static gboolean
after_shape (gpointer user_data)
{
  PtlInventoryPage *self = user_data;

  self->shape_id = 0;
  if (!adw_flap_get_folded (self->flap))
    self->opened = FALSE;
  adw_view_switcher_bar_set_reveal (self->switcher_bar, adw_view_switcher_title_get_title_visible (self->switcher));
  update_flap (self);
  return G_SOURCE_REMOVE;
}

/* It is in the middle of being allocated its size: what is above it changes afterwards. */
static void
on_shape_changed (PtlInventoryPage *self)
{
  if (self->shape_id == 0)
    self->shape_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, after_shape, self, NULL);
}

static void
on_hide_details (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  if (!adw_flap_get_folded (self->flap))
    set_show_details (self, FALSE);
  self->opened = FALSE;
  update_flap (self);
  gtk_widget_child_focus (GTK_WIDGET (ptl_inventory_page_get_table (self)), GTK_DIR_TAB_FORWARD);
}

/* Escape: the pane that covers the table, then the selection. */
static void
on_escape (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  if (adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap))
    on_hide_details (widget, NULL, NULL);
  else
    ptl_table_unselect_all (ptl_inventory_page_get_table (self));
}

static void
on_history_loaded (PtlInventoryPage *self)
{
  if (!ptl_history_list_is_loading (self->history))
    ptl_trace_frame (GTK_WIDGET (self), "history", self->history_since);
}

static void
make_history (PtlInventoryPage *self)
{
  g_autofree char *search = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));

  self->history_since = ptl_moment_now ();
  self->history = ptl_history_list_new (self->client);
  g_signal_connect_object (self->history, "notify::loading", G_CALLBACK (on_history_loaded), self, G_CONNECT_SWAPPED);
  ptl_history_list_set_search (self->history, search);
  ptl_table_set_model (self->history_table, G_LIST_MODEL (self->history));
}

static void
show_view_menu (PtlInventoryPage *self, PtlTable *table)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) details = g_menu_new ();

  g_menu_append (details, _("Show _Details"), "inventory.show-details");
  g_menu_append_section (menu, NULL, ptl_table_get_view_menu (table));
  if (table == self->foreign_table)
    g_menu_append (details, _("Show _Ignored"), "inventory.show-ignored");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (details));
  gtk_menu_button_set_menu_model (self->view_button, G_MENU_MODEL (menu));
}

static void
on_view_changed (PtlInventoryPage *self)
{
  PtlTable *table = ptl_inventory_page_get_table (self);

  if (!self->client || !table)
    return;
  if (table == self->history_table && !self->history)
    make_history (self);
  if (table == self->foreign_table)
    ptl_asked_list_refresh (self->entries);
  gtk_widget_insert_action_group (GTK_WIDGET (self->view_button), "table", ptl_table_get_actions (table));
  show_view_menu (self, table);
  on_selection_changed (self);
}

static gboolean
match_open (gpointer item, gpointer user_data)
{
  PtlInventoryPage *self = user_data;

  return ptl_rule_matches (ptl_rule_item_get_rule (item), (const char *const *) self->words);
}

static gboolean
match_attention (gpointer item, gpointer user_data)
{
  const PtlRule *rule = ptl_rule_item_get_rule (item);

  return ptl_rule_needs_attention (rule, g_get_real_time () / G_USEC_PER_SEC);
}

static gboolean
match_attention_and_words (gpointer item, gpointer user_data)
{
  return match_attention (item, user_data) && match_open (item, user_data);
}

static gboolean
match_foreign (gpointer item, gpointer user_data)
{
  PtlInventoryPage *self = user_data;

  return ptl_entry_is_foreign (item) && (self->show_ignored || !ptl_entry_is_ignored (item))
         && ptl_entry_matches (item, (const char *const *) self->words);
}

static void
describe_empty (AdwStatusPage *page, const char *icon, const char *title, const char *description, gboolean searching)
{
  adw_status_page_set_icon_name (page, searching ? "system-search-symbolic" : icon);
  adw_status_page_set_title (page, searching ? _("No Results Found") : title);
  adw_status_page_set_description (page, searching ? _("Try other words.") : description);
}

static void
describe_foreign (PtlInventoryPage *self, gboolean searching)
{
  const GError *error = ptl_asked_list_get_error (self->entries);

  if (error && !searching)
    {
      g_autofree char *safe = g_markup_escape_text (error->message, -1);

      describe_empty (self->foreign_empty, "dialog-warning-symbolic", _("The Router's Table Cannot Be Read"), safe, FALSE);
    }
  else
    describe_empty (self->foreign_empty, "ptl-foreign-symbolic", _("No Foreign Entries"),
                    _("Ports that other programs and devices opened in the router are listed here."), searching);
}

static void
describe_all_empty (PtlInventoryPage *self)
{
  gboolean searching = self->words && self->words[0];

  describe_empty (self->open_empty, PTL_GUI_APP_ID "-symbolic", _("Nothing Is Open"),
                  _("Nobody outside can reach a program here by a rule of yours. What would you like to share?"),
                  searching);
  gtk_widget_set_visible (self->open_buttons, !searching);
  describe_empty (self->attention_empty, "object-select-symbolic", _("All Is Well"),
                  _("Rules that are degraded, about to close, or due for a review are listed here."), searching);
  describe_empty (self->history_empty, "document-open-recent-symbolic", _("No History Yet"),
                  _("Rules that are closed stay here, so that you can see what was open, and why."), searching);
  describe_foreign (self, searching);
}

static void
on_search_changed (PtlInventoryPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  PtlMoment since = ptl_moment_now ();

  g_strfreev (self->words);
  self->words = ptl_search_words (text);
  describe_all_empty (self);
  ptl_table_start_over (ptl_inventory_page_get_table (self));
  gtk_filter_changed (GTK_FILTER (self->open_filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->attention_filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->foreign_filter), GTK_FILTER_CHANGE_DIFFERENT);
  if (self->history)
    ptl_history_list_set_search (self->history, text);
  ptl_trace_frame (GTK_WIDGET (self), "search", since);
}

static void
on_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
show_attention (PtlInventoryPage *self)
{
  GListModel *rules = ptl_client_get_rules (self->client);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (rules); i++)
    {
      g_autoptr (PtlRuleItem) item = g_list_model_get_item (rules, i);

      n += match_attention (item, self) ? 1 : 0;
    }
  adw_view_stack_page_set_badge_number (self->attention_page, n);
  adw_view_stack_page_set_needs_attention (self->attention_page, n > 0);
}

static void
refresh (PtlInventoryPage *self)
{
  gtk_filter_changed (GTK_FILTER (self->open_filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_filter_changed (GTK_FILTER (self->attention_filter), GTK_FILTER_CHANGE_DIFFERENT);
  ptl_table_resort (self->open_table);
  ptl_table_resort (self->attention_table);
  show_attention (self);
  on_selection_changed (self);
}

static gboolean
on_refresh (gpointer user_data)
{
  PtlInventoryPage *self = user_data;

  self->refresh_id = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

static void
queue_refresh (PtlInventoryPage *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_timeout_add (REFRESH_MSECONDS, on_refresh, self);
}

static void
on_rules_changed (GListModel *rules, guint position, guint removed, guint added, PtlInventoryPage *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (rules, i);

      g_signal_handlers_disconnect_by_func (item, queue_refresh, self);
      g_signal_connect_object (item, "changed", G_CALLBACK (queue_refresh), self, G_CONNECT_SWAPPED);
    }
  queue_refresh (self);
}

static guint
on_tick (GtkWidget *widget, gint64 now)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  if (!self->client)
    return 0;
  gtk_filter_changed (GTK_FILTER (self->attention_filter), GTK_FILTER_CHANGE_DIFFERENT);
  show_attention (self);
  return g_list_model_get_n_items (ptl_client_get_rules (self->client)) > 0 ? ATTENTION_SECONDS : 0;
}

static void
on_refresh_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (widget);

  if (ptl_inventory_page_get_table (self) == self->foreign_table)
    ptl_asked_list_refresh (self->entries);
}

/* What the worker noticed, or another program did, with the entries. */
static void
on_event (PtlInventoryPage *self, PtlEvent *event)
{
  if (!g_str_has_prefix (event->what, "entr") || g_strcmp0 (event->result, "begun") == 0
      || !gtk_widget_get_mapped (GTK_WIDGET (self->foreign_table)))
    return;
  /* What is being answered may be of before. */
  self->entries_changed = ptl_asked_list_is_loading (self->entries);
  ptl_asked_list_refresh (self->entries);
}

static void
on_entries_loaded (PtlInventoryPage *self)
{
  describe_all_empty (self);
  if (!self->entries_changed)
    return;
  self->entries_changed = FALSE;
  ptl_asked_list_refresh (self->entries);
}

static GtkCustomFilter *
add_filtered (PtlInventoryPage *self, PtlTable *table, GListModel *model, GtkCustomFilterFunc match)
{
  GtkCustomFilter *filter = gtk_custom_filter_new (match, self, NULL);
  g_autoptr (GtkFilterListModel) filtered = gtk_filter_list_model_new (g_object_ref (model),
                                                                       g_object_ref (GTK_FILTER (filter)));

  ptl_table_set_model (table, G_LIST_MODEL (filtered));
  return filter;
}

void
ptl_inventory_page_set_client (PtlInventoryPage *self, PtlClient *client)
{
  GListModel *rules = ptl_client_get_rules (client);

  self->client = g_object_ref (client);
  self->entries = ptl_entry_list_new (client);
  self->open_filter = add_filtered (self, self->open_table, rules, match_open);
  self->attention_filter = add_filtered (self, self->attention_table, rules, match_attention_and_words);
  self->foreign_filter = add_filtered (self, self->foreign_table, G_LIST_MODEL (self->entries), match_foreign);
  ptl_details_pane_set_client (self->details, client);
  g_signal_connect_object (rules, "items-changed", G_CALLBACK (on_rules_changed), self, 0);
  g_signal_connect_object (self->entries, "loaded", G_CALLBACK (on_entries_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);
  on_rules_changed (rules, 0, 0, g_list_model_get_n_items (rules), self);
  ptl_inventory_banners_follow (self);
  on_view_changed (self);
  ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

enum
{
  PROP_0,
  PROP_SHOW_DETAILS,
  PROP_SHOW_IGNORED
};

static void
ptl_inventory_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (object);
  gboolean show = g_value_get_boolean (value);

  if (id == PROP_SHOW_IGNORED)
    {
      self->show_ignored = show;
      gtk_filter_changed (GTK_FILTER (self->foreign_filter), GTK_FILTER_CHANGE_DIFFERENT);
      describe_all_empty (self);
      return;
    }
  if (show != self->show_details)
    set_show_details (self, show);
  self->opened = show;
  update_flap (self);
}

static void
ptl_inventory_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (object);

  g_value_set_boolean (value, id == PROP_SHOW_IGNORED ? self->show_ignored : self->show_details);
}

static void
ptl_inventory_page_dispose (GObject *object)
{
  PtlInventoryPage *self = PTL_INVENTORY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  g_clear_handle_id (&self->shape_id, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->open_filter);
  g_clear_object (&self->attention_filter);
  g_clear_object (&self->foreign_filter);
  g_clear_object (&self->entries);
  g_clear_object (&self->history);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->words, g_strfreev);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_inventory_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, switcher);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, switcher_bar);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, view_button);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, search_bar);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, search_entry);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, store_banner);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, network_banner);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, debts_banner);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, flap);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, views);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, attention_page);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, open_table);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, attention_table);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, foreign_table);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, history_table);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, open_empty);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, attention_empty);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, foreign_empty);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, history_empty);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, open_buttons);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, panes);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, details);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, entry_pane);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, selection_bar);
  gtk_widget_class_bind_template_child (klass, PtlInventoryPage, selection_label);
}

static void
bind_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, on_search_changed);
  gtk_widget_class_bind_template_callback (klass, on_view_changed);
  gtk_widget_class_bind_template_callback (klass, on_activate);
  gtk_widget_class_bind_template_callback (klass, on_selection_changed);
  gtk_widget_class_bind_template_callback (klass, on_flap_revealed);
  gtk_widget_class_bind_template_callback (klass, on_shape_changed);
  gtk_widget_class_install_action (klass, "page.find", NULL, on_find);
  gtk_widget_class_install_action (klass, "page.refresh", NULL, on_refresh_action);
  gtk_widget_class_install_action (klass, "inventory.hide-details", NULL, on_hide_details);
  gtk_widget_class_install_action (klass, "inventory.escape", NULL, on_escape);
  gtk_widget_class_install_property_action (klass, "inventory.show-details", "show-details");
  gtk_widget_class_install_property_action (klass, "inventory.show-ignored", "show-ignored");
  gtk_widget_class_add_binding_action (klass, GDK_KEY_F9, 0, "inventory.show-details", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Escape, 0, "inventory.escape", NULL);
  ptl_inventory_actions_install (klass);
  ptl_entry_actions_install (klass);
  ptl_inventory_banners_install (klass);
}

static void
ptl_inventory_page_class_init (PtlInventoryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_inventory_page_set_property;
  object_class->get_property = ptl_inventory_page_get_property;
  object_class->dispose = ptl_inventory_page_dispose;
  g_object_class_install_property (object_class, PROP_SHOW_DETAILS,
                                   g_param_spec_boolean ("show-details", NULL, NULL, TRUE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_SHOW_IGNORED,
                                   g_param_spec_boolean ("show-ignored", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (PTL_TYPE_TABLE);
  g_type_ensure (PTL_TYPE_BANNER);
  g_type_ensure (PTL_TYPE_DETAILS_PANE);
  g_type_ensure (PTL_TYPE_ENTRY_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               PTL_GUI_RESOURCES "/inventory/ptl-inventory-page.ui");
  bind_children (widget_class);
  bind_actions (widget_class);
}

static void
ptl_inventory_page_init (PtlInventoryPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new (PTL_GUI_APP_ID);
  self->cancellable = g_cancellable_new ();
  self->show_details = g_settings_get_boolean (self->settings, "show-details");
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self->views));
  ptl_a11y_keep_focus (self->view_button);
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->views));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->panes));
  ptl_table_set_spec (self->open_table, &ptl_rule_table_living, TRUE);
  ptl_table_set_spec (self->attention_table, &ptl_rule_table_living, TRUE);
  ptl_table_set_spec (self->foreign_table, &ptl_entry_table, TRUE);
  ptl_table_set_spec (self->history_table, &ptl_rule_table_closed, FALSE);
}
