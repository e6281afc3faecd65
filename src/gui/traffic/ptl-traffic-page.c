/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-traffic-page.h"

#include <glib/gi18n-lib.h>

#include "core/ptl-error.h"
#include "gui/details/ptl-fact-row.h"
#include "gui/ptl-a11y.h"
#include "gui/ptl-gui.h"
#include "gui/ptl-ticker.h"
#include "ptl-target-row.h"
#include "ptl-traffic-chart.h"
#include "ptl-traffic-words.h"

/* The present minute grows while something moves; what lies still moves on with the clock. */
#define MOVING_SECONDS 5
#define STILL_SECONDS 60

struct _PtlTrafficPage
{
  AdwBin parent_instance;
  GtkStack *states;
  AdwStatusPage *none;
  PtlTrafficChart *chart;
  GtkWidget *numbers_group;
  GtkListBox *numbers;
  GtkWidget *targets_group;
  GtkListBox *targets;

  PtlClient *client;
  PtlRuleItem *item;
  PtlTrafficFeed *feed; /* NULL where the rule is closed: then there is its history alone */
  GCancellable *asking;
  PtlChartRange range;
  gint64 asked;   /* Unix seconds */
  gboolean moved; /* since then */
};

enum
{
  PROP_0,
  PROP_RANGE
};

G_DEFINE_FINAL_TYPE (PtlTrafficPage, ptl_traffic_page, ADW_TYPE_BIN)

static const char *const range_names[PTL_N_CHART_RANGES] = {
  [PTL_CHART_HOUR] = "hour",
  [PTL_CHART_DAY] = "day",
  [PTL_CHART_MONTH] = "month",
};

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

static const PtlRule *
get_rule (PtlTrafficPage *self)
{
  return ptl_rule_item_get_rule (self->item);
}

/* Where the chart ends: what is closed has no present. */
static gint64
get_end (PtlTrafficPage *self)
{
  return self->feed ? now () : get_rule (self)->closed + 1;
}

/* The chart */

static void
on_history (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PtlTrafficPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GArray) samples = NULL;
  PtlChartData *data;

  if (ptl_error_code_of (error) == PTL_ERROR_CANCELLED)
    return;
  g_clear_object (&self->asking);
  if (answer && g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a(xttttt))")))
    {
      list = g_variant_get_child_value (answer, 0);
      samples = ptl_traffic_history_from_variant (list);
    }
  data = ptl_chart_data_new (self->range, samples, get_end (self));
  data->is_over = self->feed == NULL;
  ptl_traffic_chart_set_data (self->chart, data);
}

static void
stop_asking (PtlTrafficPage *self)
{
  if (self->asking)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
}

static void
ask_history (PtlTrafficPage *self)
{
  gint64 until;

  stop_asking (self);
  if (!self->item || !gtk_widget_get_mapped (GTK_WIDGET (self)) || ptl_traffic_why_not (get_rule (self)->kind, get_rule (self)->way))
    return;
  until = get_end (self);
  self->asking = g_cancellable_new ();
  self->asked = now ();
  self->moved = FALSE;
  ptl_client_call_async (self->client, "GetHistory",
                         g_variant_new ("(sxxu)", get_rule (self)->id, ptl_chart_get_from (self->range, until), until,
                                        ptl_chart_get_step (self->range)),
                         self->asking, on_history, g_object_ref (self));
}

static guint
on_tick (GtkWidget *widget, gint64 at)
{
  PtlTrafficPage *self = PTL_TRAFFIC_PAGE (widget);

  if (!self->feed)
    return 0;
  if (at - self->asked >= (self->moved ? MOVING_SECONDS : STILL_SECONDS))
    ask_history (self);
  return (guint) CLAMP (self->asked + (self->moved ? MOVING_SECONDS : STILL_SECONDS) - at, 1, STILL_SECONDS);
}

/* The numbers */

static char *
describe_ever (const PtlTrafficStats *stats)
{
  g_autofree char *in = g_format_size (stats->bytes_in);
  g_autofree char *out = g_format_size (stats->bytes_out);
  g_autofree char *n = g_strdup_printf ("%" G_GUINT64_FORMAT, stats->connections_ever);

  /* Translators: 1 and 2 are amounts of data, 3 is a number */
  return g_strdup_printf (ngettext ("%1$s in, %2$s out, %3$s connection", "%1$s in, %2$s out, %3$s connections",
                                    (gulong) stats->connections_ever), in, out, n);
}

static char *
describe_datagrams (const PtlTrafficStats *stats)
{
  g_autofree char *in = g_strdup_printf ("%" G_GUINT64_FORMAT, stats->packets_in);
  g_autofree char *out = g_strdup_printf ("%" G_GUINT64_FORMAT, stats->packets_out);

  return stats->packets_in + stats->packets_out > 0 ? g_strdup_printf (_("%s in, %s out"), in, out) : NULL;
}

static GPtrArray *
list_numbers (PtlTrafficPage *self, const PtlTrafficStats *stats)
{
  GPtrArray *facts = ptl_facts_new ();
  guint64 in, out;

  ptl_traffic_feed_get_rates (self->feed, &in, &out);
  ptl_facts_add (facts, _("Now"), ptl_traffic_describe_now (in, out, stats->connections_now));
  ptl_facts_add (facts, _("Most Connections at a Time"), g_strdup_printf ("%" G_GUINT64_FORMAT, stats->connections_peak));
  ptl_facts_add (facts, _("Ever"), describe_ever (stats));
  ptl_facts_add (facts, _("Datagrams"), describe_datagrams (stats));
  ptl_facts_add (facts, _("Turned Away"), ptl_traffic_describe_refused (stats));
  ptl_facts_add (facts, _("Until the Target Took a Connection"), ptl_traffic_describe_times (&stats->connect));
  ptl_facts_add (facts, _("Until Its First Byte"), ptl_traffic_describe_times (&stats->first_byte));
  return facts;
}

