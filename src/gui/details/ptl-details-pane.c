/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-details-pane.h"

#include <glib/gi18n-lib.h>

#include "client/ptl-event-list.h"
#include "gui/exposure/ptl-listener.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-feedback.h"
#include "gui/ptl-format.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-ticker.h"
#include "gui/traffic/ptl-peers-page.h"
#include "gui/traffic/ptl-traffic-page.h"
#include "ptl-fact-row.h"
#include "ptl-facts.h"
#include "ptl-way-view.h"
#include "ptl-way.h"

#define EVENTS_AT_FIRST 8
#define EVENTS_MORE 40

struct _PtlDetailsPane
{
  AdwBin parent_instance;
  GtkLabel *name;
  GtkImage *state_icon;
  GtkLabel *state;
  GtkWidget *trouble;
  GtkLabel *trouble_what;
  GtkLabel *trouble_advice;
  GtkMenuButton *extend_button;
  GtkWidget *edit_button;
  GtkWidget *close_button;
  GtkWidget *reopen_button;
  GtkWidget *switcher;
  GtkWidget *peers_button;
  GtkStack *pages;
  PtlTrafficPage *traffic;
  PtlPeersPage *peers;
  PtlWayView *way;
  GtkListBox *facts;
  GtkWidget *events_group;
  GtkListBox *events;
  GtkWidget *more_events;
  const char *state_style;

  PtlClient *client;
  PtlRuleItem *item;
  gulong changed_id;
  PtlAskedList *listeners;
  GtkSliceListModel *some_events;
  PtlEventList *event_list;
  PtlTrafficFeed *feed; /* of a living rule */
  gboolean is_followed; /* what moved, or moves, through @item is shown */
  char *asked_for;      /* what the rule was like when the firewall was asked about last */
  char *firewall;       /* what this computer's firewall does; NULL = not known, or nothing */
  char *command;        /* what an administrator would run */
  gboolean kept_out;    /* it lets nobody in */
  GCancellable *asking;
};

enum
{
  PROP_0,
  PROP_EXTEND_MENU,
  PROP_PAGE
};

G_DEFINE_FINAL_TYPE (PtlDetailsPane, ptl_details_pane, ADW_TYPE_BIN)

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static guint
show_time (GtkWidget *widget, gint64 at)
{
  PtlDetailsPane *self = PTL_DETAILS_PANE (widget);
  const PtlRule *rule = self->item ? ptl_rule_item_get_rule (self->item) : NULL;
  const char *state;
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;

  if (!rule)
    return 0;
  state = ptl_format_state (rule->state, rule->close_reason);
  if (rule->closed != 0)
    left = ptl_format_time (rule->closed, at);
  else
    left = ptl_format_time_left (rule->expires, rule->review, at);
  text = g_strdup_printf ("%s · %s", state, left);
  gtk_label_set_text (self->state, text);
  return rule->closed != 0 ? 0 : ptl_format_next_change (rule->expires, rule->review, at);
}

static void
show_state (PtlDetailsPane *self, const PtlRule *rule)
{
  const char *style = ptl_format_state_style (rule->state);

  gtk_label_set_text (self->name, rule->name);
  gtk_image_set_from_icon_name (self->state_icon, ptl_format_state_icon (rule->state, rule->close_reason));
  if (self->state_style)
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_icon), self->state_style);
  gtk_widget_add_css_class (GTK_WIDGET (self->state_icon), style);
  self->state_style = style;
  ptl_ticker_watch (GTK_WIDGET (self), show_time);
  show_time (GTK_WIDGET (self), now ());
}

static void
show_trouble (PtlDetailsPane *self, const PtlRule *rule)
{
  gboolean trouble = rule->error_message && *rule->error_message;
  const char *step = ptl_format_step (rule->step);

  gtk_widget_set_visible (self->trouble, trouble || *step);
  gtk_label_set_text (self->trouble_what, trouble ? rule->error_message : step);
  gtk_label_set_text (self->trouble_advice, trouble && rule->error_advice ? rule->error_advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->trouble_advice), trouble && rule->error_advice && *rule->error_advice);
}

