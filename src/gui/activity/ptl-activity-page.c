/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-activity-page.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-event-list.h"
#include "gui/inventory/ptl-rule-columns.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-back-button.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-gui.h"
#include "gui/table/ptl-table.h"
#include "ptl-event-columns.h"

/* As many rows as a high window shows: with fewer, older events are fetched until they fill it. */
#define ENOUGH_ROWS 60

struct _PtlActivityPage
{
  AdwBin parent_instance;
  GtkMenuButton *view_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkDropDown *filter;
  GtkWidget *verify_button;
  PtlTable *table;
  AdwStatusPage *empty;
  PtlClient *client;
  PtlEventList *events; /* NULL until the page is seen */
  GtkCustomFilter *passes;
  GtkFilterListModel *filtered;
  char **words;
};

G_DEFINE_FINAL_TYPE (PtlActivityPage, ptl_activity_page, ADW_TYPE_BIN)

static gboolean
match (gpointer item, gpointer user_data)
{
  PtlActivityPage *self = user_data;
  const PtlEvent *event = ptl_event_item_get_event (item);

  return ptl_event_passes (event, (PtlEventFilter) gtk_drop_down_get_selected (self->filter))
         && ptl_event_matches (event, (const char *const *) self->words);
}

static gboolean
is_filtered (PtlActivityPage *self)
{
  return (self->words && self->words[0]) || gtk_drop_down_get_selected (self->filter) != PTL_EVENT_FILTER_ALL;
}

static void
show_empty (PtlActivityPage *self)
{
  gboolean loading = self->events && (ptl_event_list_is_loading (self->events) || ptl_event_list_has_more (self->events));

  if (loading)
    adw_status_page_set_title (self->empty, _("Loading"));
  else
    adw_status_page_set_title (self->empty, is_filtered (self) ? _("No Results Found") : _("Nothing Has Happened Yet"));
  adw_status_page_set_description (self->empty, loading               ? NULL
                                                : is_filtered (self) ? _("Try other words, or all events.")
                                                                     : _("Everything that Portolan does is logged here."));
}

static void
load_enough (PtlActivityPage *self)
{
  show_empty (self);
  if (self->events && g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) < ENOUGH_ROWS
      && ptl_event_list_has_more (self->events) && !ptl_event_list_is_loading (self->events))
    ptl_event_list_load_more (self->events);
}

static void
on_edge_reached (PtlActivityPage *self)
{
  if (self->events && ptl_event_list_has_more (self->events) && !ptl_event_list_is_loading (self->events))
    ptl_event_list_load_more (self->events);
}

static void
on_filter_changed (PtlActivityPage *self)
{
  g_strfreev (self->words);
  self->words = ptl_search_words (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  gtk_filter_changed (GTK_FILTER (self->passes), GTK_FILTER_CHANGE_DIFFERENT);
  load_enough (self);
}

static void
on_find (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlActivityPage *self = PTL_ACTIVITY_PAGE (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
say_verified (PtlActivityPage *self, gint64 count, gint64 bad)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (bad == 0)
    {
      /* Translators: %u is a number of events */
      text = g_strdup_printf (ngettext ("%u event, and it is as it was written",
                                        "All %u events are as they were written", (gulong) count), (guint) count);
      ptl_feedback_say (GTK_WIDGET (self), text);
      return;
    }
  error = ptl_error_new (PTL_ERROR_STORE_DAMAGED,
                         _("What was logged from there on cannot be relied on. Keep a copy of the store before you go on."),
                         /* Translators: %u is the number of an event */
                         _("Event %u does not fit the one before it: the log was changed."), (guint) bad);
  ptl_feedback_error (GTK_WIDGET (self), error);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlActivityPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  gint64 count, bad;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "activity.verify", TRUE);
  if (!answer)
    {
      ptl_feedback_error (GTK_WIDGET (self), error);
      return;
    }
  g_variant_get (answer, "(xx)", &count, &bad);
  say_verified (self, count, bad);
}

static void
on_verify (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlActivityPage *self = PTL_ACTIVITY_PAGE (widget);

  gtk_widget_action_set_enabled (widget, "activity.verify", FALSE);
  ptl_client_call_async (self->client, "VerifyLog", NULL, NULL, on_verified, g_object_ref (self));
}

static void
load (PtlActivityPage *self)
{
  self->events = ptl_event_list_new (self->client, NULL);
  self->filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->events)),
                                              g_object_ref (GTK_FILTER (self->passes)));
  ptl_table_set_model (self->table, G_LIST_MODEL (self->filtered));
  g_signal_connect_object (self->events, "notify::loading", G_CALLBACK (load_enough), self, G_CONNECT_SWAPPED);
  show_empty (self);
}

static void
ptl_activity_page_map (GtkWidget *widget)
{
  PtlActivityPage *self = PTL_ACTIVITY_PAGE (widget);

  GTK_WIDGET_CLASS (ptl_activity_page_parent_class)->map (widget);
  if (!self->events && self->client)
    load (self);
}

void
ptl_activity_page_set_client (PtlActivityPage *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  self->passes = gtk_custom_filter_new (match, self, NULL);
}

static void
ptl_activity_page_dispose (GObject *object)
{
  PtlActivityPage *self = PTL_ACTIVITY_PAGE (object);

  g_clear_object (&self->filtered);
  g_clear_object (&self->passes);
  g_clear_object (&self->events);
  g_clear_object (&self->client);
  g_clear_pointer (&self->words, g_strfreev);
  G_OBJECT_CLASS (ptl_activity_page_parent_class)->dispose (object);
}

static void
ptl_activity_page_class_init (PtlActivityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ptl_activity_page_dispose;
  widget_class->map = ptl_activity_page_map;
  g_type_ensure (PTL_TYPE_BACK_BUTTON);
  g_type_ensure (PTL_TYPE_TABLE);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/activity/ptl-activity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, view_button);
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, filter);
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, verify_button);
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, table);
  gtk_widget_class_bind_template_child (widget_class, PtlActivityPage, empty);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_edge_reached);
  gtk_widget_class_install_action (widget_class, "page.find", NULL, on_find);
  gtk_widget_class_install_action (widget_class, "activity.verify", NULL, on_verify);
}

static void
ptl_activity_page_init (PtlActivityPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  ptl_a11y_name (GTK_WIDGET (self->filter), _("Kind of event"));
  ptl_table_set_spec (self->table, &ptl_event_table, FALSE);
  ptl_a11y_keep_focus (self->view_button);
  gtk_widget_insert_action_group (GTK_WIDGET (self->view_button), "table", ptl_table_get_actions (self->table));
  gtk_menu_button_set_menu_model (self->view_button, ptl_table_get_view_menu (self->table));
}