static void
show_numbers (PtlTrafficPage *self, const PtlTrafficStats *stats)
{
  g_autoptr (GPtrArray) facts = list_numbers (self, stats);

  ptl_fact_rows_show (self->numbers, facts);
}

static void
show_targets (PtlTrafficPage *self, const PtlTrafficStats *stats)
{
  g_autofree char *since = ptl_traffic_describe_since (get_rule (self), now ());
  GtkListBoxRow *row;

  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self->targets_group), since);
  for (guint i = 0; i < stats->targets->len; i++)
    {
      row = gtk_list_box_get_row_at_index (self->targets, (int) i);
      if (!row)
        {
          row = GTK_LIST_BOX_ROW (ptl_target_row_new ());
          gtk_list_box_append (self->targets, GTK_WIDGET (row));
        }
      ptl_target_row_set_target (PTL_TARGET_ROW (row), stats->targets->pdata[i], stats);
    }
  while ((row = gtk_list_box_get_row_at_index (self->targets, (int) stats->targets->len)))
    gtk_list_box_remove (self->targets, GTK_WIDGET (row));
  gtk_widget_set_visible (self->targets_group, stats->targets->len > 0);
}

/* All of it */

static void
show_none (PtlTrafficPage *self, const char *title, const char *description)
{
  /* A status page's description is markup. */
  g_autofree char *safe = g_markup_escape_text (description, -1);

  adw_status_page_set_title (self->none, title);
  adw_status_page_set_description (self->none, safe);
  gtk_stack_set_visible_child_name (self->states, "none");
}

static void
show (PtlTrafficPage *self)
{
  const PtlTrafficStats *stats = self->feed ? ptl_traffic_feed_get_stats (self->feed) : NULL;
  const GError *error = self->feed ? ptl_traffic_feed_get_error (self->feed) : NULL;
  const char *why_not = ptl_traffic_why_not (get_rule (self)->kind, get_rule (self)->way);

  if (why_not)
    show_none (self, _("Not Counted"), why_not);
  else if (error && ptl_error_code_of (error) != PTL_ERROR_CANCELLED)
    show_none (self, _("The Traffic Cannot Be Told"), error->message);
  else
    gtk_stack_set_visible_child_name (self->states, "traffic");
  gtk_widget_set_visible (self->numbers_group, self->feed != NULL);
  if (!self->feed)
    gtk_widget_set_visible (self->targets_group, FALSE);
  if (why_not || !stats)
    return;
  show_numbers (self, stats);
  show_targets (self, stats);
}

static void
on_feed_changed (PtlTrafficPage *self)
{
  show (self);
  self->moved = TRUE;
  ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}

void
ptl_traffic_page_set_rule (PtlTrafficPage *self, PtlClient *client, PtlRuleItem *item, PtlTrafficFeed *feed)
{
  if (self->feed)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_set_object (&self->client, client);
  g_set_object (&self->item, item);
  g_set_object (&self->feed, feed);
  stop_asking (self);
  ptl_traffic_chart_set_data (self->chart, NULL);
  if (!item)
    return;
  if (feed)
    g_signal_connect_swapped (feed, "changed", G_CALLBACK (on_feed_changed), self);
  show (self);
  ask_history (self);
}

static void
ptl_traffic_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ptl_traffic_page_parent_class)->map (widget);
  ask_history (PTL_TRAFFIC_PAGE (widget));
}

static void
ptl_traffic_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PtlTrafficPage *self = PTL_TRAFFIC_PAGE (object);

  for (PtlChartRange range = 0; range < PTL_N_CHART_RANGES; range++)
    if (g_strcmp0 (g_value_get_string (value), range_names[range]) == 0)
      self->range = range;
  ask_history (self);
}

static void
ptl_traffic_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, range_names[PTL_TRAFFIC_PAGE (object)->range]);
}

static void
ptl_traffic_page_dispose (GObject *object)
{
  PtlTrafficPage *self = PTL_TRAFFIC_PAGE (object);

  stop_asking (self);
  if (self->feed)
    g_signal_handlers_disconnect_by_data (self->feed, self);
  g_clear_object (&self->feed);
  g_clear_object (&self->item);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (ptl_traffic_page_parent_class)->dispose (object);
}

static void
ptl_traffic_page_class_init (PtlTrafficPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ptl_traffic_page_set_property;
  object_class->get_property = ptl_traffic_page_get_property;
  object_class->dispose = ptl_traffic_page_dispose;
  widget_class->map = ptl_traffic_page_map;
  g_object_class_install_property (object_class, PROP_RANGE,
                                   g_param_spec_string ("range", NULL, NULL, "hour",
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (PTL_TYPE_TRAFFIC_CHART);
  gtk_widget_class_set_template_from_resource (widget_class, PTL_GUI_RESOURCES "/traffic/ptl-traffic-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, states);
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, none);
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, chart);
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, numbers_group);
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, numbers);
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, targets_group);
  gtk_widget_class_bind_template_child (widget_class, PtlTrafficPage, targets);
  gtk_widget_class_install_property_action (widget_class, "traffic.range", "range");
}

static void
ptl_traffic_page_init (PtlTrafficPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ptl_a11y_hide_unmapped_children (GTK_WIDGET (self->states));
  ptl_ticker_watch (GTK_WIDGET (self), on_tick);
}