static void
show_buttons (PtlDetailsPane *self, const PtlRule *rule)
{
  gboolean living = ptl_rule_is_living (rule);

  gtk_widget_set_visible (GTK_WIDGET (self->extend_button), living && !ptl_rule_is_permanent (rule));
  gtk_widget_set_visible (self->edit_button, living);
  gtk_widget_set_visible (self->close_button, living);
  gtk_widget_set_visible (self->reopen_button, rule->state == PTL_RULE_STATE_CLOSED);
}

static PtlRouterItem *
find_router (PtlDetailsPane *self, const char *id)
{
  GListModel *routers = ptl_client_get_routers (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (routers); i++)
    {
      g_autoptr (PtlRouterItem) router = g_list_model_get_item (routers, i);

      /* Without an id it is the default one, which comes first. The model keeps it. */
      if (!id || *id == '\0' || g_strcmp0 (ptl_router_item_get (router, "Id"), id) == 0)
        return router;
    }
  return NULL;
}

static PtlRelayItem *
find_relay (PtlDetailsPane *self, const char *id)
{
  GListModel *relays = ptl_client_get_relays (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (relays); i++)
    {
      g_autoptr (PtlRelayItem) relay = g_list_model_get_item (relays, i);

      if (g_strcmp0 (ptl_relay_item_get (relay, "Id"), id) == 0)
        return relay;
    }
  return NULL;
}

static void
show_way (PtlDetailsPane *self, const PtlRule *rule)
{
  PtlRouterItem *router = find_router (self, rule->kind == PTL_KIND_MAPPING ? rule->backend : NULL);
  PtlRelayItem *relay = rule->kind == PTL_KIND_TUNNEL ? find_relay (self, rule->backend) : NULL;
  PtlWayContext context = {
    .router_name = router ? ptl_router_item_get (router, "Name") : NULL,
    .local_address = router ? ptl_router_item_get (router, "LocalAddress") : NULL,
    .relay_name = relay ? ptl_relay_item_get (relay, "Name") : NULL,
    .relay_host = relay ? ptl_relay_item_get (relay, "Host") : NULL,
    .now = now (),
    .kept_out = self->kept_out ? self->firewall : NULL,
    .listeners_known = ptl_asked_list_is_known (self->listeners),
    .process = ptl_listener_find_process (G_LIST_MODEL (self->listeners), rule->target),
  };
  g_autoptr (GPtrArray) hops = ptl_way_describe (rule, &context);

  ptl_way_view_set_hops (self->way, hops);
}

static void
add_firewall (PtlDetailsPane *self, GPtrArray *facts)
{
  PtlFact fact = { .title = _("Firewall of This Computer") };
  /* What is to be done about comes first. */
  int at = self->command ? 0 : (int) facts->len;

  if (self->firewall)
    {
      fact.value = g_strdup (self->firewall);
      g_ptr_array_insert (facts, at++, g_memdup2 (&fact, sizeof fact));
    }
  if (!self->command)
    return;
  fact.title = _("Command for an Administrator");
  fact.value = g_strdup (self->command);
  fact.action = "details.copy-command";
  g_ptr_array_insert (facts, at, g_memdup2 (&fact, sizeof fact));
}

static void
show_facts (PtlDetailsPane *self, const PtlRule *rule)
{
  g_autoptr (GPtrArray) facts = ptl_facts_describe (rule, now ());

  add_firewall (self, facts);
  ptl_fact_rows_show (self->facts, facts);
}

static void
show_rule (PtlDetailsPane *self)
{
  const PtlRule *rule = self->item ? ptl_rule_item_get_rule (self->item) : NULL;

  if (!rule)
    return;
  show_state (self, rule);
  show_trouble (self, rule);
  show_buttons (self, rule);
  show_way (self, rule);
  show_facts (self, rule);
}

