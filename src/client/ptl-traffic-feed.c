/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ptl-traffic-feed.h"

#include "ptl-api.h"

#define PAUSE_US G_USEC_PER_SEC

struct _PtlTrafficFeed
{
  GObject parent_instance;
  PtlClient *client;
  PtlRuleItem *item;
  GCancellable *cancellable;
  gboolean shows_statistics;
  gboolean shows_connections;
  guint limit; /* of connections */
  gboolean asking;
  gboolean again;   /* something happened while the answer was on its way */
  gint64 asked_us;  /* monotonic */
  gint64 stats_us;  /* when @stats came */
  guint timer_id;
  PtlTrafficStats *stats;
  GPtrArray *connections;
  GError *error;
  guint64 rate_in, rate_out;
};

G_DEFINE_FINAL_TYPE (PtlTrafficFeed, ptl_traffic_feed, G_TYPE_OBJECT)

static guint changed_signal;

static void ask (PtlTrafficFeed *self);

static gboolean
on_due (gpointer data)
{
  PtlTrafficFeed *self = data;

  self->timer_id = 0;
  ask (self);
  return G_SOURCE_REMOVE;
}

/* Not more than once a second. */
static void
ask_soon (PtlTrafficFeed *self)
{
  gint64 wait = self->asked_us + PAUSE_US - g_get_monotonic_time ();

  if (self->timer_id == 0)
    self->timer_id = g_timeout_add ((guint) (MAX (wait, 0) / 1000), on_due, self);
}

static void
finish (PtlTrafficFeed *self, gboolean moved)
{
  gboolean again = self->again;

  self->asking = self->again = FALSE;
  g_signal_emit (self, changed_signal, 0);
  if ((moved || again) && (self->shows_statistics || self->shows_connections))
    ask_soon (self);
}

static void
take_error (PtlTrafficFeed *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error;
  finish (self, FALSE);
}

static void
on_connections (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlTrafficFeed) self = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  g_autoptr (GVariant) list = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_error (&error);
      return;
    }
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(aa{sv})")))
    {
      take_error (self, error);
      return;
    }
  list = g_variant_get_child_value (answer, 0);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  self->connections = ptl_traffic_connections_from_variant (list);
  finish (self, FALSE);
}

static guint64
rate_of (guint64 now, guint64 before, gint64 us)
{
  return now > before && us > 0
             ? (guint64) ((double) (now - before) * G_USEC_PER_SEC / (double) us)
             : 0;
}

/* Returns whether something moved. */
static gboolean
take_stats (PtlTrafficFeed *self, GVariant *answer)
{
  g_autoptr (GVariant) dict = g_variant_get_child_value (answer, 0);
  g_autoptr (PtlTrafficStats) before = g_steal_pointer (&self->stats);
  gint64 now = g_get_monotonic_time ();
  gboolean moved;

  self->stats = ptl_traffic_stats_from_variant (dict);
  moved = before != NULL && ptl_traffic_stats_moved (self->stats, before);
  if (before != NULL)
    {
      self->rate_in = rate_of (self->stats->bytes_in, before->bytes_in, now - self->stats_us);
      self->rate_out = rate_of (self->stats->bytes_out, before->bytes_out, now - self->stats_us);
    }
  self->stats_us = now;
  return moved;
}

static void
ask_connections (PtlTrafficFeed *self)
{
  const PtlRule *rule = ptl_rule_item_get_rule (self->item);

  ptl_client_call_async (self->client, "ListConnections",
                         g_variant_new ("(su)", rule->id, self->limit), self->cancellable,
                         on_connections, g_object_ref (self));
}

static void
on_stats (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (PtlTrafficFeed) self = data;
  GError *error = NULL;
  g_autoptr (GVariant) answer = ptl_client_call_finish (PTL_CLIENT (source), result, &error);
  gboolean moved;

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_clear_error (&error);
      return;
    }
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sv})")))
    {
      take_error (self, error);
      return;
    }
  g_clear_error (&self->error);
  moved = take_stats (self, answer);
  /* What moves is asked for once more, after which it may lie still. */
  if (moved)
    self->again = TRUE;
  if (self->shows_connections)
    ask_connections (self);
  else
    finish (self, moved);
}