static void
on_events_changed (PtlDetailsPane *self)
{
  guint all = self->event_list ? g_list_model_get_n_items (G_LIST_MODEL (self->event_list)) : 0;

  gtk_widget_set_visible (self->events_group, all > 0);
  gtk_widget_set_visible (self->more_events, self->some_events && (all > gtk_slice_list_model_get_size (self->some_events)
                                                                   || ptl_event_list_has_more (self->event_list)));
}

static void
on_more_events (PtlDetailsPane *self)
{
  guint size = gtk_slice_list_model_get_size (self->some_events) + EVENTS_MORE;

  gtk_slice_list_model_set_size (self->some_events, size);
  if (size > g_list_model_get_n_items (G_LIST_MODEL (self->event_list)) && ptl_event_list_has_more (self->event_list))
    ptl_event_list_load_more (self->event_list);
  on_events_changed (self);
}

static GtkWidget *
create_event_row (gpointer item, gpointer user_data)
{
  const PtlEvent *event = ptl_event_item_get_event (item);
  g_autofree char *time = ptl_format_time (event->at, now ());
  g_autofree char *who = g_strdup_printf ("%s · %s", time, event->who);
  PtlFact fact = { .title = who };
  GtkWidget *row = ptl_fact_row_new ();
  const char *words = ptl_format_event (event->what, event->result);

  fact.value = event->detail && *event->detail ? g_strdup_printf ("%s: %s", words, event->detail) : g_strdup (words);
  ptl_fact_row_set_fact (PTL_FACT_ROW (row), &fact);
  g_free (fact.value);
  return row;
}

static void
drop_events (PtlDetailsPane *self)
{
  if (self->events)
    gtk_list_box_bind_model (self->events, NULL, NULL, NULL, NULL);
  if (self->event_list)
    g_signal_handlers_disconnect_by_data (self->event_list, self);
  g_clear_object (&self->some_events);
  g_clear_object (&self->event_list);
}

static void
load_events (PtlDetailsPane *self, const PtlRule *rule)
{
  drop_events (self);
  self->event_list = ptl_event_list_new (self->client, rule->id);
  self->some_events = gtk_slice_list_model_new (g_object_ref (G_LIST_MODEL (self->event_list)), 0, EVENTS_AT_FIRST);
  gtk_list_box_bind_model (self->events, G_LIST_MODEL (self->some_events), create_event_row, NULL, NULL);
  g_signal_connect_swapped (self->event_list, "items-changed", G_CALLBACK (on_events_changed), self);
  g_signal_connect_swapped (self->event_list, "notify::has-more", G_CALLBACK (on_events_changed), self);
  on_events_changed (self);
}

/* Only what is seen is followed. */
static void
follow_page (PtlDetailsPane *self)
{
  const char *page = gtk_stack_get_visible_child_name (self->pages);
  gboolean mapped = gtk_widget_get_mapped (GTK_WIDGET (self));

  if (self->feed)
    ptl_traffic_feed_set_shown (self->feed, mapped && g_strcmp0 (page, "traffic") == 0,
                                mapped && g_strcmp0 (page, "peers") == 0);
}

/* Whether it is closed and was carried by the engine, which counted it. */
static gboolean
has_history (PtlDetailsPane *self)
{
  const PtlRule *rule = self->item ? ptl_rule_item_get_rule (self->item) : NULL;

  return rule && !ptl_rule_item_is_placeholder (self->item) && rule->state == PTL_RULE_STATE_CLOSED
         && ptl_rule_is_carried (rule);
}

static void
set_feed (PtlDetailsPane *self, PtlTrafficFeed *feed)
{
  if (self->feed)
    ptl_traffic_feed_set_shown (self->feed, FALSE, FALSE);
  g_set_object (&self->feed, feed);
  ptl_traffic_page_set_rule (self->traffic, self->client, self->item, feed);
  ptl_peers_page_set_feed (self->peers, self->client, feed);
  gtk_widget_set_visible (self->switcher, feed || has_history (self));
  gtk_widget_set_visible (self->peers_button, feed != NULL);
  if (!feed && (!has_history (self) || g_strcmp0 (gtk_stack_get_visible_child_name (self->pages), "peers") == 0))
    g_object_set (self, "page", "overview", NULL);
  follow_page (self);
}

/* What is closed moves nothing any more. */
static void
update_feed (PtlDetailsPane *self)
{
  const PtlRule *rule = ptl_rule_item_get_rule (self->item);
  g_autoptr (PtlTrafficFeed) feed = NULL;

  if (self->is_followed && ptl_rule_is_living (rule) == (self->feed != NULL))
    return;
  if (ptl_rule_is_living (rule) && !ptl_rule_item_is_placeholder (self->item))
    feed = ptl_traffic_feed_new (self->client, self->item);
  self->is_followed = !ptl_rule_item_is_placeholder (self->item);
  set_feed (self, feed);
}

static void
drop_firewall (PtlDetailsPane *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_pointer (&self->firewall, g_free);
  g_clear_pointer (&self->command, g_free);
  g_clear_pointer (&self->asked_for, g_free);
  self->kept_out = FALSE;
}

static void
on_firewall (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, NULL);
  g_autoptr (GVariant) firewall = NULL;
  g_autoptr (PtlDetailsPane) self = user_data;
  const char *message = "", *command = "", *verdict = "", *container = "";

  if (!answer || !self->item || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sv})")))
    return;
  firewall = g_variant_get_child_value (answer, 0);
  g_variant_lookup (firewall, "Message", "&s", &message);
  g_variant_lookup (firewall, "Command", "&s", &command);
  g_variant_lookup (firewall, "Verdict", "&s", &verdict);
  g_variant_lookup (firewall, "Container", "&s", &container);
  self->kept_out = !*container && (g_str_equal (verdict, "blocked") || g_str_equal (verdict, "some"));
  g_free (self->firewall);
  self->firewall = *message ? g_strdup (message) : NULL;
  g_free (self->command);
  self->command = *command ? g_strdup (command) : NULL;
  show_rule (self);
}

/* What the answer depends on. */
static char *
dup_stamp (const PtlRule *rule)
{
  g_autofree char *endpoint = ptl_endpoint_to_string (rule->public_endpoint);

  return g_strdup_printf ("%d %s %s %d %s", rule->state, rule->error_message, endpoint, rule->firewall, rule->firewall_zone);
}

static void
ask_firewall (PtlDetailsPane *self)
{
  const PtlRule *rule = ptl_rule_item_get_rule (self->item);

  if (!ptl_rule_is_living (rule))
    {
      drop_firewall (self);
      return;
    }
  /* What was known stands until the answer comes. */
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_free (self->asked_for);
  self->asked_for = dup_stamp (rule);
  self->asking = g_cancellable_new ();
  ptl_client_call_async (self->client, "GetFirewall", g_variant_new ("(s)", rule->id), self->asking, on_firewall,
                         g_object_ref (self));
}

static void
on_copy_command (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PtlDetailsPane *self = PTL_DETAILS_PANE (widget);

  if (!self->command)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->command);
  ptl_feedback_say (widget, _("The command is copied"));
}

/* A history row whose page is on its way gets its id later. */
static void
on_item_changed (PtlDetailsPane *self)
{
  g_autofree char *stamp = dup_stamp (ptl_rule_item_get_rule (self->item));

  if (g_strcmp0 (stamp, self->asked_for) != 0)
    ask_firewall (self);
  update_feed (self);
  if (!self->event_list && !ptl_rule_item_is_placeholder (self->item))
    load_events (self, ptl_rule_item_get_rule (self->item));
  show_rule (self);
}

void
ptl_details_pane_set_item (PtlDetailsPane *self, PtlRuleItem *item)
{
  if (item == self->item)
    return;
  if (self->item)
    g_clear_signal_handler (&self->changed_id, self->item);
  drop_events (self);
  if (self->feed)
    {
      ptl_traffic_feed_set_shown (self->feed, FALSE, FALSE);
      g_clear_object (&self->feed);
    }
  self->is_followed = FALSE;
  g_set_object (&self->item, item);
  if (!item)
    {
      set_feed (self, NULL);
      return;
    }
  self->changed_id = g_signal_connect_swapped (item, "changed", G_CALLBACK (on_item_changed), self);
  ptl_asked_list_refresh (self->listeners);
  drop_firewall (self);
  on_item_changed (self);
}