static void
ask (PtlTrafficFeed *self)
{
  const PtlRule *rule = ptl_rule_item_get_rule (self->item);

  if (!self->shows_statistics && !self->shows_connections)
    return;
  if (self->asking)
    {
      self->again = TRUE;
      return;
    }
  g_clear_handle_id (&self->timer_id, g_source_remove);
  self->asking = TRUE;
  self->asked_us = g_get_monotonic_time ();
  ptl_client_call_async (self->client, "GetStatistics", g_variant_new ("(s)", rule->id),
                         self->cancellable, on_stats, g_object_ref (self));
}

static void
on_item_changed (PtlTrafficFeed *self)
{
  if (self->asking)
    self->again = TRUE;
  else if (self->shows_statistics || self->shows_connections)
    ask_soon (self);
}

void
ptl_traffic_feed_set_shown (PtlTrafficFeed *self, gboolean statistics, gboolean connections)
{
  gboolean more = (statistics && !self->shows_statistics) || (connections && !self->shows_connections);

  g_return_if_fail (PTL_IS_TRAFFIC_FEED (self));
  self->shows_statistics = statistics;
  self->shows_connections = connections;
  if (!statistics && !connections)
    g_clear_handle_id (&self->timer_id, g_source_remove);
  else if (more)
    ask (self);
}

void
ptl_traffic_feed_show_more (PtlTrafficFeed *self)
{
  g_return_if_fail (PTL_IS_TRAFFIC_FEED (self));
  self->limit = MIN (self->limit + PTL_TRAFFIC_FEED_CONNECTIONS, PTL_API_CONNECTIONS_MAX);
  ask (self);
}

guint
ptl_traffic_feed_get_limit (PtlTrafficFeed *self)
{
  g_return_val_if_fail (PTL_IS_TRAFFIC_FEED (self), 0);
  return self->limit;
}

void
ptl_traffic_feed_refresh (PtlTrafficFeed *self)
{
  g_return_if_fail (PTL_IS_TRAFFIC_FEED (self));
  ask (self);
}

const PtlTrafficStats *
ptl_traffic_feed_get_stats (PtlTrafficFeed *self)
{
  g_return_val_if_fail (PTL_IS_TRAFFIC_FEED (self), NULL);
  return self->stats;
}

GPtrArray *
ptl_traffic_feed_get_connections (PtlTrafficFeed *self)
{
  g_return_val_if_fail (PTL_IS_TRAFFIC_FEED (self), NULL);
  return self->connections;
}

const GError *
ptl_traffic_feed_get_error (PtlTrafficFeed *self)
{
  g_return_val_if_fail (PTL_IS_TRAFFIC_FEED (self), NULL);
  return self->error;
}

void
ptl_traffic_feed_get_rates (PtlTrafficFeed *self, guint64 *in, guint64 *out)
{
  g_return_if_fail (PTL_IS_TRAFFIC_FEED (self));
  *in = self->rate_in;
  *out = self->rate_out;
}

PtlRuleItem *
ptl_traffic_feed_get_item (PtlTrafficFeed *self)
{
  g_return_val_if_fail (PTL_IS_TRAFFIC_FEED (self), NULL);
  return self->item;
}

static void
ptl_traffic_feed_dispose (GObject *object)
{
  PtlTrafficFeed *self = PTL_TRAFFIC_FEED (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  G_OBJECT_CLASS (ptl_traffic_feed_parent_class)->dispose (object);
}

static void
ptl_traffic_feed_finalize (GObject *object)
{
  PtlTrafficFeed *self = PTL_TRAFFIC_FEED (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->client);
  g_object_unref (self->item);
  g_clear_pointer (&self->stats, ptl_traffic_stats_free);
  g_clear_pointer (&self->connections, g_ptr_array_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (ptl_traffic_feed_parent_class)->finalize (object);
}

static void
ptl_traffic_feed_class_init (PtlTrafficFeedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ptl_traffic_feed_dispose;
  G_OBJECT_CLASS (klass)->finalize = ptl_traffic_feed_finalize;
  changed_signal = g_signal_new ("changed", PTL_TYPE_TRAFFIC_FEED, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ptl_traffic_feed_init (PtlTrafficFeed *self)
{
  self->cancellable = g_cancellable_new ();
  self->limit = PTL_TRAFFIC_FEED_CONNECTIONS;
}

PtlTrafficFeed *
ptl_traffic_feed_new (PtlClient *client, PtlRuleItem *item)
{
  PtlTrafficFeed *self = g_object_new (PTL_TYPE_TRAFFIC_FEED, NULL);

  self->client = g_object_ref (client);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_item_changed), self, G_CONNECT_SWAPPED);
  return self;
}