PtlRuleItem *
ptl_details_pane_get_item (PtlDetailsPane *self)
{
  return self->item;
}

void
ptl_details_pane_set_client (PtlDetailsPane *self, PtlClient *client)
{
  self->client = g_object_ref (client);
  self->listeners = ptl_listener_list_new (client);
  g_signal_connect_object (self->listeners, "loaded", G_CALLBACK (show_rule), self, G_CONNECT_SWAPPED);
}

static void
show_page (PtlDetailsPane *self, const char *page)
{
  /* Of a closed rule there are fewer. */
  if (self->feed || g_str_equal (page, "overview") || (has_history (self) && g_str_equal (page, "traffic")))
    gtk_stack_set_visible_child_name (self->pages, page);
  follow_page (self);
}

static void
ptl_details_pane_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ptl_details_pane_parent_class)->map (widget);
  follow_page (PTL_DETAILS_PANE (widget));
}

static void
ptl_details_pane_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ptl_details_pane_parent_class)->unmap (widget);
  follow_page (PTL_DETAILS_PANE (widget));
}

static void
ptl_details_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PtlDetailsPane *self = PTL_DETAILS_PANE (object);

  if (id == PROP_PAGE)
    g_value_set_string (value, gtk_stack_get_visible_child_name (self->pages));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ptl_details_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlDetailsPane *self = PTL_DETAILS_PANE (object);

  if (id == PROP_EXTEND_MENU)
    gtk_menu_button_set_menu_model (self->extend_button, g_value_get_object (value));
  else if (id == PROP_PAGE)
    show_page (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ptl_details_pane_dispose (GObject *object)
{
  PtlDetailsPane *self = PTL_DETAILS_PANE (object);

  if (self->item)
    g_clear_signal_handler (&self->changed_id, self->item);
  drop_events (self);
  drop_firewall (self);
  self->events = NULL;
  if (self->feed)
    ptl_traffic_feed_set_shown (self->feed, FALSE, FALSE);
  g_clear_object (&self->feed);
  g_clear_object (&self->item);
  g_clear_object (&self->listeners);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_details_pane_parent_class)->dispose (object);
}

static void
ptl_details_pane_class_init (PtlDetailsPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_details_pane_set_property;
  object_class->get_property = ptl_details_pane_get_property;
  object_class->dispose = ptl_details_pane_dispose;
  g_object_class_install_property (object_class, PROP_EXTEND_MENU,
                                   g_param_spec_object ("extend-menu", NULL, NULL, G_TYPE_MENU_MODEL,
                                                        G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_PAGE,
                                   g_param_spec_string ("page", NULL, NULL, "overview",
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  widget_class->map = ptl_details_pane_map;
  widget_class->unmap = ptl_details_pane_unmap;
  g_type_ensure (PTL_TYPE_WAY_VIEW);
  g_type_ensure (PTL_TYPE_TRAFFIC_PAGE);
  g_type_ensure (PTL_TYPE_PEERS_PAGE);
  gtk_widget_class_install_property_action (widget_class, "details.page", "page");
  gtk_widget_class_install_action (widget_class, "details.copy-command", NULL, on_copy_command);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/details/ptl-details-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, name);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, state);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, trouble);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, trouble_what);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, trouble_advice);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, extend_button);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, edit_button);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, close_button);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, reopen_button);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, switcher);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, peers_button);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, pages);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, traffic);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, peers);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, way);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, facts);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, events_group);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, events);
  gtk_widget_class_bind_template_child (widget_class, PtlDetailsPane, more_events);
  gtk_widget_class_bind_template_callback (widget_class, on_more_events);
}

static void
ptl_details_pane_init (PtlDetailsPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->pages));
}
